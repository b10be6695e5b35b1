"""What one would say of a patient whom one has not seen: the share of each class, or the mean value.

In: the truth of training rows. Out: a model that gives everybody the same scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Prevalence:
    """share: [k] scores that every case gets."""

    share: NDArray[np.float64]

    def scores(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """[M, F] -> [M, k]; only M is looked at."""
        return np.tile(self.share, (len(values), 1))


def fit(y: NDArray[np.float64], classes: int, weights: NDArray[np.float64]) -> Prevalence:
    """Fit to training rows.

    y: [n] codes 0 to classes - 1, or values where `classes` is 0. Two classes give one share, that of code 1.
    """
    if not classes:
        return Prevalence(np.array([np.average(y, weights=weights)]))
    share = np.bincount(y.astype(np.int64), weights, minlength=classes) / weights.sum()
    return Prevalence(share[1:] if classes == 2 else share)
