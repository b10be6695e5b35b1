"""Frames made by other programs, in the few types that Iatros knows. In: pandas, Polars or NumPy. Out: a Polars frame.

Types afterwards: integers, Float64 without NaN (null), Boolean, String, Date, Datetime, and Null where a column is empty.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from iatros.findings import Finding, InputError


def polars(frame: Any) -> pl.DataFrame:  # Any: pandas may not be installed, so its type cannot be named
    """A Polars frame from a pandas or Polars one, or from an array; the index of pandas is left out.

    Of an array [M, F] the columns are x0, x1, ...; of a structured one, its fields. Raises ValueError for anything else.
    """
    if isinstance(frame, np.ndarray):
        return _from_array(frame)
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    if type(frame).__module__.split(".")[0] != "pandas":
        raise ValueError(f"cases are read from a path, a Polars or pandas frame, or an array, not from {type(frame).__name__}")
    names = [str(name) for name in frame.columns]
    for name in names:
        if names.count(name) > 1:
            what = f"two columns have one name: `{name}`"
            raise InputError(Finding("error", what, "rename one of them", column=name, check="header"))
    return pl.DataFrame([_from_pandas(name, frame.iloc[:, i]) for i, name in enumerate(names)])


def like(given: Any, frame: pl.DataFrame) -> Any:  # Any: see `polars`
    """A result of a row a case as the library of the cases has it: for a pandas frame one with the same index, else Polars."""
    if type(given).__module__.split(".")[0] != "pandas":
        return frame
    return frame.to_pandas().set_axis(given.index)


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The same cells in the types above. Raises InputError for cells that hold lists or objects."""
    return frame.with_columns([_plain(column) for column in frame.get_columns()])


def _from_array(array: NDArray[Any]) -> pl.DataFrame:
    if array.dtype.names:
        return pl.DataFrame({name: array[name] for name in array.dtype.names})
    if array.ndim != 2:
        raise ValueError(f"an array of cases has two axes, cases and columns, not {array.ndim}")
    columns = [column.tolist() if array.dtype == object else column for column in array.T]
    return pl.DataFrame({f"x{i}": pl.Series(column, strict=False) for i, column in enumerate(columns)})


def _from_pandas(name: str, column: Any) -> pl.Series:
    try:
        read: pl.Series = pl.from_pandas(column, nan_to_null=True)
        return read.alias(name)
    except (PolarsError, TypeError, ValueError, ImportError, OverflowError):  # cells of mixed types: as text, for the checks
        absent = column.isna().tolist()
        return pl.Series(
            name, [None if gone else str(cell) for cell, gone in zip(column.tolist(), absent, strict=True)], pl.String
        )


def _plain(column: pl.Series) -> pl.Series:
    kind = column.dtype
    if kind.is_float() or kind.is_decimal():
        return column.cast(pl.Float64).fill_nan(None)
    if kind in (pl.Categorical, pl.Enum, pl.Time, pl.Binary):
        return column.cast(pl.String, strict=False)
    if isinstance(kind, pl.Datetime):
        return column.dt.replace_time_zone(None).cast(pl.Datetime("us"))
    if kind == pl.Duration:
        return column.dt.total_seconds(fractional=True)
    if kind.is_nested() or kind == pl.Object:
        todo = "one value a cell; arrays belong in an .npz"
        raise InputError(Finding("error", f"cells are of type {kind}", todo, column=column.name, check="table"))
    return column
