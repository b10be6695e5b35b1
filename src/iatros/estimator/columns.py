"""scikit-learn's X and y as a study's cells. In: arrays, pandas or Polars frames. Out: a Polars frame, and a checked y."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.utils.validation import assert_all_finite, check_consistent_length, column_or_1d, validate_data

from iatros.cases import frames
from iatros.findings import InputError

CATEGORICAL = (pl.Categorical, pl.Enum)


def read(estimator: Any, X: Any, *, reset: bool) -> pl.DataFrame:  # Any: an estimator; whatever scikit-learn takes as X
    """[M, F] X as a frame whose columns are named as in `feature_names_in_`, or x0, x1, ...; NaN is null.

    reset: this X is fitted on; else its columns must be those of the fit. Raises ValueError or TypeError as scikit-learn does.
    """
    X = X.collect() if isinstance(X, pl.LazyFrame) else X
    if not is_frame(X):
        values = validate_data(estimator, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        return pl.DataFrame(values, schema=_names(estimator), nan_to_null=True)
    if not all(X.shape):
        raise ValueError(f"Found array with {X.shape[0]} sample(s) and {X.shape[1]} feature(s): a minimum of 1 is required.")
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    try:
        frame = _categories_kept(X, frames.polars(X).rename(str))
    except InputError as wrong:
        raise ValueError(str(wrong)) from wrong
    for column in frame.get_columns():
        if column.dtype.is_float() and column.is_infinite().any():
            raise ValueError(f"Input X contains infinity, in column {column.name!r}.")
    return frame.rename(dict(zip(frame.columns, _names(estimator), strict=True)))


def is_frame(X: Any) -> bool:  # Any: see `read`
    """Is it a pandas or a Polars frame?"""
    pandas = type(X).__module__.split(".")[0] == "pandas" and hasattr(X, "columns")
    return pandas or isinstance(X, pl.DataFrame)


def kinds(frame: pl.DataFrame, categories: Sequence[str | int] | None) -> dict[str, list[str]]:
    """What each column holds, as [inputs] of a study says it: by its type, or as the estimator was told.

    Numbers are amounts, whatever they look like; text is left to the study, which knows numbers and dates written as text.
    """
    named = {frame.columns[c] if isinstance(c, int | np.integer) else str(c) for c in categories or ()}
    strange = sorted(named - set(frame.columns))
    if strange:
        raise ValueError(f"categories names {strange[0]!r}, which is no column of X")
    found: dict[str, list[str]] = {"numbers": [], "booleans": [], "dates": [], "categories": []}
    for name, dtype in frame.schema.items():
        if name in named or dtype in CATEGORICAL:
            found["categories"].append(name)
        elif dtype.is_numeric():
            found["numbers"].append(name)
        elif dtype == pl.Boolean:
            found["booleans"].append(name)
        elif dtype.is_temporal() and dtype != pl.Duration and dtype != pl.Time:
            found["dates"].append(name)
    return found


def outcome(estimator: Any, y: Any, cases: int) -> NDArray[Any]:  # Any: an estimator; labels of any type
    """[M] y, checked: one column, as many cases as X, nothing missing."""
    if y is None:
        raise ValueError(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
    column: NDArray[Any] = column_or_1d(y, warn=True)
    assert_all_finite(column, estimator_name=type(estimator).__name__, input_name="y")
    check_consistent_length(np.empty(cases), column)
    return column


def codes(groups: Any, cases: int) -> NDArray[np.int64]:  # Any: identifiers of any type
    """[M] a code a patient; each case is its own patient where there are no groups."""
    if groups is None:
        return np.arange(cases, dtype=np.int64)
    column = column_or_1d(groups)
    check_consistent_length(np.empty(cases), column)
    return np.unique(column.astype(str), return_inverse=True)[1].astype(np.int64)


def weights(weight: Any, cases: int) -> NDArray[np.float64]:  # Any: array-like
    """[M] sampling weights, 1 where there are none. Raises ValueError where one is not positive."""
    if weight is None:
        return np.ones(cases)
    column: NDArray[np.float64] = column_or_1d(weight, dtype=np.float64)
    check_consistent_length(np.empty(cases), column)
    if not (np.isfinite(column) & (column > 0)).all():
        raise ValueError("weight holds values that are not positive numbers")
    return column


def _names(estimator: Any) -> list[str]:
    names = getattr(estimator, "feature_names_in_", None)
    return [f"x{i}" for i in range(estimator.n_features_in_)] if names is None else [str(name) for name in names]


def _categories_kept(X: Any, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the few types that Iatros knows; what was a category stays one."""
    if isinstance(X, pl.DataFrame):
        named = [name for name, dtype in frame.schema.items() if dtype in CATEGORICAL]
    else:
        named = [name for name, dtype in zip(frame.columns, X.dtypes, strict=True) if str(dtype) == "category"]
    return frames.plain(frame).with_columns(pl.col(named).cast(pl.String).cast(pl.Categorical))
