"""Evaluation: predictions tables judged."""

from iatros.evaluation.evaluate import evaluate
from iatros.evaluation.headline import headline
from iatros.evaluation.settings import Results, Settings

__all__ = ["Results", "Settings", "evaluate", "headline"]
