"""Intervals where resampling fails or is not needed: proportions, and areas at their limit.

In: counts. Out: `Interval`.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """Lower and upper limit."""

    low: float
    high: float


def z_score(confidence: float = CONFIDENCE) -> float:
    """Normal quantile of a two-sided interval: 1.96 for 95 %."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(share: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of a proportion `share` of n.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.

    >>> wilson(42 / 50, 50).low  # doctest: +ELLIPSIS
    0.7148...
    """
    if n <= 0:
        return Interval(0.0, 1.0)
    z = z_score(confidence)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(max(share * (1 - share), 0.0) / n + z * z / (4 * n * n))
    return Interval(float(max(0.0, middle - half)), float(min(1.0, middle + half)))


def clopper_pearson(successes: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """Exact interval of a proportion; at 0 and n of n it is what remains where a bootstrap has no width.

    Source: Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    if n <= 0:
        return Interval(0.0, 1.0)
    tail = (1 - confidence) / 2
    low = 0.0 if successes <= 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes >= n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high)


def auroc_at_limit(area: float, positives: int, negatives: int, confidence: float = CONFIDENCE) -> Interval:
    """Exact (conservative) interval of an AUROC that was found to be 1 or 0.

    Cases can be joined into min(P, N) pairs that share no case; each pair is ranked rightly with probability AUROC, so the
    number of right ones is binomial, and all (or none) of them were right.
    """
    pairs = min(positives, negatives)
    return clopper_pearson(pairs * round(area), pairs, confidence)


def difference_of(a: float, of_a: Interval, b: float, of_b: Interval) -> Interval:
    """Interval of a - b from the two intervals, taking them as independent (MOVER): wide, but right at the limits.

    Source: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    low = a - b - np.hypot(a - of_a.low, of_b.high - b)
    high = a - b + np.hypot(of_a.high - a, b - of_b.low)
    return Interval(float(low), float(high))
