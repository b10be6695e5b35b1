"""Kinds of input, by name."""

KINDS = {
    "image": "iatros.modalities.image:Image",
    "table": "iatros.modalities.table:Table",
}
