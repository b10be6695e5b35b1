"""What the cells of an outcome say: names of classes, yes or no, numbers. In: a Polars column. Out: plain lists and arrays."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

MISSING = frozenset({"", "na", "n/a", "nan", "null", "?"})  # texts that stand for "not known", in any case
TRUE = frozenset({"true", "yes", "y", "t", "1", "1.0", "positive", "present"})
FALSE = frozenset({"false", "no", "n", "f", "0", "0.0", "negative", "absent"})
BOOLEANS = frozenset({"true", "false"})  # written in any case, they are one class each


def names(column: pl.Series) -> list[str | None]:
    """Each cell as the name of a class; None where it is missing. 1.0 is "1", True and TRUE are "true"."""
    if column.dtype == pl.Boolean:
        return [None if cell is None else str(cell).lower() for cell in column.to_list()]
    if column.dtype.is_float():
        return [_number_name(cell) for cell in column.to_list()]
    texts = [_text(cell) for cell in column.to_list()]
    if {text.casefold() for text in texts if text is not None} <= BOOLEANS:
        return [None if text is None else text.casefold() for text in texts]
    return texts


def numbers(column: pl.Series) -> NDArray[np.float64]:
    """Each cell as a number [M]; NaN where it is missing or no number, so compare with `names` to tell the two apart."""
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
    return column.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().copy()


def booleans(column: pl.Series) -> NDArray[np.float64]:
    """Each cell as 1 (yes, true, positive, 1), 0 (no, false, negative, 0) or NaN (anything else) [M]."""
    meant = {**dict.fromkeys(TRUE, 1.0), **dict.fromkeys(FALSE, 0.0)}
    return np.array([meant.get((name or "").casefold(), math.nan) for name in names(column)], np.float64)


def in_natural_order(found: set[str]) -> tuple[str, ...]:
    """Numbers by size, then texts; no before yes."""
    return tuple(sorted(found, key=_order))


def are_numbers(found: set[str]) -> bool:
    """Is every one of these names a number?"""
    return bool(found) and all(_as_number(name) is not None for name in found)


def _order(name: str) -> tuple[int, float, str, str]:
    """The name itself comes last, so that `Ill` and `ill` do not stand as a set happens to give them."""
    number = _as_number(name)
    if number is not None:
        return 0, number, name, name
    folded = name.casefold()
    return (1, float(folded in TRUE), folded, name) if folded in TRUE | FALSE else (2, 0.0, folded, name)


def _as_number(name: str) -> float | None:
    try:
        number = float(name)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _number_name(cell: float | None) -> str | None:
    if cell is None or math.isnan(cell):
        return None
    return str(int(cell)) if cell.is_integer() else repr(cell)


def _text(cell: object) -> str | None:
    text = "" if cell is None else str(cell).strip()
    return None if text.casefold() in MISSING else text
