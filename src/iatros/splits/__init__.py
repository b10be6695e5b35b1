"""Kinds of split, by name."""

KINDS = {
    "folds": "iatros.splits.folds:Folds",
    "holdout": "iatros.splits.holdout:Holdout",
    "column": "iatros.splits.column:Column",
    "sites": "iatros.splits.sites:Sites",
    "homology": "iatros.splits.homology:Homology",
    "partners": "iatros.splits.partners:Partners",
    "time": "iatros.splits.time:Time",
}
