"""Kinds of input, by name."""

KINDS = {
    "image": "iatros.modalities.image:Image",
    "sequence": "iatros.modalities.sequence:Sequence",
    "table": "iatros.modalities.table:Table",
}
