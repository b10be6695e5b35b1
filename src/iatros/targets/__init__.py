"""Kinds of outcome, by name."""

KINDS = {
    "class": "iatros.targets.class_:Class",
    "labels": "iatros.targets.labels:Labels",
    "next": "iatros.targets.next_:Next",
    "residues": "iatros.targets.residues:Residues",
    "structure": "iatros.targets.structure:Structure",
    "value": "iatros.targets.value:Value",
}
