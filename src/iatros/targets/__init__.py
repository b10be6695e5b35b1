"""Kinds of outcome, by name."""

KINDS = {
    "class": "iatros.targets.class_:Class",
    "labels": "iatros.targets.labels:Labels",
    "next": "iatros.targets.next_:Next",
    "residues": "iatros.targets.residues:Residues",
    "value": "iatros.targets.value:Value",
}
