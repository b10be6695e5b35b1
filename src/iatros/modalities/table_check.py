"""What is wrong with the cells of a table. In: cells and the plan by which they are read. Out: findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.cases.columns import EMPTY_WORDS
from iatros.contracts import Cells
from iatros.findings import Finding, quote
from iatros.modalities import table_codes, table_dates, table_plan
from iatros.modalities.table_plan import LONGEST_CATEGORY, ColumnPlan, Read

MOSTLY_MISSING = 0.5  # share of cells from which gaps are a warning
NEARLY_CONSTANT = 0.99  # share of one value from which a column tells little
MANY_CATEGORIES = 50
FEWEST_CASES = 50  # for judging shares
EXAMPLES = 3
KNOWN_SHOWN = 6  # categories that a message lists


def check(cells: Cells, plans: Sequence[ColumnPlan]) -> list[Finding]:
    """All that is found before training. Rows are rows of the file; cells named here count as missing, no case is set aside."""
    reads = {plan.name: table_plan.read(cells.frame[plan.name], plan) for plan in plans}
    found = misread(cells, plans, reads)
    for plan in plans:
        column = cells.frame[plan.name]
        found += _left_out(cells, plan) or [
            *_words(cells, plan, column),
            *_units(cells, plan, column),
            *_ways(cells, plan, column),
            *_spellings(cells, plan),
            *_spread(cells, plan, reads[plan.name].values),
        ]
    if all(plan.kind == "left out" for plan in plans):
        listed = ", ".join(f"`{plan.name}`" for plan in plans[:KNOWN_SHOWN])
        what = f"no column of this input can be used: {listed}"
        found.append(Finding("error", what, "name columns that differ between cases", cells.file, check="no_columns"))
    return found


def misread(cells: Cells, plans: Sequence[ColumnPlan], reads: Mapping[str, Read]) -> list[Finding]:
    """Cells that cannot be what their column is, and values that were never seen; they count as missing."""
    return [
        _fault(cells, plan, fault, mask)
        for plan in plans
        for fault, mask in reads[plan.name].faults.items()
        if mask.any()
    ]  # fmt: skip


def _fault(cells: Cells, plan: ColumnPlan, fault: str, mask: NDArray[np.bool_]) -> Finding:
    column = cells.frame[plan.name]
    told = examples(column, mask)
    n = _counted(int(mask.sum()), "cell")
    low, high = plan.low or 0, plan.high or 0
    words: dict[str, tuple[str, str]] = {
        "not a number": (f"{n} not a number ({told}) and counted as missing", "write a number, or leave the cell empty"),
        "censored": (f"{n} beyond a limit of detection ({told}), read as the limit itself", "nothing, if that is right"),
        "infinite": (f"{n} infinite ({told}) and counted as missing", "write the value measured, or leave the cell empty"),
        "code": (
            f"{n} {told}, taken for a missing value and counted as missing",
            'leave such cells empty; if it is a value, say sentinels = "none"',
        ),
        "impossible": (
            f"{n} impossible as {plan.limit} ({told}; possible is {low:g} to {high:g}) and counted as missing",
            'correct the cells; if they are right, say sentinels = "none"',
        ),
        "ambiguous": (f"{n} dates whose day and month cannot be told ({told}) and counted as missing", "write 2024-01-31"),
        "not a date": (f"{n} not a date ({told}) and counted as missing", "write dates as 2024-01-31"),
        "long": (f"{n} longer than {LONGEST_CATEGORY} characters ({told}) and counted as missing", "shorten them"),
        "unseen": (
            f"{n} of a value that the plan does not know ({told}), taken as unknown; known are {_known(plan)}",
            "check the spelling; there is nothing that a model can have learned of it",
        ),
    }
    what, todo = words[fault]
    rows = tuple(cells.rows[mask].tolist())
    example = quote(column.filter(pl.Series(mask))[0])
    return Finding("warning", what, todo, cells.file, rows, plan.name, example=example, check=fault.replace(" ", "_"))


def examples(column: pl.Series, mask: NDArray[np.bool_]) -> str:
    """A few of the cells, the most frequent first, quoted and shortened."""
    if column.dtype.is_float():
        chosen = [f"{cell:g}" for cell in column.filter(pl.Series(mask)).drop_nulls().to_list()]
    else:
        chosen = column.filter(pl.Series(mask)).cast(pl.String).drop_nulls().to_list()
    listed = [quote(cell, 30) for cell, _ in Counter(chosen).most_common(EXAMPLES)]
    return ", ".join(listed) + (", ..." if len(set(chosen)) > EXAMPLES else "")


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun} is" if n == 1 else f"{n:,} {noun}s are"


def _known(plan: ColumnPlan) -> str:
    listed = ", ".join(quote(word, 30) for word in plan.vocabulary[:KNOWN_SHOWN])
    more = len(plan.vocabulary) - KNOWN_SHOWN
    return listed + (f" and {more:,} more" if more > 0 else "")


def _left_out(cells: Cells, plan: ColumnPlan) -> list[Finding]:
    if plan.kind != "left out":
        return []
    quiet = plan.why == "it never changes"
    todo = "nothing" if quiet else "take it out of `columns`, or say what it is in `numbers` or `categories`"
    name = {"it never changes": "constant", "it is empty": "empty_column", "it is an identifier": "identifier"}.get(
        plan.why, "text"
    )
    what = f"left out: {plan.why}"
    return [Finding("note" if quiet else "warning", what, todo, cells.file, column=plan.name, check=name)]


def _words(cells: Cells, plan: ColumnPlan, column: pl.Series) -> list[Finding]:
    """Words for "not known" that are taken as missing; NaN and NA are plain enough to need no word."""
    if column.dtype != pl.String:
        return []
    bare = column.str.strip_chars().str.to_lowercase()
    words = [word for word in (*table_plan.UNKNOWN_WORDS, *plan.words) if word not in EMPTY_WORDS]
    mask = bare.is_in(words).fill_null(False).to_numpy()
    if not mask.any():
        return []
    what = f"{_counted(int(mask.sum()), 'cell')} {examples(column, mask)}, counted as missing"
    rows = tuple(cells.rows[mask].tolist())
    return [Finding("warning", what, "leave such cells empty", cells.file, rows, plan.name, check="code")]


def _units(cells: Cells, plan: ColumnPlan, column: pl.Series) -> list[Finding]:
    if plan.kind != "number":
        return []
    values = table_plan.as_numbers(column, table_plan.written(column, plan))
    values[np.isin(values, plan.codes)] = np.nan
    mixed = table_codes.mixed_units(values)
    if mixed is None:
        return []
    times, way = (mixed.factor, "small") if mixed.factor > 1 else (1 / mixed.factor, "large")
    cells_are = _counted(int(mixed.mask.sum()), "cell")
    what = f"{cells_are} {times:,.0f} times too {way} ({examples(column, mixed.mask)}): another unit?"
    rows = tuple(cells.rows[mixed.mask].tolist())
    return [Finding("warning", what, "write the whole column in one unit", cells.file, rows, plan.name, check="units")]


def _ways(cells: Cells, plan: ColumnPlan, column: pl.Series) -> list[Finding]:
    if plan.kind != "date" or column.dtype.is_temporal():
        return []
    ways = table_dates.read(table_plan.written(column, plan), plan.orders).ways
    if ways < 2 and not plan.orders:
        return []
    order = "; ".join(f"a{separator}b{separator}year is read as {_SPOKEN[way]}" for separator, way in plan.orders.items())
    what = f"dates are text, written in {ways} {'way' if ways == 1 else 'ways'}" + (f"; {order}" if order else "")
    return [Finding("warning", what, "write all of them as 2024-01-31", cells.file, column=plan.name, check="dates")]


_SPOKEN = {"dmy": "day, month", "mdy": "month, day"}


def _spellings(cells: Cells, plan: ColumnPlan) -> list[Finding]:
    """Categories that differ in capitals alone are two for us; for the writer they may be one."""
    folded = Counter(word.casefold() for word in plan.vocabulary)
    twice = [word for word in plan.vocabulary if folded[word.casefold()] > 1]
    found = []
    if twice:
        what = f"{', '.join(quote(word, 30) for word in twice[:KNOWN_SHOWN])} differ in capitals alone and count as different"
        found.append(Finding("warning", what, "write them alike, if they are", cells.file, column=plan.name, check="spelling"))
    if plan.kind == "category" and len(plan.vocabulary) > MANY_CATEGORIES:
        what = f"{len(plan.vocabulary):,} categories or more; beyond {table_plan.MOST_CATEGORIES}, rare ones count as unknown"
        found.append(Finding("warning", what, "group them", cells.file, column=plan.name, check="many_categories"))
    return found


def _spread(cells: Cells, plan: ColumnPlan, values: NDArray[np.float64]) -> list[Finding]:
    known = values[np.isfinite(values)]
    share = 1 - len(known) / max(len(values), 1)
    found = []
    if share >= MOSTLY_MISSING:
        what = f"{share:.0%} of the cells are missing"
        todo = "see whether it is there when the model will be used; else take it out"
        found.append(
            Finding("warning", what, todo, cells.file, column=plan.name, count=len(values) - len(known), check="missing")
        )
    if len(known) >= FEWEST_CASES and (most := np.unique(known, return_counts=True)[1].max() / len(known)) >= NEARLY_CONSTANT:
        what = f"nearly constant: {most:.1%} of the known cells are alike"
        found.append(Finding("note", what, "nothing", cells.file, column=plan.name, check="nearly_constant"))
    return found
