"""Which columns should not be inputs?

In: the cells of inputs and targets, names of the patient, site and time columns. Out: findings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.contracts import Cells
from iatros.findings import Finding

NUMERIC_SHARE = 0.9  # a column is a number if this share of its cells is one


@dataclass(frozen=True, eq=False)
class Column:
    """One column of an input, read as number and as category.

    number: [M], NaN where a cell is none; code: [M] into values, -1 missing; numeric: nearly all filled cells are numbers
    """

    source: str
    name: str
    number: NDArray[np.float64]
    code: NDArray[np.int64]
    values: tuple[str, ...]
    numeric: bool
    file: str = ""

    @property
    def present(self) -> NDArray[np.bool_]:
        """[M] bool: is the cell filled?"""
        return self.code >= 0


def read(inputs: Mapping[str, Cells]) -> list[Column]:
    """All columns of all inputs whose cells are values or text; columns of arrays are left to their own checks."""
    return [
        _column(source, name, cells)
        for source, cells in inputs.items()
        for name in cells.frame.columns
        if name not in cells.arrays and not cells.frame[name].dtype.is_nested()
    ]


def _column(source: str, name: str, cells: Cells) -> Column:
    series = cells.frame[name]
    text = series.cast(pl.String, strict=False).str.strip_chars()
    text = text.set(text == "", None) if len(text) else text
    filled = text.is_not_null().to_numpy()
    number = _numbers(series, text)
    code = np.full(len(text), -1, np.int64)
    values, code[filled] = np.unique(text.drop_nulls().to_numpy().astype(str), return_inverse=True)
    numeric = bool(filled.any()) and bool((~np.isnan(number[filled])).mean() >= NUMERIC_SHARE)
    return Column(source, name, number, code, tuple(values.tolist()), numeric, cells.file)


def _numbers(series: pl.Series, text: pl.Series) -> NDArray[np.float64]:
    """[M] as numbers, NaN where a cell is none; dates as days, true and false as 1 and 0."""
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        number = series.cast(pl.Float64)
    elif series.dtype.is_temporal():
        number = series.cast(pl.Int64, strict=False).cast(pl.Float64)
    else:
        number = text.cast(pl.Float64, strict=False)
    values = number.fill_null(float("nan")).to_numpy().astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def forbidden(
    inputs: Mapping[str, Cells], targets: Mapping[str, Cells], patient: str, site: str, time: str = ""
) -> list[Finding]:
    """The target's own column, or that of patient or site, as an input."""
    own = {column: target for target, cells in targets.items() for column in cells.frame.columns}
    found = []
    for source, cells in inputs.items():
        for name in cells.frame.columns:
            if name in own:
                what = f"the column `{name}` of target `{own[name]}` is also an input"
                found.append(
                    Finding("error", what, "take it out of the input", cells.file, (), name, source, check="target_column")
                )
            elif name == patient:
                what = f"the patient's identifier `{name}` is an input"
                todo = "take it out: a model that knows patients by number learns nothing that holds for others"
                found.append(Finding("error", what, todo, cells.file, (), name, source, check="patient_column"))
            elif name == site:
                what = f"the site's name `{name}` is an input"
                todo = "take it out, or accept that the model has nothing to say about a site it has not seen"
                found.append(Finding("warning", what, todo, cells.file, (), name, source, check="site_column"))
    return found
