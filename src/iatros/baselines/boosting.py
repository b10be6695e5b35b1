"""Histogram gradient boosting, with settings for small data.

In: features with gaps (left as they are), and codes or values. Out: trees as flat arrays, as many as inner folds chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from iatros.baselines.inner import Inner
from iatros.baselines.loss import least

ROUNDS = (25, 50, 100)  # numbers of trees to choose from
ROUNDS_MANY = (50, 100, 200)  # with MANY training cases
MANY = 2000
LEARNING_RATE = 0.1
STEPS = 60  # distinct values of a column; fewer than the bins, so that none are looked for
WIDEST = 3e38  # near the largest float32


@dataclass(frozen=True)
class Boosting:
    """A fitted model.

    model: scikit-learn's, fed float32 so that the saved model sees the same numbers
    rounds: how many trees; inner: [n, k] scores of the training rows by models that did not see them
    """

    model: Any  # scikit-learn has no types
    rounds: int
    inner: NDArray[np.float64] | None = None

    def scores(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """[M, F] -> [M, k]."""
        return _scores(self.model, narrow(values))

    @property
    def trees(self) -> list[list[NDArray[Any]]]:
        """[rounds][k] tables of nodes: feature_idx, num_threshold, missing_go_to_left, left, right, is_leaf, value."""
        return [[tree.nodes for tree in round_] for round_ in self.model._predictors]

    @property
    def start(self) -> NDArray[np.float64]:
        """[k] raw scores before the first tree."""
        return np.asarray(self.model._baseline_prediction, np.float64).ravel()

    @property
    def features(self) -> int:
        """F."""
        return int(self.model.n_features_in_)

    @property
    def link(self) -> str:
        """From raw scores to scores: "identity", "logistic" or "softmax"."""
        if not hasattr(self.model, "classes_"):
            return "identity"
        return "logistic" if len(self.model.classes_) == 2 else "softmax"


def fit(
    values: NDArray[np.float64],
    y: NDArray[np.float64],
    classes: int,
    weights: NDArray[np.float64],
    folds: Inner,
    seed: int,
) -> Boosting:
    """Fit to training rows.

    values: [n, F]; y: [n] codes 0 to classes - 1, all of them seen, or values where `classes` is 0; weights: [n], mean 1.
    """
    values_32 = narrow(values)
    grid = ROUNDS_MANY if len(y) >= MANY else ROUNDS
    rounds, inner = _choose(values_32, y, classes, weights, folds, seed)
    model = _model(classes, len(y), rounds or grid[1], seed).fit(_learned_from(values_32, weights), y, _uneven(weights))
    return Boosting(model, rounds or grid[1], inner)


def narrow(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """What the trees read: float32, the type of the saved model, and no infinities."""
    return np.clip(values, -WIDEST, WIDEST).astype(np.float32)


def _choose(
    values: NDArray[np.float32],
    y: NDArray[np.float64],
    classes: int,
    weights: NDArray[np.float64],
    folds: Inner,
    seed: int,
) -> tuple[int, NDArray[np.float64] | None]:
    """The number of trees with the least loss on inner folds, and its scores there; 0 where no fold could be judged."""
    grid = ROUNDS_MANY if len(y) >= MANY else ROUNDS
    scores = np.full((len(grid), len(y), classes if classes > 2 else 1), np.nan)
    for learn, judge in folds:
        if classes and len(np.unique(y[learn])) < classes:
            continue
        model = _model(classes, len(y), grid[-1], seed).fit(
            _learned_from(values[learn], weights[learn]), y[learn], _uneven(weights[learn])
        )
        scores[:, judge] = _staged(model, values[judge], grid)
    best = least(scores, y, classes, weights)
    return (0, None) if best is None else (grid[best], scores[best])


def _model(classes: int, cases: int, rounds: int, seed: int) -> Any:  # Any: scikit-learn has no types
    settings = {
        "max_iter": rounds,
        "learning_rate": LEARNING_RATE,
        "max_leaf_nodes": 16 if cases >= MANY else 8,
        "min_samples_leaf": int(np.clip(cases // 25, 2, 20)),
        "l2_regularization": 1.0,
        "max_bins": 255 if cases >= MANY else 63,  # half the time of 255 on small data, and as good
        "early_stopping": False,
        "random_state": seed,
    }
    return HistGradientBoostingClassifier(**settings) if classes else HistGradientBoostingRegressor(**settings)


def _no_empty(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A column without any value becomes a constant, which no tree asks for: scikit-learn 1.9 finds no bins for it."""
    empty = np.isnan(values).all(axis=0)
    return np.where(empty, np.float32(0), values) if empty.any() else values


def _learned_from(values: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """What the trees learn from. With uneven weights columns have at most STEPS distinct values, each of the file's own.

    Given weights, scikit-learn 1.9 takes minutes to bin a column of many values; few values it takes as they are.
    """
    values = _no_empty(values)
    if _uneven(weights) is None:
        return values
    fewer = values.copy()
    for column in range(values.shape[1]):
        known = np.isfinite(values[:, column])
        distinct = np.unique(values[known, column])
        if len(distinct) > STEPS:
            steps = distinct[np.unique(np.linspace(0, len(distinct) - 1, STEPS).astype(np.int64))]
            at = np.searchsorted(steps, values[known, column], side="right") - 1
            fewer[known, column] = steps[at]
    return fewer


def _uneven(weights: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """None for equal weights: given any, scikit-learn 1.9 takes five times as long to find its bins."""
    return None if np.ptp(weights) == 0 else weights


def _staged(model: Any, values: NDArray[np.float32], grid: Sequence[int]) -> NDArray[np.float64]:  # Any: as above
    """Scores [G, m, k] after each number of trees."""
    stages = model.staged_predict_proba(values) if hasattr(model, "predict_proba") else model.staged_predict(values)
    kept = [stage for rounds, stage in enumerate(stages, start=1) if rounds in grid]
    return np.stack([_one_column(stage) for stage in kept])


def _scores(model: Any, values: NDArray[np.float32]) -> NDArray[np.float64]:  # Any: as above
    return _one_column(model.predict_proba(values) if hasattr(model, "predict_proba") else model.predict(values))


def _one_column(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """A value [m] -> [m, 1]; two classes [m, 2] -> the positive one's [m, 1]."""
    if scores.ndim == 1:
        return scores[:, None]
    return scores[:, 1:] if scores.shape[1] == 2 else scores
