"""Kinds of protection around training, by name."""

KINDS = {
    "weights": "iatros.safeguards.weights:Weights",
    "sampling": "iatros.safeguards.sampling:Sampling",
    "logit_adjustment": "iatros.safeguards.logit_adjustment:LogitAdjustment",
    "missing_inputs": "iatros.safeguards.missing_inputs:MissingInputs",
    "mixing": "iatros.safeguards.mixing:Mixing",
    "calibration": "iatros.safeguards.calibration:Calibration",
    "conformal": "iatros.safeguards.conformal:Conformal",
}
