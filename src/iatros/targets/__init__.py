"""Kinds of outcome, by name."""

KINDS = {
    "class": "iatros.targets.class_:Class",
    "labels": "iatros.targets.labels:Labels",
    "residues": "iatros.targets.residues:Residues",
    "value": "iatros.targets.value:Value",
}
