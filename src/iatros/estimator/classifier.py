"""`IatrosClassifier`: a table study of classes as scikit-learn speaks. In: X and y. Out: classes and their probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from iatros.estimator import columns
from iatros.estimator.base import TableEstimator


class IatrosClassifier(ClassifierMixin, TableEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """The network that `iatros run` trains on a table, with fit and predict.

    Takes arrays and pandas or Polars frames; missing values are allowed. In frames, text and categories are read as
    categories, and dates as dates. Fitting is deterministic, and writes no file.

    encoder:     kind of network, or its table as a study writes it: {"kind": "mlp", "widths": [64], "dropout": 0.3}
    epochs, rate, decay, patience: as in [training] of a study; with `patience`, `held_out` of the patients stop training early
    seeds:       networks; their mean is the model
    safeguards:  names, or names with their settings: {"weights": {"strength": 0.5}}
    calibration: of the probabilities, on `held_out` of the patients: "auto" only where enough of them are kept
    coverage:    of `predict_set`, made on the same patients
    held_out:    share of the patients whom whatever learns after training (or stops it) keeps from training
    categories:  names or positions of columns whose numbers are names of classes
    loss:        "cross_entropy" or "focal"
    training:    further keys of [training]: {"batch": 64, "threads": 2}
    random_state: decides weights, order, dropout and who is held out; the same number gives the same model

    After fitting: classes_ [K], n_features_in_, feature_names_in_ (of frames), study_ (what was declared), model_.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> IatrosClassifier(epochs=5).fit(X, y).predict_proba(X).shape
    (150, 3)
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
        calibration: Literal["none", "auto", "platt", "temperature", "isotonic"] = "none",
        coverage: float | None = None,
        held_out: float = 0.2,
        categories: Sequence[str | int] | None = None,
        loss: Literal["cross_entropy", "focal"] = "cross_entropy",
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
        self.calibration = calibration
        self.coverage = coverage
        self.held_out = held_out
        self.categories = categories
        self.loss = loss
        self.training = training
        self.random_state = random_state

    def fit(self, X: Any, y: Any, *, groups: Any = None, weight: Any = None) -> IatrosClassifier:  # Any: array-likes
        """Train on X [M, F] and y [M].

        groups: [M] patients, who are held out whole. weight: [M] positive sampling weights of the loss, as `weight` of a study.
        It is not called sample_weight, since scikit-learn promises of that name that a case of weight two counts exactly as
        that case given twice: training in random portions keeps this on average only.
        Raises ValueError where y has a single class or a parameter cannot be.
        """
        frame = columns.read(self, X, reset=True)
        outcome = columns.outcome(self, y, len(frame))
        check_classification_targets(outcome)
        self.classes_, codes = np.unique(outcome, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class, {str(self.classes_[0])!r}; a classifier needs two classes or more")
        target = {"kind": "class", "classes": [str(k) for k in range(len(self.classes_))], "loss": self.loss}
        return self._train(frame, codes, target, groups, weight)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # Any: array-like
        """[M, F] -> [M, K] probabilities, in the order of `classes_`."""
        scores = self._scores(X)
        if len(self.classes_) == 2:
            return np.stack([1 - scores["score"], scores["score"]], 1)
        return np.stack([scores[f"score:{k}"] for k in range(len(self.classes_))], 1)

    def decision_function(self, X: Any) -> NDArray[np.float64]:  # Any: array-like
        """[M, F] -> [M] log odds of the second of two classes, or [M, K] log probabilities."""
        chances = np.clip(self.predict_proba(X), np.finfo(np.float64).tiny, 1)
        logs: NDArray[np.float64] = np.log(chances)
        return logs[:, 1] - logs[:, 0] if len(self.classes_) == 2 else logs

    def predict(self, X: Any) -> NDArray[Any]:  # Any: array-like; labels of any type
        """[M, F] -> [M] the likeliest class."""
        chances = self.predict_proba(X)
        chosen: NDArray[Any] = self.classes_[chances.argmax(axis=1)]
        return chosen

    def predict_set(self, X: Any) -> NDArray[np.bool_]:  # Any: array-like
        """[M, F] -> [M, K] the classes that cannot be ruled out; the true one is among them in `coverage` of such cases.

        Raises ValueError where no coverage was asked for before fitting.
        """
        sets = self._covering(X, "sets")["set"]
        inside = [[str(k) in str(one).split("|") for k in range(len(self.classes_))] for one in sets]
        return np.array(inside, np.bool_)
