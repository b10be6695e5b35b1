"""Ways of joining several inputs, by name."""

KINDS = {
    "concatenation": "iatros.fusions.concatenation:Concatenation",
    "gated": "iatros.fusions.gated:Gated",
    "symmetric": "iatros.fusions.symmetric:Symmetric",
}
