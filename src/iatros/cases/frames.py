"""Frames made by other programs, in the few types that Iatros knows. In: a pandas or Polars frame. Out: a Polars frame.

Types afterwards: integers, Float64 without NaN (null), Boolean, String, Date, Datetime, and Null where a column is empty.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from polars.exceptions import PolarsError

from iatros.findings import Finding, InputError


def polars(frame: Any) -> pl.DataFrame:  # Any: pandas may not be installed, so its type cannot be named
    """A Polars frame from a pandas or Polars one; the index of pandas is left out. Raises ValueError for anything else."""
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    if type(frame).__module__.split(".")[0] != "pandas":
        raise ValueError(f"cases are read from a path, a Polars or a pandas frame, not from {type(frame).__name__}")
    names = [str(name) for name in frame.columns]
    for name in names:
        if names.count(name) > 1:
            what = f"two columns have one name: `{name}`"
            raise InputError(Finding("error", what, "rename one of them", column=name, check="header"))
    return pl.DataFrame([_from_pandas(name, frame.iloc[:, i]) for i, name in enumerate(names)])


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The same cells in the types above. Raises InputError for cells that hold lists or objects."""
    return frame.with_columns([_plain(column) for column in frame.get_columns()])


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
