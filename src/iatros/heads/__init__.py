"""Modules of dense targets that are more than a linear readout."""
