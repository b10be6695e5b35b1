"""How far are predicted values from measured ones.

In: truth [N], predicted [N], weights [R, N]. Out: [R], in the value's own unit.
"""

from __future__ import annotations

import numpy as np

from iatros.metrics.probabilities import mean
from iatros.metrics.ranking import Floats, Weights


def mae(truth: Floats, predicted: Floats, weights: Weights | None = None) -> Floats:
    """Mean absolute error."""
    return mean(np.abs(predicted - truth), weights)


def rmse(truth: Floats, predicted: Floats, weights: Weights | None = None) -> Floats:
    """Root of the mean squared error."""
    return np.sqrt(mean((predicted - truth) ** 2, weights))


def bias(truth: Floats, predicted: Floats, weights: Weights | None = None) -> Floats:
    """Mean of predicted less measured."""
    return mean(predicted - truth, weights)


def r2(truth: Floats, predicted: Floats, weights: Weights | None = None) -> Floats:
    """Share of the variance of truth that is explained; 0 is as good as the mean. NaN where truth has no variance."""
    centred = truth - truth.mean()  # keeps digits where weights are float32
    spread = mean(centred**2, weights) - mean(centred, weights) ** 2
    squared = mean((predicted - truth) ** 2, weights)
    ratio = np.divide(squared, spread, out=np.full(len(spread), np.nan), where=spread > 1e-12 * (1e-300 + np.max(centred**2)))
    explained: Floats = 1 - ratio
    return explained


def coverage(truth: Floats, low: Floats, high: Floats, weights: Weights | None = None) -> Floats:
    """Share of values that lie inside their interval, limits included."""
    return mean(((low <= truth) & (truth <= high)).astype(np.float64), weights)


def interval_width(low: Floats, high: Floats, weights: Weights | None = None) -> Floats:
    """Mean width of the intervals."""
    return mean(high - low, weights)
