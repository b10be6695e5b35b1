"""What each column of a table holds. In: its cells, and what the study says of it. Out: a plan by which cells are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from iatros.cases.columns import EMPTY_WORDS, numbers
from iatros.modalities import table_codes, table_dates, table_limits

ColumnKind = Literal["number", "category", "boolean", "date", "left out"]

# Not among them: "none" (no comorbidity) and "-" (a negative test).
UNKNOWN_WORDS = (*(w for w in EMPTY_WORDS if w != "none"), "?", "unknown", "unk", "missing", "not known", "not available", ".")
TRUE, FALSE = ("true", "t", "yes", "y", "1", "ja", "oui", "是"), ("false", "f", "no", "n", "0", "nein", "non", "否")
NUMBERS_AT_LEAST = 0.9  # share of written cells that read as numbers in a column of numbers
MIXED_AT_LEAST, MIXED_DISTINCT = 0.5, 20  # or this share, if so many different numbers are among them
FEW_WHOLE, CASES_EACH = 5, 10  # 3 to 5 different whole numbers, each met so often on average, are names of classes
MOST_CATEGORIES = 100  # rarer ones count as unknown
MOST_DISTINCT, TELLING = (
    0.5,
    20,
)  # share of cells that differ, from which many cells a column of text tells nothing that repeats
LONGEST_CATEGORY = 200  # characters; a longer cell is text, not a name
IDENTIFIER = re.compile(
    r"(?:^|[_\W])(?:id|ids|uid|uuid|guid|mrn|sno|identifier)(?:$|[_\W])|(?-i:(?<=[a-z])ID$)|编号$", re.IGNORECASE
)
CENSORED = r"^[<>≤≥]=?\s*"


class ColumnPlan(BaseModel):
    """How the cells of one column are read.

    kind, why:  what it holds; why it is left out
    vocabulary: categories in order; code i + 1 is vocabulary[i]
    codes:      numbers that stand for a missing value; words: the same as text, in small letters
    low, high:  limits of what is possible, named by `limit`
    orders:     dates: which of day and month comes first, by separator
    gaps:       some cells are missing
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: ColumnKind
    why: str = ""
    vocabulary: tuple[str, ...] = ()
    codes: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    limit: str = ""
    orders: dict[str, str] = {}
    gaps: bool = False

    @property
    def numeric(self) -> bool:
        """Is it packed as a number?"""
        return self.kind in ("number", "date")

    @property
    def categorical(self) -> bool:
        """Is it packed as a code?"""
        return self.kind in ("category", "boolean")


@dataclass(frozen=True)
class Told:
    """What the study says of a column: its kind ("" to find out), codes for missing values, and whether to look for more."""

    kind: ColumnKind | Literal[""] = ""
    missing: tuple[str | float, ...] = ()
    look: bool = True


@dataclass(frozen=True)
class Read:
    """The cells of a column as read. values: [M] float64, NaN where missing: numbers, days since 1970, or codes from 1.

    faults: kind of fault -> [M] cells that have it
    """

    values: NDArray[np.float64]
    faults: dict[str, NDArray[np.bool_]] = field(default_factory=dict)


def plan(column: pl.Series, told: Told) -> ColumnPlan:
    """What this column [M] holds."""
    words = tuple(str(word).strip().lower() for word in told.missing if isinstance(word, str))
    codes = tuple(float(code) for code in told.missing if not isinstance(code, str))
    start = ColumnPlan(name=column.name, kind=told.kind or "category", words=words, codes=codes)
    text = written(column, start)
    if text.count() == 0:
        return start.model_copy(update={"kind": "left out", "why": "it is empty", "gaps": True})
    kind = told.kind or _kind(column, text, start)
    planned = start.model_copy(update={"kind": kind})
    if kind == "number":
        planned = _number(as_numbers(column, text), planned, told.look)
    elif kind == "date":
        planned = planned.model_copy(update={"orders": {} if column.dtype.is_temporal() else table_dates.orders(text)})
    elif kind == "boolean":
        planned = planned.model_copy(update={"vocabulary": ("false", "true")})
    else:
        planned = _category(text, planned, told.look)
    why = "" if told.kind else _why_not(column.name, text, planned)
    gaps = bool(np.isnan(_read(column, text, planned).values).any())
    if why:  # nothing of such a column is kept: its words may be identifiers
        return ColumnPlan(name=column.name, kind="left out", why=why, gaps=gaps)
    return planned.model_copy(update={"gaps": gaps})


def read(column: pl.Series, planned: ColumnPlan) -> Read:
    """The cells of a column [M] by its plan, and those that cannot be read or are impossible, which count as missing."""
    return _read(column, written(column, planned), planned)


def written(column: pl.Series, planned: ColumnPlan) -> pl.Series:
    """[M] cells as bare text, null where nothing or a word for nothing is written. 1.0 and 1 are the same, and so are all
    spellings of true and of false."""
    if column.dtype.is_float():
        whole = (column == column.round(0)) & (column.abs() < 1e15)
        exact = column.cast(pl.Int64, strict=False).cast(pl.String)
        text = exact.zip_with(whole.fill_null(False), column.cast(pl.String))
    else:
        text = column.cast(pl.String).str.strip_chars()
    text = text.str.replace(r"^([+-]?(?:0|[1-9]\d*))\.0+$", "$1")
    low = text.str.to_lowercase()
    text = low.zip_with(low.is_in(["true", "false"]).fill_null(False), text)
    empty = (low == "") | low.is_in([*UNKNOWN_WORDS, *planned.words])
    return text.set(empty.fill_null(True), None).alias(column.name)


def as_numbers(column: pl.Series, text: pl.Series) -> NDArray[np.float64]:
    """[M] float64, NaN where a cell is no number. `<5` is read as 5, the limit of detection."""
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float64)
    elif column.dtype.is_temporal():
        return table_dates.days_of(column)
    else:
        values = numbers(text.str.replace(CENSORED, ""))
    return values.fill_null(float("nan")).to_numpy().copy()


def _kind(column: pl.Series, text: pl.Series, start: ColumnPlan) -> ColumnKind:
    if column.dtype == pl.Boolean:
        return "boolean"
    if column.dtype.is_temporal():
        return "date"
    known = text.drop_nulls()
    if known.is_in(["true", "false"]).all():
        return "boolean"
    values = as_numbers(column, text)
    found = np.isfinite(values) | np.isinf(values)
    share = found.sum() / max(len(known), 1)
    if share >= NUMBERS_AT_LEAST or (share >= MIXED_AT_LEAST and len(np.unique(values[found])) > MIXED_DISTINCT):
        return "category" if share == 1 and _names_classes(values, start) else "number"
    return "date" if table_dates.looks_dated(known) else "category"


def _names_classes(values: NDArray[np.float64], start: ColumnPlan) -> bool:
    """Are these few whole numbers names of classes (chest pain of type 1 to 4) rather than amounts?"""
    codes = table_codes.codes(values, None)
    known = values[np.isfinite(values) & ~np.isin(values, [*codes, *start.codes])]
    distinct = np.unique(known)
    whole = bool((distinct == np.round(distinct)).all())
    return whole and 2 <= len(distinct) <= FEW_WHOLE and len(known) >= CASES_EACH * len(distinct)


def _number(values: NDArray[np.float64], planned: ColumnPlan, look: bool) -> ColumnPlan:
    values[np.isin(values, planned.codes)] = np.nan
    limit = table_limits.limits(planned.name, values) if look else None
    codes = table_codes.codes(values, limit) if look else ()
    told = {"codes": tuple(sorted({*planned.codes, *codes}))}
    if limit is None:
        return planned.model_copy(update=told)
    return planned.model_copy(update={**told, "low": limit.low, "high": limit.high, "limit": limit.what})


def _category(text: pl.Series, planned: ColumnPlan, look: bool) -> ColumnPlan:
    values = numbers(text).fill_null(float("nan")).to_numpy().copy()
    codes = set(planned.codes)
    if look and np.isfinite(values).sum() == text.count():
        codes |= set(table_codes.codes(values, None))
    coded = np.isin(values, list(codes))
    short = text.filter((text.str.len_chars() <= LONGEST_CATEGORY).fill_null(False).to_numpy() & ~coded)
    counted = short.value_counts(sort=True).sort("count", short.name, descending=[True, False])
    kept = counted[short.name].head(MOST_CATEGORIES).to_list()
    return planned.model_copy(update={"vocabulary": tuple(sorted(kept, key=_in_order)), "codes": tuple(sorted(codes))})


def _in_order(category: str) -> tuple[float, str]:
    """Numbers by size, then words by letter."""
    try:
        return float(category), category
    except ValueError:
        return float("inf"), category


def _why_not(name: str, text: pl.Series, planned: ColumnPlan) -> str:
    """Why this column can be of no use, "" if it can."""
    known = text.count()
    distinct = text.drop_nulls().n_unique()
    if distinct == 1 and known == len(text):
        return "it never changes"
    if known < TELLING:
        return ""
    named = planned.kind in ("category", "number") and IDENTIFIER.search(name)
    if named and (distinct > MOST_DISTINCT * known or (planned.kind == "category" and distinct > TELLING)):
        return "it is an identifier"
    if planned.kind == "category" and distinct > MOST_DISTINCT * known:
        longest = text.str.len_chars().median() or 0
        return "it is free text" if isinstance(longest, float) and longest > 25 else "nearly every case has another value"
    return ""


def _read(column: pl.Series, text: pl.Series, planned: ColumnPlan) -> Read:
    """The same as `read`, where the bare text is known."""
    if planned.kind == "number":
        return _read_numbers(column, text, planned)
    if planned.kind == "date":
        return _read_dates(column, text, planned)
    if planned.kind == "left out":
        return Read(np.full(len(column), np.nan))
    return _read_codes(text, planned)


def _read_numbers(column: pl.Series, text: pl.Series, planned: ColumnPlan) -> Read:
    values = as_numbers(column, text)
    values[text.is_null().to_numpy()] = np.nan
    faults = {"not a number": text.is_not_null().to_numpy() & np.isnan(values)}
    if column.dtype == pl.String:
        faults["censored"] = text.str.contains(CENSORED).fill_null(False).to_numpy() & np.isfinite(values)
    faults["infinite"] = np.isinf(values) | (np.abs(values) > np.finfo(np.float32).max)
    faults["code"] = np.isin(values, planned.codes)
    values[faults["infinite"] | faults["code"]] = np.nan
    if planned.low is not None and planned.high is not None:
        faults["impossible"] = (values < planned.low) | (values > planned.high)
        values[faults["impossible"]] = np.nan
    return Read(values, faults)


def _read_dates(column: pl.Series, text: pl.Series, planned: ColumnPlan) -> Read:
    if column.dtype.is_temporal():
        return Read(table_dates.days_of(column))
    found = table_dates.read(text, planned.orders)
    unread = text.is_not_null().to_numpy() & np.isnan(found.days)
    return Read(found.days, {"ambiguous": found.ambiguous, "not a date": unread & ~found.ambiguous})


def _read_codes(text: pl.Series, planned: ColumnPlan) -> Read:
    if planned.kind == "boolean":
        text = _truth(text)
    codes = {word: code for code, word in enumerate(planned.vocabulary, 1)}
    values = text.replace_strict(codes, default=None, return_dtype=pl.Float64).fill_null(float("nan")).to_numpy().copy()
    long = (text.str.len_chars() > LONGEST_CATEGORY).fill_null(False).to_numpy()
    coded = np.isin(numbers(text).fill_null(float("nan")).to_numpy(), planned.codes)
    values[coded] = np.nan
    unseen = text.is_not_null().to_numpy() & np.isnan(values) & ~long & ~coded
    return Read(values, {"code": coded, "long": long, "unseen": unseen})


def _truth(text: pl.Series) -> pl.Series:
    """Yes and no, as they are written in several languages, as true and false; other words stay."""
    low = text.str.to_lowercase()
    return low.replace({**dict.fromkeys(TRUE, "true"), **dict.fromkeys(FALSE, "false")})
