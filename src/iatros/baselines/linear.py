"""Logistic and ridge regression, as a statistician would fit them.

In: features with gaps, and codes or values. Out: a scaling, coefficients, and the penalty that inner folds chose.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge

from iatros.baselines.inner import Inner
from iatros.baselines.loss import least
from iatros.baselines.scaling import Scaling
from iatros.baselines.scaling import apply as scale
from iatros.baselines.scaling import fit as fit_scaling

C_GRID = (0.003, 0.03, 0.3, 3.0)  # scikit-learn's C: inverse strength of the penalty, per case weight of 1
PENALTY_GRID = (1000.0, 100.0, 10.0, 1.0, 0.1)  # ridge: alpha; strongest first, so that ties go to the simpler model
C_DEFAULT, PENALTY_DEFAULT = 0.3, 10.0  # where there are too few groups for inner folds
NEWTON_WIDEST = 400  # features x classes up to which Newton steps are faster than L-BFGS


@dataclass(frozen=True)
class Linear:
    """A scaling, then scores = link(scaled @ coefficients + intercepts).

    coefficients: [F', k]; intercepts: [k]; link: "identity", "logistic" (k = 1) or "softmax"
    strength: the C or alpha that inner folds chose; inner: [n, k] scores of the training rows by models that did not see them
    """

    scaling: Scaling
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    link: str
    strength: float
    inner: NDArray[np.float64] | None = None

    def scores(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """[M, F] -> [M, k]."""
        return _link(self.link, scale(self.scaling, values) @ self.coefficients + self.intercepts)


def fit(
    values: NDArray[np.float64], y: NDArray[np.float64], classes: int, weights: NDArray[np.float64], folds: Inner
) -> Linear:
    """Fit to training rows.

    values: [n, F]; y: [n] codes 0 to classes - 1, all of them seen, or values where `classes` is 0; weights: [n], mean 1.
    """
    grid = C_GRID if classes else PENALTY_GRID
    strength, inner = _choose(values, y, classes, weights, folds, grid)
    fitted = _fit_each(values, y, classes, weights, [strength])[0]
    return Linear(fitted.scaling, fitted.coefficients, fitted.intercepts, fitted.link, strength, inner)


def _choose(
    values: NDArray[np.float64],
    y: NDArray[np.float64],
    classes: int,
    weights: NDArray[np.float64],
    folds: Inner,
    grid: Sequence[float],
) -> tuple[float, NDArray[np.float64] | None]:
    """The strength with the least loss on inner folds, and its scores there."""
    width = classes if classes > 2 else 1
    scores = np.full((len(grid), len(y), width), np.nan)
    for learn, judge in folds:
        if classes and len(np.unique(y[learn])) < classes:
            continue
        for i, model in enumerate(_fit_each(values[learn], y[learn], classes, weights[learn], grid)):
            scores[i, judge] = model.scores(values[judge])
    best = least(scores, y, classes, weights)
    if best is None:
        return C_DEFAULT if classes else PENALTY_DEFAULT, None
    return grid[best], scores[best]


def _fit_each(
    values: NDArray[np.float64], y: NDArray[np.float64], classes: int, weights: NDArray[np.float64], strengths: Sequence[float]
) -> list[Linear]:
    scaling = fit_scaling(values, weights)
    scaled = scale(scaling, values)
    solve = _logistic if classes else _ridge
    return [solve(scaling, scaled, y, weights, strength) for strength in strengths]


def _logistic(
    scaling: Scaling, scaled: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64], strength: float
) -> Linear:
    classes = len(np.unique(y))
    newton = scaled.shape[1] * (classes if classes > 2 else 1) <= NEWTON_WIDEST
    model = LogisticRegression(C=strength, solver="newton-cholesky" if newton else "lbfgs", max_iter=100 if newton else 1000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a nearly separable outcome; the penalty bounds it
        model.fit(scaled, y, sample_weight=weights)
    return Linear(scaling, model.coef_.T, model.intercept_, "logistic" if classes == 2 else "softmax", strength)


def _ridge(
    scaling: Scaling, scaled: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64], strength: float
) -> Linear:
    model = Ridge(alpha=strength).fit(scaled, y, sample_weight=weights)
    return Linear(scaling, model.coef_.reshape(-1, 1), np.atleast_1d(model.intercept_), "identity", strength)


def _link(link: str, raw: NDArray[np.float64]) -> NDArray[np.float64]:
    if link == "identity":
        return raw
    scores: NDArray[np.float64] = expit(raw) if link == "logistic" else softmax(raw, axis=1)
    return scores
