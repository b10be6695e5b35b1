"""How good are probabilities, as numbers: squared and logarithmic scores, observed over expected, their distribution.

In: truth [N] bool, risk [N] in 0..1, weights [R, N]. Out: [R].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats, Weights, ones

SMALLEST = float(np.finfo(np.float64).eps)  # a probability nearer to 0 or 1 counts as this, as in scikit-learn


def mean(values: Floats, weights: Weights | None = None) -> Floats:
    """Weighted mean of values [N]: [R]; NaN where all weights are 0."""
    weights = ones(len(values)) if weights is None else weights
    columns = np.column_stack([values, np.ones(len(values))]).astype(weights.dtype)
    summed, total = (weights @ columns).astype(np.float64).T
    average: Floats = np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0)
    return average


def prevalence(truth: NDArray[np.bool_], weights: Weights | None = None) -> Floats:
    """Share of cases with the outcome: [R]."""
    return mean(truth.astype(np.float64), weights)


def brier_score(truth: NDArray[np.bool_], risk: Floats, weights: Weights | None = None) -> Floats:
    """Mean squared distance of risk from outcome: [R]; 0 is perfect. Source: Brier 1950."""
    return mean((risk - truth) ** 2, weights)


def log_loss(truth: NDArray[np.bool_], risk: Floats, weights: Weights | None = None) -> Floats:
    """Mean of -log of the probability given to what happened, natural logarithm: [R]; 0 is perfect."""
    happened = np.clip(np.where(truth, risk, 1 - risk), SMALLEST, 1 - SMALLEST)
    return mean(-np.log(happened), weights)


def observed_expected(truth: NDArray[np.bool_], risk: Floats, weights: Weights | None = None) -> Floats:
    """Cases with the outcome for each one predicted: [R]; 1 is right, above 1 risks are too low."""
    expected = mean(risk, weights)
    observed = prevalence(truth, weights)
    ratio: Floats = np.divide(observed, expected, out=np.full(len(expected), np.nan), where=expected > 0)
    return ratio


@dataclass(frozen=True, slots=True)
class Histogram:
    """Cases by risk: middle [B] of each bin, with_outcome [B] and without [B]."""

    middle: Floats
    with_outcome: NDArray[np.int64]
    without: NDArray[np.int64]


def risk_distribution(truth: NDArray[np.bool_], risk: Floats, bins: int = 20) -> Histogram:
    """Number of cases at each risk, by outcome, in equal bins of 0..1."""
    edges = np.linspace(0, 1, bins + 1)
    counts = [np.histogram(risk[side], edges)[0] for side in (truth, ~truth)]
    return Histogram((edges[:-1] + edges[1:]) / 2, counts[0], counts[1])
