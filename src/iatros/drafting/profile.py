"""What a column holds. In: its cells. Out: a `Profile`: counts, range, the values where they are few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.drafting.words import spaced
from iatros.modalities import table_plan
from iatros.modalities.table_plan import ColumnPlan, Told

FEW = 60  # distinct values that a profile lists
MANY_ROWS = 20  # below this many cells, "all different" says nothing
DENSE = 0.95  # share of the whole numbers between the least and the largest that occur in a column that counts
SAMPLED = 40  # cells that a profile keeps
LONG_TEXT = 40  # characters of a typical cell that is a text, not a name
NUMBERS = 0.9  # share of the cells that are numbers in a column of numbers


@dataclass(frozen=True, eq=False)
class Profile:
    """One column.

    words:    of its name; plan: how the table modality would read it
    rows, known, distinct: cells, those that are filled, different ones among them
    numbers:  [rows] float64, NaN where a cell is none; numeric: nearly all filled cells are numbers
    whole:    all numbers are; values: all cells' texts, the most frequent first, where they are few
    unsaid:   words in its cells that stand for "not known", such as "unknown" and "?"
    sample:   a few cells; typical: median length of a cell in characters; dated: dates; array: cells are arrays of an .npz
    """

    name: str
    words: str
    plan: ColumnPlan
    rows: int
    known: int
    distinct: int
    numbers: NDArray[np.float64]
    numeric: bool
    whole: bool
    values: tuple[str, ...]
    unsaid: tuple[str, ...]
    sample: tuple[str, ...]
    typical: int
    dated: bool
    array: bool = False

    @property
    def complete(self) -> bool:
        """Is every cell filled?"""
        return self.known == self.rows

    @property
    def different(self) -> bool:
        """Is every filled cell different from all others, in so many that it is no accident?"""
        return self.distinct == self.known >= MANY_ROWS

    @property
    def categories(self) -> tuple[str, ...]:
        """The values without codes for missing ones; () where they are many."""
        coded = {f"{code:g}" for code in self.plan.codes}
        return tuple(value for value in self.values if value not in coded)

    @property
    def counts(self) -> bool:
        """Are these whole numbers from 0 or 1 upwards with hardly a gap, as a counter gives?"""
        known = self.numbers[np.isfinite(self.numbers)]
        if not (self.numeric and self.whole and len(known)):
            return False
        return known.min() in (0, 1) and self.distinct >= DENSE * (known.max() - known.min() + 1)

    @property
    def names_things(self) -> bool:
        """May the cells be identifiers: text, or whole numbers, and no long texts or dates?"""
        return not self.array and not self.dated and (not self.numeric or self.whole) and self.typical <= LONG_TEXT * 2


def profile(column: pl.Series, array: bool = False) -> Profile:
    """What this column [M] holds."""
    plan = table_plan.plan(column, Told())
    text = table_plan.written(column, ColumnPlan(name=column.name, kind="category"))
    filled = text.drop_nulls()
    numbers = table_plan.as_numbers(column, text)
    finite = numbers[np.isfinite(numbers)]
    distinct = filled.n_unique()
    values: list[str] = []
    if distinct <= FEW:
        counted = filled.value_counts(sort=True).sort("count", filled.name, descending=[True, False])
        values = counted[filled.name].to_list()
    lengths = filled.str.len_chars().median() if len(filled) else 0
    return Profile(
        name=column.name,
        words=spaced(column.name),
        plan=plan,
        rows=len(column),
        known=len(filled),
        distinct=distinct,
        numbers=numbers,
        numeric=not column.dtype.is_temporal() and len(finite) >= NUMBERS * max(len(filled), 1) and len(finite) > 0,
        whole=bool((finite == np.round(finite)).all()),
        values=tuple(values),
        unsaid=_unsaid(column, text),
        sample=tuple(filled.head(SAMPLED).to_list()),
        typical=int(lengths) if isinstance(lengths, (int, float)) else 0,
        dated=column.dtype.is_temporal() or plan.kind == "date",
        array=array,
    )


def _unsaid(column: pl.Series, text: pl.Series) -> tuple[str, ...]:
    """Texts that are written and that the table takes for missing."""
    if column.dtype != pl.String:
        return ()
    bare = column.str.strip_chars().filter(text.is_null()).drop_nulls()
    return tuple(sorted(word for word in bare.unique().to_list() if word))
