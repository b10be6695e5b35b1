"""Make percentages right again: maps from scores to risks, fitted on cases kept for that.

In: scores and truth of a calibration part (never of the test part). Out: a few numbers, and a function that applies them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize_scalar

from iatros.metrics.logistic import logistic_fit, logit
from iatros.metrics.ranking import Floats

WIDEST = 4.0  # temperatures are looked for between exp(-4) and exp(4)


@dataclass(frozen=True, slots=True)
class Shift:
    """A straight line on the logit scale: new logit = intercept + slope x old logit."""

    intercept: float
    slope: float = 1.0

    def __call__(self, risk: Floats) -> Floats:
        """risk [N] -> risk [N]; order is kept where the slope is positive."""
        moved: Floats = 1 / (1 + np.exp(-(self.intercept + self.slope * logit(risk))))
        return moved


@dataclass(frozen=True, slots=True)
class Stairs:
    """A rising line through points: risk x [G] becomes y [G], straight between them, flat outside."""

    x: Floats
    y: Floats

    def __call__(self, risk: Floats) -> Floats:
        """risk [N] -> risk [N]; order is kept, but ties appear."""
        return np.interp(risk, self.x, self.y)


def fit_temperature(logits: Floats, truth: NDArray[np.int64], weight: Floats | None = None) -> float:
    """T such that softmax(logits / T) has the smallest log loss; above 1 the scores were too sure.

    logits: [N, K] (logs of probabilities do as well); truth: [N] codes. Source: Guo et al. 2017, arXiv:1706.04599.
    """
    weight = np.ones(len(truth)) if weight is None else weight

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(scaled).sum(axis=1))
        return float(np.average(log_sum - scaled[np.arange(len(truth)), truth], weights=weight))

    return float(np.exp(minimize_scalar(loss, bounds=(-WIDEST, WIDEST), method="bounded", options={"xatol": 1e-6}).x))


def apply_temperature(logits: Floats, temperature: float) -> Floats:
    """softmax(logits / temperature): [N, K] -> [N, K]."""
    scaled = logits / temperature
    odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    softened: Floats = odds / odds.sum(axis=1, keepdims=True)
    return softened


def fit_platt(risk: Floats, truth: NDArray[np.bool_], weight: Floats | None = None) -> Shift:
    """Slope and intercept of a logistic regression on the logit (logistic recalibration).

    Where the classes are separated, or risks are all alike, only the intercept is fitted.
    Source: Platt 1999; on the logit of risks: Cox 1958.
    """
    weights = (np.ones(len(truth)) if weight is None else weight)[None].astype(np.float64)
    odds = logit(risk)
    intercept, slope = logistic_fit(np.column_stack([np.ones(len(odds)), odds]), truth, weights)[0]
    if not np.isfinite(slope) or slope <= 0:
        return fit_intercept(risk, truth, weight)
    return Shift(float(intercept), float(slope))


def fit_intercept(risk: Floats, truth: NDArray[np.bool_], weight: Floats | None = None) -> Shift:
    """Recalibration in the large: the shift of all logits that makes the mean risk right (a new hospital's first step).

    With one class only there is no such shift, and none is made.
    """
    weights = (np.ones(len(truth)) if weight is None else weight)[None].astype(np.float64)
    intercept = logistic_fit(np.ones((len(truth), 1)), truth, weights, offset=logit(risk))[0, 0]
    return Shift(float(intercept) if np.isfinite(intercept) else 0.0)


def fit_isotonic(risk: Floats, truth: NDArray[np.bool_], weight: Floats | None = None) -> Stairs:
    """The rising step function nearest to the outcomes (least squares). Needs many cases, some hundred or more.

    Source: Zadrozny & Elkan 2002, doi:10.1145/775047.775151.
    """
    weight = np.ones(len(truth)) if weight is None else weight
    x, place = np.unique(risk, return_inverse=True)
    total = np.bincount(place, weight)
    share = np.bincount(place, weight * truth) / total
    y = np.asarray(isotonic_regression(share, weights=total).x)
    turns = np.append(np.append(True, np.diff(y) > 0) | np.append(np.diff(y) > 0, True), True)[: len(y)]
    return Stairs(x[turns], y[turns])
