"""The classical models that stand beside every deep one, on the same cases."""

from iatros.baselines.fitting import Baseline, Examples, choose, fit_baselines, fit_linear
from iatros.baselines.saved import load, save

__all__ = ["Baseline", "Examples", "choose", "fit_baselines", "fit_linear", "load", "save"]
