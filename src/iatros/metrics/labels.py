"""How good are scores of several yes-or-no labels, some of them not known.

In: truth [N, L] (1, 0, NaN where not known), score [N, L], weights [R, N]. Out: [R, L], and their mean over labels [R].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats, Weights, ones

BinaryMetric = Callable[[NDArray[np.bool_], Floats, Weights | None], Floats]


def per_label(metric: BinaryMetric, truth: Floats, score: Floats, weights: Weights | None = None) -> Floats:
    """A metric of two classes for each label, over the cases where that label is known: [R, L]; NaN where it is undefined."""
    weights = ones(len(truth)) if weights is None else weights
    found = np.full((len(weights), truth.shape[1]), np.nan)
    for label in range(truth.shape[1]):
        known = np.flatnonzero(~np.isnan(truth[:, label]) & ~np.isnan(score[:, label]))
        if len(known):
            found[:, label] = metric(truth[known, label] == 1, score[known, label], weights.take(known, axis=1))
    return found


def macro(per_label: Floats) -> Floats:
    """Mean over the labels that could be judged: [R, L] -> [R]; NaN where none could."""
    judged = ~np.isnan(per_label)
    total = np.where(judged, per_label, 0).sum(axis=1)
    mean: Floats = np.divide(total, judged.sum(axis=1), out=np.full(len(per_label), np.nan), where=judged.any(axis=1))
    return mean
