"""Dates written as text. In: a column of text. Out: days since 1970, and which cells could be read in two ways.

ISO (2019-03-04) is clear. 03/04/2019 is March or April: the order is told by the cells of the same separator whose first or
second number is over 12; where no cell tells, all of them are ambiguous and count as missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Orders = dict[str, str]  # separator -> "dmy" or "mdy"
SEPARATORS = ("/", ".", "-")
WORDED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%d.%B %Y")  # months in English
MICROSECONDS_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Dates:
    """days: [M] float64 since 1970-01-01, NaN where not read; ambiguous: [M]; ways: how many ways of writing there are."""

    days: NDArray[np.float64]
    ambiguous: NDArray[np.bool_]
    ways: int


def orders(text: pl.Series) -> Orders:
    """Which of day and month comes first, by separator, where the cells tell without contradiction."""
    found: Orders = {}
    for separator in SEPARATORS:
        parts = _parts(text, separator)
        first, second = (parts.struct.field("a") > 12).any(), (parts.struct.field("b") > 12).any()
        if first != second:
            found[separator] = "dmy" if first else "mdy"
    return found


def read(text: pl.Series, known: Orders) -> Dates:
    """The dates of a column [M] of text, given the order of day and month."""
    bare = text.str.strip_chars()
    days, ways = _iso(bare)
    ambiguous = pl.repeat(False, len(text), eager=True)
    for separator in SEPARATORS:
        parts = _parts(bare, separator)
        there = parts.struct.field("y").is_not_null()
        if not there.any():
            continue
        ways += 1
        if separator in known:
            days = _first(days, _days(bare, [_format(separator, known[separator])], there))
        else:
            ambiguous |= there & days.is_null()
    worded = _days(bare, WORDED, days.is_null())
    days, ways = _first(days, worded), ways + int(worded.count() > 0)
    return Dates(days.cast(pl.Float64).to_numpy().copy(), ambiguous.to_numpy(), ways)


def looks_dated(text: pl.Series) -> bool:
    """Are nearly all of these cells (none of them empty) dates, clear or not?"""
    found = read(text, dict.fromkeys(SEPARATORS, "dmy"))
    other = read(text, dict.fromkeys(SEPARATORS, "mdy"))
    return bool((np.isfinite(found.days) | np.isfinite(other.days)).mean() >= 0.9)


def days_of(dates: pl.Series) -> NDArray[np.float64]:
    """Date or Datetime [M] -> days since 1970, NaN where missing."""
    micro = dates.cast(pl.Datetime("us")).cast(pl.Int64).cast(pl.Float64) / MICROSECONDS_PER_DAY
    return micro.fill_null(float("nan")).to_numpy().copy()


def _iso(bare: pl.Series) -> tuple[pl.Series, int]:
    day = bare.str.extract(r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:[T ].*)?$").str.replace_all(r"[/.]", "-")
    days = day.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Float64)
    return days, int(days.count() > 0)


def _parts(bare: pl.Series, separator: str) -> pl.Series:
    mark = separator.replace(".", r"\.")
    pattern = rf"^(?P<a>\d{{1,2}}){mark}(?P<b>\d{{1,2}}){mark}(?P<y>\d{{4}})$"
    groups = bare.str.extract_groups(pattern)
    return groups.struct.unnest().cast(pl.Int32).to_struct()


def _format(separator: str, order: str) -> str:
    return separator.join(("%d", "%m", "%Y") if order == "dmy" else ("%m", "%d", "%Y"))


def _days(bare: pl.Series, formats: list[str] | tuple[str, ...], where: pl.Series) -> pl.Series:
    wanted = bare.set(~where.fill_null(False), None)
    days = pl.repeat(None, len(bare), dtype=pl.Float64, eager=True)
    for form in formats:
        days = _first(days, wanted.str.to_date(form, strict=False).cast(pl.Int32).cast(pl.Float64))
    return days


def _first(one: pl.Series, other: pl.Series) -> pl.Series:
    """The one, and where it is null, the other."""
    return one.zip_with(one.is_not_null(), other)
