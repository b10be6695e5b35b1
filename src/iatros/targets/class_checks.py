"""What can be wrong with the classes of an outcome. In: the class named by each cell. Out: findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from iatros.contracts import Cells
from iatros.findings import Finding, quote
from iatros.registry import did_you_mean
from iatros.targets.cell_values import are_numbers

FEW = 5  # cases: a class with fewer cannot be in every part of a usual split (five folds)
MANY_FRACTIONS = 10  # distinct values with decimals: measured, not classes
MANY_NUMBERS = 20  # distinct whole numbers
MANY_NAMES = 50  # distinct texts
SHARE_DISTINCT = 0.1  # of the cases; beyond MANY_... and this, the column names cases rather than classes


def check_classes(
    named: Sequence[str | None], cells: Cells, column: str, positive: str | None, declared: Sequence[str] | None
) -> list[Finding]:
    """Findings on the classes of all cases. positive: the class held against the rest, or None."""
    counts = Counter(name for name in named if name is not None)
    findings = _missing(named, cells, column)
    if not counts:
        return [Finding("error", "no case has an outcome", "fill the column in, or name another", cells.file, (), column)]
    fatal = _measured(counts, cells, column) or _not_there(counts, cells, column, positive) or _single(counts, cells, column)
    if fatal:
        return [*findings, fatal]
    findings += _undeclared(named, cells, column, declared)
    return findings + _like_named(counts, cells, column) + _few(named, counts, cells, column, positive)


def _missing(named: Sequence[str | None], cells: Cells, column: str) -> list[Finding]:
    rows = tuple(int(row) for row, name in zip(cells.rows, named, strict=True) if name is None)
    if not rows:
        return []
    what = f"{len(rows):,} of {len(named):,} cases have no outcome"
    todo = "they take no part in training on it or judging it; fill the cells in if the outcome is known"
    return [Finding("note", what, todo, cells.file, rows, column, check="missing_outcome")]


def _single(counts: Counter[str], cells: Cells, column: str) -> Finding | None:
    if len(counts) > 1:
        return None
    name = next(iter(counts))
    what = f"all {counts[name]:,} cases are of one class, {quote(name)}"
    todo = "a model needs cases of at least two classes; add some, or correct the column or the expression"
    return Finding("error", what, todo, cells.file, (), column, check="single_class")


def _measured(counts: Counter[str], cells: Cells, column: str) -> Finding | None:
    numbers = are_numbers(set(counts))
    fractions = numbers and any(not float(name).is_integer() for name in counts)
    many = MANY_FRACTIONS if fractions else MANY_NUMBERS if numbers else MANY_NAMES
    if len(counts) <= many or len(counts) <= SHARE_DISTINCT * counts.total():
        return None
    what = f"{len(counts):,} different {'numbers' if numbers else 'texts'} in {counts.total():,} cases are no class each"
    todo = (
        f'use kind = "value" to predict the number, or make two classes with positive = "{column} > ..."'
        if numbers
        else "name a column with few classes, or one of its values as `positive`"
    )
    return Finding("error", what, todo, cells.file, (), column, example=next(iter(counts)), check="many_classes")


def _not_there(counts: Counter[str], cells: Cells, column: str, positive: str | None) -> Finding | None:
    if positive is None or positive in counts:
        return None
    known = ", ".join(quote(name) for name in sorted(counts)[:5])
    what = f"no case is {quote(positive)}{did_you_mean(positive, counts)}"
    return Finding(
        "error", what, f"name a class that is there as `positive`: {known}", cells.file, (), column, check="positive"
    )


def _undeclared(named: Sequence[str | None], cells: Cells, column: str, declared: Sequence[str] | None) -> list[Finding]:
    if declared is None:
        return []
    odd = [(int(row), name) for row, name in zip(cells.rows, named, strict=True) if name is not None and name not in declared]
    if not odd:
        return []
    name = odd[0][1]
    what = f"{quote(name)} is none of the classes declared{did_you_mean(name, declared)}"
    todo = "correct the cells, or add the class to `classes`; until then the outcome counts as missing"
    rows = tuple(row for row, _ in odd)
    return [Finding("warning", what, todo, cells.file, rows, column, example=name, check="undeclared_class")]


def _like_named(counts: Counter[str], cells: Cells, column: str) -> list[Finding]:
    folded: dict[str, list[str]] = {}
    for name in counts:
        folded.setdefault(" ".join(name.casefold().split()), []).append(name)
    return [
        Finding(
            "warning",
            f"{' and '.join(quote(name) for name in sorted(alike))} are taken for different classes",
            "write one class in one way",
            cells.file,
            (),
            column,
            example=alike[0],
            check="like_named",
        )
        for alike in folded.values()
        if len(alike) > 1
    ]


def _few(named: Sequence[str | None], counts: Counter[str], cells: Cells, column: str, positive: str | None) -> list[Finding]:
    """Classes with fewer cases than a usual split has folds; of one class against the rest, only that one."""
    judged = [name for name in counts if counts[name] < FEW and positive in (None, name)]
    return [
        Finding(
            "warning",
            f"class {quote(name)} has only {counts[name]} {'case' if counts[name] == 1 else 'cases'}",
            "it cannot be in every fold, and nothing can be said about it; collect more, join it with another, or leave it out",
            cells.file,
            tuple(int(row) for row, other in zip(cells.rows, named, strict=True) if other == name),
            column,
            example=name,
            check="rare_class",
        )
        for name in judged
    ]
