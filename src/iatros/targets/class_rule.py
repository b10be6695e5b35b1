"""Which class a case is of: by the name in its cell, by one name against all others, or by an expression."""

from __future__ import annotations

import polars as pl

from iatros.findings import Finding, InputError, quote
from iatros.targets import cell_values

OTHER = "other"  # the name of "none of these" where one class is held against the rest


def expression(positive: str | None, column: str) -> pl.Expr | None:
    """`num > 0` as an expression over the cells; None where `positive` is the name of a class.

    It is an expression if Polars' SQL can read it and it speaks of the target's own column.
    """
    if positive is None or positive == column:
        return None
    try:
        parsed = pl.sql_expr(positive)
        return parsed if column in parsed.meta.root_names() else None
    except (pl.exceptions.PolarsError, ValueError):
        return None


def columns(positive: str | None, column: str) -> tuple[str, ...]:
    """The columns that decide the class."""
    rule = expression(positive, column)
    return (column,) if rule is None else tuple(dict.fromkeys((column, *rule.meta.root_names())))


def name_cases(frame: pl.DataFrame, column: str, positive: str | None) -> list[str | None]:
    """The name of each case's class [M]; None where it is not known. With an expression: the expression, or `other`."""
    rule = expression(positive, column)
    if rule is None:
        return cell_values.names(frame[column])
    frame = frame.select(_as_numbers_if_all_are(frame[name]) for name in dict.fromkeys(rule.meta.root_names()))
    try:
        true = frame.select(rule.alias("true"))["true"]
    except pl.exceptions.PolarsError as wrong:
        raise _cannot(positive, column, str(wrong).splitlines()[0]) from wrong
    if true.dtype != pl.Boolean:
        raise _cannot(positive, column, "it is not true or false")
    return [None if cell is None else str(positive) if cell else OTHER for cell in true.to_list()]


def meant(positive: str, found: set[str]) -> str:
    """The class that `positive` names: itself, or, where it is not there, the only one that differs in case alone."""
    alike = [name for name in found if name.casefold() == positive.casefold()]
    return alike[0] if positive not in found and len(alike) == 1 else positive


def _as_numbers_if_all_are(cells: pl.Series) -> pl.Series:
    """Texts such as "3" become numbers where every one of them is a number; NaN and texts for missing become null."""
    if cells.dtype == pl.String:
        known = [name is not None for name in cell_values.names(cells)]
        cells = cells.zip_with(pl.Series(known, dtype=pl.Boolean), pl.Series([None] * len(cells), dtype=pl.String))
        as_numbers = cells.str.strip_chars().cast(pl.Float64, strict=False)
        cells = as_numbers if as_numbers.null_count() == cells.null_count() else cells
    return cells.fill_nan(None) if cells.dtype.is_float() else cells


def _cannot(positive: str | None, column: str, why: str) -> InputError:
    return InputError(
        Finding(
            "error",
            f"the expression {quote(positive)} cannot be applied to the cells: {quote(why, 120)}",
            f"compare columns with values of their own type, such as `{column} > 0`",
            column=column,
        )
    )
