"""Training: from packed cases and folds to fitted networks."""
