"""A target as the checks see it: classes or numbers, one per case.

In: a target's form and its truth columns (as in the predictions table). Out: one `Truth` a target, or one a label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.predictions import OF_POSITIONS, Form


@dataclass(frozen=True)
class Truth:
    """What is to be predicted.

    name:    of the target ("pneumonia"), or of the target and the label ("film: effusion")
    codes:   [M] int64, the case's class; -1 unknown. Of a value: -1 throughout
    values:  [M] float64, NaN unknown. Of classes: their codes
    classes: names of the classes; () for a value
    """

    name: str
    codes: NDArray[np.int64]
    values: NDArray[np.float64]
    classes: tuple[str, ...] = ()

    @property
    def known(self) -> NDArray[np.bool_]:
        """[M] bool: is the truth of the case known?"""
        return ~np.isnan(self.values)

    def events(self) -> int:
        """Cases of the smallest class that occurs; of a value, all known cases."""
        return int(min(self.counts()[self.counts() > 0], default=0)) if self.classes else int(self.known.sum())

    def counts(self) -> NDArray[np.int64]:
        """[K] cases of each class."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.classes)).astype(np.int64)


def truths(form: Form, columns: Mapping[str, Sequence[Any] | NDArray[Any]], name: str = "") -> list[Truth]:
    """Truth columns of a predictions table, all M cases: two classes as bool, more as names, labels as bool or null."""
    name = name or form.name
    if form.task in OF_POSITIONS:
        return []  # no case has one class
    if form.task == "labels":
        return [_classes(_flags(columns[f"truth:{label}"]), ("no", label), f"{name}: {label}") for label in form.classes]
    if form.task == "value":
        values = np.array([np.nan if cell is None else cell for cell in columns["truth"]], np.float64)
        return [Truth(name, np.full(len(values), -1, np.int64), values)]
    if form.binary:
        return [_classes(_flags(columns["truth"]), form.classes, name)]
    known = {word: code for code, word in enumerate(form.classes)}
    return [_classes(np.array([known.get(cell, -1) for cell in columns["truth"]], np.int64), form.classes, name)]


def _flags(cells: Sequence[bool | float | None] | NDArray[Any]) -> NDArray[np.int64]:
    return np.array([-1 if cell is None or cell != cell or int(cell) < 0 else int(cell) for cell in cells], np.int64)


def _classes(codes: NDArray[np.int64], classes: tuple[str, ...], name: str) -> Truth:
    return Truth(name, codes, np.where(codes < 0, np.nan, codes.astype(np.float64)), classes)
