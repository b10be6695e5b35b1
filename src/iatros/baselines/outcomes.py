"""What classical models are to learn.

In: truth columns of a predictions table and how they are read (`Form`). Out: `Outcome`s, each learned by a model of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.predictions import Form

Column = NDArray[Any] | Sequence[Any]  # Any: numbers, words, booleans or None, as a predictions table holds them


@dataclass(frozen=True)
class Outcome:
    """One thing to be predicted.

    columns: the score columns that a model of it gives; one for a value, a label or the positive of two classes
    y:       [M] float64: codes of classes, or the value; NaN where unknown
    classes: how many; 0: a value
    """

    columns: tuple[str, ...]
    y: NDArray[np.float64]
    classes: int

    @property
    def known(self) -> NDArray[np.bool_]:
        """[M] Is there a truth?"""
        return ~np.isnan(self.y)

    @property
    def binary(self) -> bool:
        """Two classes and one score, the probability of code 1."""
        return self.classes == 2 and len(self.columns) == 1


def outcomes(form: Form, truth: Mapping[str, Column]) -> list[Outcome]:
    """What is to be learned: each label by itself, anything else as one.

    truth: the columns `form.truths()`, [M] each, None or NaN where unknown. Raises KeyError where a column is missing.
    """
    if form.task == "value":
        return [Outcome(form.scores(), _numbers(truth["truth"]), classes=0)]
    if form.binary:
        return [Outcome(form.scores(), _numbers(truth["truth"]), classes=2)]
    if form.task == "class":
        codes = {name: float(code) for code, name in enumerate(form.classes)}
        y = np.array([codes.get(_word(cell), np.nan) for cell in truth["truth"]])
        return [Outcome(form.scores(), y, classes=len(form.classes))]
    pairs = zip(form.scores(), form.truths(), strict=True)
    return [Outcome((score,), _numbers(truth[column]), classes=2) for score, column in pairs]


def _numbers(column: Column) -> NDArray[np.float64]:
    return np.array([np.nan if cell is None else float(cell) for cell in column], np.float64)


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)
