"""`IatrosRegressor`: a table study of a value as scikit-learn speaks. In: X and y. Out: numbers and their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from iatros.estimator import columns
from iatros.estimator.base import TableEstimator


class IatrosRegressor(RegressorMixin, TableEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """The network that `iatros run` trains on a table to predict a number, with fit and predict.

    Takes arrays and pandas or Polars frames; missing values are allowed. In frames, text and categories are read as
    categories, and dates as dates. Fitting is deterministic, and writes no file.

    encoder:     kind of network, or its table as a study writes it: {"kind": "mlp", "widths": [64], "dropout": 0.3}
    epochs, rate, decay, patience: as in [training] of a study; with `patience`, `held_out` of the patients stop training early
    seeds:       networks; their mean is the model
    safeguards:  names, or names with their settings
    coverage:    of `predict_interval`, made on `held_out` of the patients
    held_out:    share of the patients whom whatever learns after training (or stops it) keeps from training
    categories:  names or positions of columns whose numbers are names of classes
    loss:        "huber", "mse", or "quantile", whose intervals differ in width from case to case
    log:         work with the logarithm of y, which must be positive
    training:    further keys of [training]: {"batch": 64, "threads": 2}
    random_state: decides weights, order, dropout and who is held out; the same number gives the same model

    After fitting: n_features_in_, feature_names_in_ (of frames), study_ (what was declared), model_.

    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True)
    >>> IatrosRegressor(epochs=5).fit(X, y).predict(X).shape
    (442,)
    """

    def __init__(  # scikit-learn asks that whatever can be tuned is a parameter of its own
        self,
        *,
        encoder: str | Mapping[str, Any] = "mlp",
        epochs: int | Literal["auto"] = "auto",
        rate: float | Literal["auto"] = "auto",
        decay: float | Literal["auto"] = "auto",
        patience: int | None = None,
        seeds: int = 1,
        safeguards: Sequence[str] | Mapping[str, Mapping[str, Any]] | None = None,
        coverage: float | None = None,
        held_out: float = 0.2,
        categories: Sequence[str | int] | None = None,
        loss: Literal["huber", "mse", "quantile"] = "huber",
        log: bool = False,
        training: Mapping[str, Any] | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.encoder = encoder
        self.epochs = epochs
        self.rate = rate
        self.decay = decay
        self.patience = patience
        self.seeds = seeds
        self.safeguards = safeguards
        self.coverage = coverage
        self.held_out = held_out
        self.categories = categories
        self.loss = loss
        self.log = log
        self.training = training
        self.random_state = random_state

    def fit(self, X: Any, y: Any, *, groups: Any = None, weight: Any = None) -> IatrosRegressor:  # Any: array-likes
        """Train on X [M, F] and y [M].

        groups: [M] patients, who are held out whole. weight: [M] positive sampling weights of the loss, as `weight` of a study;
        see `IatrosClassifier.fit` for why it is not called sample_weight.
        Raises ValueError where a parameter cannot be, or y is not positive under `log`.
        """
        frame = columns.read(self, X, reset=True)
        outcome = columns.outcome(self, y, len(frame)).astype(np.float64)
        if self.log and (outcome <= 0).any():
            raise ValueError("y holds values that are not positive, and log=True works with their logarithm")
        coverage = {} if self.coverage is None else {"coverage": self.coverage}
        target = {"kind": "value", "loss": self.loss, "log": self.log, **coverage}
        return self._train(frame, outcome, target, groups, weight)

    def predict(self, X: Any) -> NDArray[np.float64]:  # Any: array-like
        """[M, F] -> [M] numbers in the unit of y."""
        return np.asarray(self._scores(X)["score"], np.float64)

    def predict_interval(self, X: Any) -> NDArray[np.float64]:  # Any: array-like
        """[M, F] -> [M, 2] lower and upper limits that hold the truth in `coverage` of such cases; NaN: too few to promise.

        Raises ValueError where no coverage was asked for before fitting.
        """
        scores = self._covering(X, "intervals")
        return np.stack([np.asarray(scores[name], np.float64) for name in ("low", "high")], 1)
