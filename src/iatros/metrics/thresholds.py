"""At which score to act: rules that choose a threshold, to be applied to validation cases and never to test cases.

In: truth [N] bool, score [N], weight [N]. Out: a threshold; a case is flagged where its score reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats


@dataclass(frozen=True, slots=True)
class Sweep:
    """All ways to divide the cases: thresholds [G] rising, sensitivity and specificity [G] at each."""

    thresholds: Floats
    sensitivity: Floats
    specificity: Floats


def sweep(truth: NDArray[np.bool_], score: Floats, weight: Floats | None = None) -> Sweep:
    """Every distinct division of the cases. A threshold lies midway between two scores; the first flags every case."""
    weight = np.ones(len(truth)) if weight is None else weight
    order = np.argsort(score, kind="stable")
    ordered = score[order]
    starts = np.append(0, np.flatnonzero(np.diff(ordered)) + 1)
    middle = (ordered[starts[1:]] + ordered[starts[1:] - 1]) / 2
    missed = np.append(0.0, np.cumsum(weight[order] * truth[order]))[starts]
    spared = np.append(0.0, np.cumsum(weight[order] * ~truth[order]))[starts]
    return Sweep(
        thresholds=np.append(ordered[0], middle),
        sensitivity=1 - missed / weight[truth].sum(),
        specificity=spared / weight[~truth].sum(),
    )


def youden(truth: NDArray[np.bool_], score: Floats, weight: Floats | None = None) -> float:
    """Threshold with the largest sensitivity + specificity. Does not depend on prevalence. Source: Youden 1950."""
    ways = sweep(truth, score, weight)
    return _best(ways.thresholds, ways.sensitivity + ways.specificity)


def reaching_sensitivity(truth: NDArray[np.bool_], score: Floats, wanted: float, weight: Floats | None = None) -> float:
    """The highest threshold whose sensitivity reaches `wanted` (0 to 1)."""
    ways = sweep(truth, score, weight)
    return float(ways.thresholds[ways.sensitivity >= wanted - 1e-12][-1])


def best_accuracy(
    truth: NDArray[np.bool_], score: Floats, weight: Floats | None = None, prevalence: float | None = None
) -> float:
    """Threshold with the largest accuracy at a prevalence: the cases' own, or the one expected where the model will be used.

    Sensitivity and specificity do not change when only prevalence does, so accuracy elsewhere can be reckoned from them.
    """
    ways = sweep(truth, score, weight)
    share = float(np.average(truth, weights=weight)) if prevalence is None else prevalence
    return _best(ways.thresholds, share * ways.sensitivity + (1 - share) * ways.specificity)


def _best(thresholds: Floats, worth: Floats) -> float:
    """Of equally good thresholds (within rounding) the middle one: the least dependent on single cases."""
    best = np.flatnonzero(worth >= worth.max() - 1e-12)
    return float(thresholds[best[len(best) // 2]])
