"""A study of scikit-learn's X and y. In: a frame or an array, and an outcome a row. Out: a `Study`, as if read from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import polars as pl

from iatros.cases import frames
from iatros.study import Study

MOST_CLASSES = 20  # different numbers in y; more are a measurement


def declare(
    X: Any,
    y: Any,
    *,
    name: str = "study",
    kind: Literal["class", "value"] | None = None,
    positive: str | int | bool | None = None,
    groups: Sequence[Any] | None = None,
    sites: Sequence[Any] | None = None,
    **sections: Any,
) -> Study:  # Any: frames, arrays and labels of any library; sections as a study's file has them
    """A study whose table is X [M, F] and whose one target is y [M].

    X: a pandas or Polars frame, or an array, whose columns are x0, x1, ...
    kind: "class" or "value"; by default a value where y holds more than 20 different numbers. positive: the class looked for.
    groups: [M] patients; sites: [M] hospitals. Further sections as in a study's file: training={"epochs": 20}.
    The outcome is called as the series y is, or `outcome`. Raises ValueError where lengths differ.
    """
    frame = frames.polars(X)
    outcome = _series(y, "outcome")
    beside = {"patient": groups, "site": sites}
    cases: dict[str, Any] = {}
    made = frame.with_columns(_beside(frame, outcome, len(frame)))
    for role, values in beside.items():
        if values is not None:
            column = _beside(made, _series(values, role), len(frame), role)
            made, cases[role] = made.with_columns(column), column.name
    target = made.columns[frame.width]
    found = kind or ("value" if outcome.dtype.is_numeric() and outcome.n_unique() > MOST_CLASSES else "class")
    told = {"positive": positive} if positive is not None else {}
    return Study.model_validate(
        {
            "name": name,
            "cases": {"table": made, **cases},
            "inputs": {"table": {"kind": "table", "columns": frame.columns}},
            "targets": {_key(target): {"kind": found, "column": target, **told}},
            **sections,
        }
    )


def _series(values: Any, name: str) -> pl.Series:
    """One column from a series of either library, an array or a list, under its own name where it has one."""
    called = getattr(values, "name", None)
    column = values if isinstance(values, pl.Series) else pl.Series(np.asarray(values).tolist(), strict=False)
    return column.alias(called if isinstance(called, str) and called else name)


def _beside(frame: pl.DataFrame, column: pl.Series, cases: int, name: str = "") -> pl.Series:
    """The column, renamed where the frame has one of its name."""
    if len(column) != cases:
        raise ValueError(f"X has {cases:,} rows, and {column.name} has {len(column):,}")
    while column.name in frame.columns:
        column = column.alias(f"{column.name}_")
    return column


def _key(column: str) -> str:
    """A name that a target may have, after its column."""
    return column if column.isidentifier() and column[0].isalpha() and column != "table" else "outcome"
