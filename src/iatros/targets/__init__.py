"""Kinds of outcome, by name."""

KINDS = {
    "class": "iatros.targets.class_:Class",
    "labels": "iatros.targets.labels:Labels",
    "value": "iatros.targets.value:Value",
}
