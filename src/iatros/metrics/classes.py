"""How good are probabilities of several classes.

In: truth [N] codes 0..K-1, probability [N, K], weights [R, N]. Out: [R], [R, K] or [R, K, K].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.probabilities import SMALLEST, mean
from iatros.metrics.ranking import Floats, Weights, auroc, average_precision, ones

Codes = NDArray[np.int64]


def auroc_per_class(truth: Codes, probability: Floats, weights: Weights | None = None) -> Floats:
    """AUROC of each class against the rest: [R, K]; its mean over classes is the macro AUROC. NaN where a class is absent."""
    return np.stack([auroc(truth == k, probability[:, k], weights) for k in range(probability.shape[1])], axis=1)


def average_precision_per_class(truth: Codes, probability: Floats, weights: Weights | None = None) -> Floats:
    """Average precision of each class against the rest: [R, K]."""
    return np.stack([average_precision(truth == k, probability[:, k], weights) for k in range(probability.shape[1])], axis=1)


def confusion_matrix(truth: Codes, probability: Floats, weights: Weights | None = None) -> Floats:
    """Weight of cases by truth (rows) and most probable class (columns): [R, K, K]."""
    weights = ones(len(truth)) if weights is None else weights
    classes = probability.shape[1]
    cell = truth * classes + probability.argmax(axis=1)
    counts = weights @ np.eye(classes * classes, dtype=weights.dtype)[cell]
    matrix: Floats = counts.astype(np.float64).reshape(len(weights), classes, classes)
    return matrix


def top_accuracy(truth: Codes, probability: Floats, weights: Weights | None = None, top: int = 1) -> Floats:
    """Share of cases whose class is among the `top` most probable: [R]. Ties go to the classes named first."""
    ranked = np.argsort(-probability, axis=1, kind="stable")[:, :top]
    return mean((ranked == truth[:, None]).any(axis=1).astype(np.float64), weights)


def log_loss(truth: Codes, probability: Floats, weights: Weights | None = None) -> Floats:
    """Mean of -log of the probability given to the true class: [R]."""
    happened = probability[np.arange(len(truth)), truth]
    return mean(-np.log(np.clip(happened, SMALLEST, 1 - SMALLEST)), weights)


def brier_score(truth: Codes, probability: Floats, weights: Weights | None = None) -> Floats:
    """Sum over classes of the squared distance from what happened, mean over cases: [R]; 0 to 2. Source: Brier 1950."""
    happened = np.eye(probability.shape[1])[truth]
    return mean(((probability - happened) ** 2).sum(axis=1), weights)
