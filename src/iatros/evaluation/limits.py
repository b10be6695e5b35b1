"""The interval of each figure: which method, and when none.

In: a figure's value and replicates, and how many cases stand behind. Out: `Interval` or None.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.evaluation.cohort import independent
from iatros.evaluation.panels import COUNTS, Figure
from iatros.metrics.delong import logit_interval, variance, wald_interval
from iatros.metrics.proportions import CONFIDENCE, Interval, auroc_at_limit, clopper_pearson, difference_of, wilson
from iatros.metrics.ranking import Floats

ENOUGH_UNITS = 10  # patients or families with several cases, below which their resamples tell too little
DEFINED = 0.9  # share of resamples in which a figure must exist
EDGE = 1e-12
NO_INTERVAL = frozenset({*COUNTS, "confusion"})
SHARES = frozenset({"sensitivity", "specificity", "ppv", "npv", "accuracy", "prevalence", "coverage", "top2_accuracy"})


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a group's figures.

    truth: [N] bool, None where there are no two classes; simple: one case a unit, no weights
    unit: [N] what is resampled whole; partner: [N] the other of two things
    """

    truth: NDArray[np.bool_] | None
    unit: NDArray[np.int64]
    partner: NDArray[np.int64] | None = None
    simple: bool = False

    @property
    def few(self) -> bool:
        """Are there too few patients or families to be resampled? Of single cases every case counts."""
        return not self.simple and independent(self.unit, self.partner) < min(ENOUGH_UNITS, len(self.unit))

    def units(self, side: bool) -> int:
        """Independent cases at most on that side of the truth: as many as patients, or families, with one."""
        on = np.ones(len(self.unit), np.bool_) if self.truth is None else self.truth == side
        return independent(self.unit[on], None if self.partner is None else self.partner[on])


def interval(figure: Figure, values: Floats, behind: Behind, trials: float, influence: Floats | None) -> Interval | None:
    """Limits of a figure. values: [1 + R]; trials: n of a proportion (NaN if it is none)."""
    value = float(values[0])
    if figure.metric in NO_INTERVAL or not np.isfinite(value) or behind.few:
        return None
    if figure.metric == "auroc" and not figure.class_ and behind.truth is not None:
        return _of_auroc(value, values[1:], behind, influence)
    if figure.metric in SHARES and np.isfinite(trials):
        if value < EDGE or value > 1 - EDGE:
            return clopper_pearson(value * trials, trials)
        if behind.simple:
            return wilson(value, trials)
    return percentiles(values[1:])


def difference(
    a: Floats, b: Floats, behind: Behind, of_a: Interval, of_b: Interval, influence: Floats | None
) -> Interval | None:
    """Limits of a paired difference a - b, from [1 + R] each; influence: difference of influences, for an AUROC."""
    if behind.few:
        return None
    if (influence is None or not behind.simple) and np.ptp(a[1:] - b[1:]) > EDGE:
        return percentiles(a[1:] - b[1:])
    if influence is not None and behind.truth is not None and np.ptp(influence) > EDGE:
        return wald_interval(float(a[0] - b[0]), variance(behind.truth, influence))
    if influence is not None and _at_limit(float(a[0])) and _at_limit(float(b[0])):
        return difference_of(float(a[0]), of_a, float(b[0]), of_b)
    return percentiles(a[1:] - b[1:])


def percentiles(replicates: Floats, confidence: float = CONFIDENCE) -> Interval | None:
    """The middle 95 % of the replicates; None where the figure is not defined in more than a tenth of them."""
    defined = replicates[np.isfinite(replicates)]
    if len(defined) < max(2, DEFINED * len(replicates)):
        return None
    ranked = np.sort(defined)  # np.quantile is several times slower on so few numbers
    places = (len(ranked) - 1) * np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = np.interp(places, np.arange(len(ranked)), ranked)
    return Interval(float(low), float(high))


def _of_auroc(value: float, replicates: Floats, behind: Behind, influence: Floats | None) -> Interval | None:
    if _at_limit(value):
        return auroc_at_limit(value, behind.units(True), behind.units(False))
    if behind.simple and influence is not None and behind.truth is not None:
        return logit_interval(value, variance(behind.truth, influence))
    return percentiles(replicates)


def _at_limit(area: float) -> bool:
    return area < EDGE or area > 1 - EDGE
