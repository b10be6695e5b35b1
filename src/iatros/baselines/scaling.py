"""Features on one scale, without gaps: what linear models need.

In: features [M, F], NaN where missing. Out: standardised numbers [M, F'], medians in the gaps, indicators of the gaps beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FARTHEST = 10.0  # standard deviations; a value beyond (a typing error, another unit) is moved here
INDICATOR_FROM = 2  # training rows that must lack, and have, a feature before its gaps become a feature


@dataclass(frozen=True)
class Scaling:
    """What was learned from training rows.

    median, mean, deviation: [F]; a feature that never varied has deviation inf, so it scales to 0
    indicators: [I] positions of the features whose gaps are features
    """

    median: NDArray[np.float64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    indicators: NDArray[np.int64]

    def to_json(self) -> dict[str, list[float | None]]:
        """As plain lists; an infinite deviation is null."""
        deviation = [float(value) if np.isfinite(value) else None for value in self.deviation]
        return {
            "median": self.median.tolist(),
            "mean": self.mean.tolist(),
            "deviation": deviation,
            "indicators": self.indicators.tolist(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Sequence[Any]]) -> Scaling:  # Any: numbers or null
        """What `to_json` wrote."""
        deviation = [np.inf if value is None else value for value in content["deviation"]]
        return cls(
            median=np.array(content["median"], np.float64),
            mean=np.array(content["mean"], np.float64),
            deviation=np.array(deviation, np.float64),
            indicators=np.array(content["indicators"], np.int64),
        )


def fit(values: NDArray[np.float64], weights: NDArray[np.float64] | None = None) -> Scaling:
    """Learn from training rows [n, F]. Medians are of the rows; means and deviations heed the weights [n]."""
    gaps = np.isnan(values)
    median = np.zeros(values.shape[1])
    some = ~gaps.all(axis=0)
    median[some] = np.nanmedian(values[:, some], axis=0)
    filled = np.where(gaps, median, values)
    mean = np.average(filled, axis=0, weights=weights)
    deviation = np.sqrt(np.average((filled - mean) ** 2, axis=0, weights=weights))
    deviation[deviation <= 1e-9 * (1 + np.abs(mean))] = np.inf  # constant but for rounding
    missing = gaps.sum(axis=0)
    indicators = np.flatnonzero((missing >= INDICATOR_FROM) & (len(values) - missing >= INDICATOR_FROM))
    return Scaling(median, mean, deviation, indicators.astype(np.int64))


def apply(scaling: Scaling, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """[M, F] -> [M, F + I]."""
    gaps = np.isnan(values)
    scaled = (np.where(gaps, scaling.median, values) - scaling.mean) / scaling.deviation
    return np.hstack([np.clip(scaled, -FARTHEST, FARTHEST), gaps[:, scaling.indicators]])
