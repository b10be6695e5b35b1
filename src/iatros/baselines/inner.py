"""Folds inside the training part, where settings are chosen.

In: groups and strata of the training rows. Out: the inner fold that judges each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VALUE_BINS = 5  # a value is balanced over folds by its quintiles


@dataclass(frozen=True)
class Inner:
    """fold: [n] number of the inner fold that judges each training row; -1 where there were too few groups to judge any."""

    fold: NDArray[np.int64]

    def __iter__(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Positions to learn from and to judge, fold by fold."""
        for fold in range(self.fold.max(initial=-1) + 1):
            yield np.flatnonzero(self.fold != fold), np.flatnonzero(self.fold == fold)


def deal(y: NDArray[np.float64], classes: int, group: NDArray[np.int64], folds: int, rng: np.random.Generator) -> Inner:
    """Deal whole groups to folds so that classes (or quintiles of a value) spread evenly.

    y: [n] codes or values; classes: 0 for a value; group: [n] rows of one group stay together.
    """
    if not len(y):
        return Inner(np.zeros(0, np.int64))
    names, position = np.unique(group, return_inverse=True)
    if len(names) < folds:
        return Inner(np.full(len(y), -1, np.int64))
    mean = np.bincount(position, y) / np.bincount(position)
    size = np.bincount(position)
    key = mean if classes else np.searchsorted(np.quantile(mean, np.linspace(0, 1, VALUE_BINS + 1)[1:-1]), mean)
    order = np.lexsort((rng.random(len(names)), size, np.round(key)))
    dealt = np.empty(len(names), np.int64)
    dealt[order] = np.arange(len(names)) % folds
    return Inner(dealt[position])
