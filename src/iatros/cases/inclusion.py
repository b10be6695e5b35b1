"""Who enters the study. In: cases and a condition. Out: the cases that meet it, and a step of the flow diagram."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from iatros.cases.cohort import Cases, FlowStep, no_such_column
from iatros.cases.columns import numbers
from iatros.findings import Finding, InputError

MOSTLY_NUMBERS = 0.8  # a text column of which this share reads as numbers is one of numbers with some faults


def include(cases: Cases, where: str) -> Cases:
    """The cases for which a Polars SQL expression (`age >= 18 AND sex = 'F'`) is true.

    Where it is neither true nor false, because a cell it asks for is empty, the case is excluded and counted as unknown.
    Raises InputError where the expression cannot be read, names no column of the file, is no condition or leaves nobody.
    """
    entered = met(cases, where)
    kept = entered.fill_null(False).to_numpy()
    if not kept.any():
        what = f"none of {len(cases):,} cases meets `where = {where}`"
        raise InputError(Finding("error", what, "widen the condition", file=cases.file, check="inclusion"))
    step = FlowStep(where, len(cases), int((~kept).sum()), int(entered.null_count()))
    chosen = cases.take(np.flatnonzero(kept))
    return replace(chosen, flow=(*cases.flow, step), findings=(*cases.findings, *_unknown(cases, where, entered)))


def met(cases: Cases, where: str) -> pl.Series:
    """[M] boolean: does each case meet the condition? Null where a cell that it asks for is empty."""
    try:
        condition = pl.sql_expr(where)
        used = [name for name in dict.fromkeys(condition.meta.root_names()) if name != "*"]
    except PolarsError as wrong:
        raise _unreadable(where, wrong) from wrong
    for column in used:
        if column not in cases.frame.columns:
            raise InputError(no_such_column(column, cases.frame.columns, cases.file), (f"where = {where}",))
    return _evaluated(cases.frame.select(used) if used else cases.frame, condition, where)


def _evaluated(frame: pl.DataFrame, condition: pl.Expr, where: str) -> pl.Series:
    """The condition as it stands, or else with numbers written as text read as numbers and dates compared as ISO text."""
    fault: PolarsError | None = None
    for readable in (frame, _comparable(frame)):
        try:
            result = readable.select(condition.alias("met"))["met"]
        except PolarsError as wrong:
            fault = wrong
            continue
        if result.dtype != pl.Boolean or len(result) != len(frame):
            what, todo = f"`where = {where}` is no condition on each case", "write a comparison, as in `age >= 18`"
            raise InputError(Finding("error", what, todo, check="inclusion"))
        return result
    assert fault is not None
    raise _unreadable(where, fault) from fault


def _comparable(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns([_compared(column) for column in frame.get_columns()])


def _compared(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        values = numbers(column)
        return values if values.count() >= MOSTLY_NUMBERS * column.count() else column
    return column.cast(pl.String) if column.dtype.is_temporal() else column


def _unreadable(where: str, fault: PolarsError) -> InputError:
    said = str(fault).strip().splitlines()[0]
    todo = "write it as in SQL, texts in single quotes: `age >= 18 AND sex = 'F'`"
    return InputError(Finding("error", f"`where = {where}` cannot be read: {said}", todo, check="inclusion"))


def _unknown(cases: Cases, where: str, entered: pl.Series) -> list[Finding]:
    """Cases excluded because a cell was empty, which is easily overlooked."""
    rows = tuple(cases.rows[entered.is_null().to_numpy()].tolist())
    if not rows:
        return []
    what = f"{len(rows):,} cases are excluded because a cell that `{where}` asks for is empty or cannot be read"
    todo = "fill the cells, or say what is to happen to them (`OR age IS NULL`)"
    return [Finding("warning", what, todo, file=cases.file, rows=rows, check="inclusion_unknown")]
