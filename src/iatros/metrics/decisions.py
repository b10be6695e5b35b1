"""What follows from acting at a threshold: confusion counts and all that comes from them.

In: truth [N] bool, which cases are flagged [N] bool, weights [R, N]. Out: `Confusion`, four times [R].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats, Weights, ones

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Weight of cases by outcome and flag, each of shape [R] or [R, T]."""

    true_positives: Floats
    false_positives: Floats
    true_negatives: Floats
    false_negatives: Floats

    @property
    def sensitivity(self) -> Floats:
        """Share of cases with the outcome that are flagged."""
        return _share(self.true_positives, self.false_negatives)

    @property
    def specificity(self) -> Floats:
        """Share of cases without the outcome that are not flagged."""
        return _share(self.true_negatives, self.false_positives)

    @property
    def ppv(self) -> Floats:
        """Positive predictive value: share of the flagged that have the outcome."""
        return _share(self.true_positives, self.false_positives)

    @property
    def npv(self) -> Floats:
        """Negative predictive value: share of the not flagged that do not have the outcome."""
        return _share(self.true_negatives, self.false_negatives)

    @property
    def f1(self) -> Floats:
        """Harmonic mean of sensitivity and PPV."""
        return _share(2 * self.true_positives, self.false_positives + self.false_negatives)

    @property
    def accuracy(self) -> Floats:
        """Share of cases that are on the right side."""
        return _share(self.true_positives + self.true_negatives, self.false_positives + self.false_negatives)


def confusion(truth: Bools, flagged: Bools, weights: Weights | None = None) -> Confusion:
    """Confusion counts. flagged: [N] gives [R]; [N, T], one column a threshold, gives [R, T]."""
    weights = ones(len(truth)) if weights is None else weights
    columns = (flagged[:, None] if flagged.ndim == 1 else flagged).astype(weights.dtype)
    sides = [(weights * side.astype(weights.dtype)) for side in (truth, ~truth)]
    hits, alarms = ((side @ columns).astype(np.float64) for side in sides)
    with_, without = (side.sum(axis=1, dtype=np.float64)[:, None] for side in sides)
    spared, missed = np.maximum(without - alarms, 0), np.maximum(with_ - hits, 0)  # float32 weights leave -1e-7 behind
    counts = (hits, alarms, spared, missed)
    return Confusion(*(count[:, 0] if flagged.ndim == 1 else count for count in counts))


def net_benefit(truth: Bools, flagged: Bools, threshold: float | Floats, weights: Weights | None = None) -> Floats:
    """Net benefit of treating the flagged: true positives per case less false positives at the threshold's odds; [R] or [R, T].

    threshold: in (0, 1), one, or [T] for flagged [N, T]. Treating nobody scores 0.
    Raises ValueError if a threshold is not inside (0, 1). Source: Vickers & Elkin 2006, doi:10.1177/0272989X06295361.

    >>> truth = np.array([True, True, False, False])
    >>> net_benefit(truth, np.array([0.9, 0.4, 0.6, 0.1]) >= 0.2, threshold=0.2)
    array([0.4375])
    """
    if np.min(threshold) <= 0 or np.max(threshold) >= 1:
        raise ValueError(f"threshold {threshold} is not inside (0, 1)")
    counts = confusion(truth, flagged, weights)
    total = counts.true_positives + counts.false_positives + counts.true_negatives + counts.false_negatives
    return _divide(counts.true_positives - counts.false_positives * threshold / (1 - np.asarray(threshold)), total)


def predictive_values(sensitivity: Floats, specificity: Floats, prevalence: Floats) -> tuple[Floats, Floats]:
    """PPV and NPV where the outcome has another prevalence (Bayes): arrays that broadcast. NaN where nobody is flagged."""
    hits, alarms = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    return _share(hits, alarms), _share(specificity * (1 - prevalence), (1 - sensitivity) * prevalence)


def _share(some: Floats, rest: Floats) -> Floats:
    return _divide(some, some + rest)


def _divide(above: Floats, below: Floats) -> Floats:
    share: Floats = np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0)
    return share
