"""What a column of text holds. In: cells as text. Out: numbers, booleans, dates or text, whichever loses nothing.

A column is typed only if every cell that is not empty agrees; one "4o" among numbers leaves it text, and the table modality,
which knows what the column is for, says so.
"""

from __future__ import annotations

import polars as pl

# What statistics programs write for an empty cell of a column of numbers.
EMPTY_WORDS = ("na", "n/a", "nan", "null", "none", "<na>", "#n/a", "nat")
EXACT_DIGITS = 15  # of a float64; a longer whole number is an identifier and stays text
DECIMAL_COMMA = r"^[+-]?\d*,\d+$"
THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
ISO_TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$"


def typed(text: pl.Series) -> pl.Series:
    """[M] text -> the same as Int64, Float64, Boolean, Date or Datetime if all cells agree, else as text. Empty cells are null.

    Whole numbers with leading zeros, or with more digits than a float holds, are identifiers and stay text.
    """
    bare = text.str.strip_chars()
    text = text.set(bare.is_null() | (bare == ""), None)
    bare = bare.set(text.is_null(), None)
    known = bare.set(bare.str.to_lowercase().is_in(EMPTY_WORDS).fill_null(False), None)
    if known.count() == 0:
        return text
    for reading in (_booleans, _numbers, _dates):
        found = reading(known)
        if found is not None and found.count() == known.count():
            return found.alias(text.name)
    return text


def numbers(text: pl.Series) -> pl.Series:
    """[M] text -> Float64; null where a cell is no number. A decimal comma is understood where the column cannot be misread."""
    bare = text.str.strip_chars()
    if decimal_comma(bare):
        bare = bare.str.replace(",", ".", literal=True)
    values = bare.cast(pl.Float64, strict=False)
    return values.set(values.is_nan().fill_null(False), None)


def decimal_comma(bare: pl.Series) -> bool:
    """Are these numbers with decimal commas? "1,234" alone may be a thousand as well, and is then left as it is."""
    commas = bare.str.contains(DECIMAL_COMMA).fill_null(False)
    if not commas.any() or bare.str.contains(r"\.").any():
        return False
    return not bare.filter(commas).str.contains(THOUSANDS).all()


def _booleans(known: pl.Series) -> pl.Series | None:
    low = known.str.to_lowercase()
    return low == "true" if low.is_in(["true", "false"]).sum() == low.count() else None


def _numbers(known: pl.Series) -> pl.Series | None:
    if known.str.contains(r"^[+-]?0\d").any() or known.str.contains(rf"^[+-]?\d{{{EXACT_DIGITS + 1},}}$").any():
        return None
    values = numbers(known)
    overflown = values.is_infinite() & ~known.str.to_lowercase().str.contains("inf")
    if values.count() < known.count() or overflown.any():
        return None
    if known.str.contains(r"^[+-]?\d+$").sum() == known.count():
        return known.str.strip_prefix("+").cast(pl.Int64)
    return values


def _dates(known: pl.Series) -> pl.Series | None:
    if known.str.contains(ISO_DATE).sum() == known.count():
        return known.str.to_date("%Y-%m-%d", strict=False)
    if known.str.contains(ISO_TIME).sum() == known.count():
        return known.str.replace("T", " ", literal=True).str.to_datetime(strict=False, time_unit="us")
    return None
