"""The glossary: each technical word of the page in one plain sentence."""

WORDS = {
    "AUROC": "How often someone with the outcome gets a higher risk than one without. 0.5 is chance, 1 is perfect.",
    "Area under precision and recall": "The same question for rare outcomes; chance is the prevalence.",
    "Calibration": "Whether predicted percentages agree with what happens.",
    "Observed/expected": (
        "Those with the outcome divided by the sum of predicted risks. Above 1: the model predicts too little."
    ),
    "Calibration slope": "1 is right; below 1, risks are too extreme.",
    "Brier score": "Mean squared error of the risks; 0 is perfect.",
    "Net benefit": "True positives per case, less false positives weighted by the threshold’s odds.",
    "Sensitivity, specificity": "Share of those with the outcome who are flagged; share of those without who are not.",
    "PPV, NPV": "Share of the flagged who have the outcome; share of the others who do not. Prevalence changes both.",
    "Mean absolute error": (
        "How far a predicted value is off on average, in its own unit. R² is the share of variation explained."
    ),
    "Coverage": "How often the predictive interval or set holds the truth.",
    "95% interval": "The range that would hold the true value in 95 of 100 such studies. It covers chance, not bias.",
    "Withheld": "Too few for a number that means anything.",
}
