"""What the classifier and the regressor share. In: cells, an outcome in numbers, a target. Out: a fitted estimator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from iatros.estimator import columns
from iatros.estimator.fitting import MOST_SEED, Columns, Given, declare, fit


class TableEstimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn is not typed
    """A table study as scikit-learn speaks: abstract, since scikit-learn asks each estimator for parameters of its own."""

    def _train(self, frame: pl.DataFrame, outcome: NDArray[Any], target: Mapping[str, Any], groups: Any, weight: Any) -> Self:
        """Declare the study and fit it. outcome: [M] numbers or codes; target: as a study says it; groups, weight: of `fit`."""
        seed = int(check_random_state(self.random_state).randint(MOST_SEED))
        self.study_ = declare(self.get_params(deep=False), frame, target, seed)
        given = Given(frame, outcome, columns.codes(groups, len(frame)), columns.weights(weight, len(frame)))
        self.model_ = fit(self.study_, given, seed)
        return self

    def _scores(self, X: Any) -> Columns:  # Any: array-like
        """[M, F] -> score columns, [M] each."""
        check_is_fitted(self)
        return self.model_.scores(columns.read(self, X, reset=False))

    def _covering(self, X: Any, what: str) -> Columns:  # Any: array-like
        """[M, F] -> score columns with `what`: sets or intervals. Raises ValueError where no coverage was asked for."""
        check_is_fitted(self)
        if "conformal" not in self.study_.safeguards:
            raise ValueError(f"{what} need patients held out for them: fit again with coverage=0.9")
        return self._scores(X)

    def __sklearn_tags__(self) -> Any:  # Any: scikit-learn is not typed
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
