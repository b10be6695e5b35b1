"""Sets and intervals that hold the truth as often as promised, whatever the model (split-conformal prediction).

In: scores of non-conformity of a calibration part [n]. Out: a threshold, and sets or intervals of new cases.
The promise (at least 1 - alpha, on average over cases like those of the calibration part) is Vovk et al. 2005.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats

Bools = NDArray[np.bool_]


def conformal_threshold(scores: Floats, alpha: float) -> float:
    """The ceil((n + 1)(1 - alpha))-th smallest of n scores; infinite where n is too small for that.

    Source: Lei et al. 2018, doi:10.1080/01621459.2017.1307116.

    >>> conformal_threshold(np.arange(1.0, 10.0), alpha=0.2)
    8.0
    """
    rank = int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9))
    if rank > len(scores):
        return float("inf")
    return float(np.partition(scores, max(rank, 1) - 1)[max(rank, 1) - 1])


# ---- sets of classes


def lac_scores(probability: Floats, truth: NDArray[np.int64]) -> Floats:
    """1 - probability of the true class: [N]. Smallest sets on average. Source: Sadinle et al. 2019."""
    return 1 - probability[np.arange(len(truth)), truth]


def lac_sets(probability: Floats, threshold: float) -> Bools:
    """Classes whose probability is at least 1 - threshold: [N, K] bool. A set may be empty: the case is like no class."""
    return 1 - probability <= threshold + 1e-12


def aps_scores(probability: Floats, truth: NDArray[np.int64], generator: np.random.Generator) -> Floats:
    """Probability of the classes above the true one, plus a random part of its own: [N].

    Sets adapt to how hard a case is. Source: Romano et al. 2020, arXiv:2006.02544.
    """
    above = _mass_above(probability)[np.arange(len(truth)), truth]
    own = probability[np.arange(len(truth)), truth]
    return above + generator.uniform(size=len(truth)) * own


def aps_sets(probability: Floats, threshold: float, generator: np.random.Generator) -> Bools:
    """Classes from the most probable down until the threshold is reached: [N, K] bool, never empty."""
    part = generator.uniform(size=(len(probability), 1))
    chosen = _mass_above(probability) + part * probability <= threshold + 1e-12
    chosen[np.arange(len(probability)), probability.argmax(axis=1)] = True
    return chosen


# ---- intervals of values


def residual_scores(truth: Floats, predicted: Floats) -> Floats:
    """Absolute errors: [N]; the interval is predicted -+ threshold."""
    return np.abs(truth - predicted)


def cqr_scores(truth: Floats, low: Floats, high: Floats) -> Floats:
    """How far truth lies outside quantiles [low, high], negative inside: [N]; the interval is low - t to high + t.

    Source: Romano et al. 2019, arXiv:1905.03222.
    """
    return np.maximum(low - truth, truth - high)


def _mass_above(probability: Floats) -> Floats:
    order = np.argsort(-probability, axis=1, kind="stable")
    ranked = np.take_along_axis(probability, order, axis=1)
    above = np.cumsum(ranked, axis=1) - ranked
    placed = np.empty_like(above)
    np.put_along_axis(placed, order, above, axis=1)
    return placed
