"""Which cases are copies of one another?

In: the cells of all inputs. Out: groups of positions, findings about them, and patients joined by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from iatros.checks.columns import Column, read
from iatros.checks.truth import Truth
from iatros.contracts import Cells, SplitCases
from iatros.findings import Finding

Groups = Sequence[NDArray[np.int64]]  # positions of cases, two or more a group
DIGITS = 3  # significant digits to which numbers of near-copies agree
DISTINCT = 0.95  # share of different values from which a column names cases (a path, a measurement of many digits)
FEW_KINDS = 0.25  # different rows, as a share of the rows, below which equals are the rule and say nothing
MORE_THAN_CHANCE = 3  # times the equal pairs expected if columns were independent


def equal_rows(inputs: Mapping[str, Cells], digits: int | None = None) -> list[NDArray[np.int64]]:
    """Groups of cases that are equal in every column of every input; with `digits`, after rounding numbers to so many.

    Groups are given only where chance does not explain as many equal pairs: in a table of age and sex, equals are no copies;
    nor are they where a few rows make up the whole table, each many times.
    """
    columns = read(inputs)
    if not columns or any(cells.arrays for cells in inputs.values()):
        return []
    codes = np.column_stack([_rounded(column, digits) if digits else column.code for column in columns])
    filled = np.flatnonzero((codes >= 0).any(axis=1))
    if len(filled) < 2:
        return []
    of_case, number = np.unique(codes[filled], axis=0, return_inverse=True, return_counts=True)[1:]
    of_case = of_case.reshape(-1)
    pairs = float((number * (number - 1)).sum() / 2)
    expected = _expected_pairs(codes[filled])
    if len(number) < FEW_KINDS * len(filled) or pairs < max(1.0, MORE_THAN_CHANCE * (expected + np.sqrt(expected))):
        return []
    order = filled[np.argsort(of_case, kind="stable")]
    return [members for members in np.split(order, np.cumsum(number)[:-1]) if len(members) > 1]


def nearly_equal_rows(inputs: Mapping[str, Cells], exact: Groups) -> list[NDArray[np.int64]]:
    """Groups of cases that agree once numbers are rounded, beyond those that are equal as they stand."""
    known = {tuple(sorted(group.tolist())) for group in exact}
    return [group for group in equal_rows(inputs, DIGITS) if tuple(sorted(group.tolist())) not in known]


def _rounded(column: Column, digits: int) -> NDArray[np.int64]:
    """[M] codes of the numbers rounded to significant digits; of a category, its own codes."""
    if not column.numeric:
        return column.code
    size = np.floor(np.log10(np.maximum(np.abs(column.number), 1e-300)))
    step = 10.0 ** (size - digits + 1)
    rounded = np.where(np.isnan(column.number), -1.0, np.round(column.number / step) * step)
    codes = np.unique(np.round(rounded, 12), return_inverse=True)[1].astype(np.int64)
    return np.where(column.present, codes, -1)


def _expected_pairs(codes: NDArray[np.int64]) -> float:
    """Equal pairs among n rows whose columns are independent; a column that names cases counts as nearly continuous."""
    n = len(codes)
    chance = 1.0
    for column in codes.T:
        number = np.unique(column, return_counts=True)[1]
        collision = float((number * (number - 1)).sum()) / (n * (n - 1))
        chance *= collision / n if len(number) > DISTINCT * n else collision
    return chance * n * (n - 1) / 2


def copies(groups: Groups, truths: Sequence[Truth], cases: SplitCases) -> list[Finding]:
    """Findings about exact copies: those that agree on the outcome, and those that contradict one another."""
    against = contradicting(groups, truths)
    agreeing = [group for group, bad in zip(groups, against, strict=True) if not bad]
    found = []
    if agreeing:
        rows = rows_of(agreeing, cases)
        what = f"{_groups(len(agreeing))} of cases equal in every input ({len(rows):,} cases)"
        todo = "if one case was entered twice, remove the copies; until then they are kept in one part each"
        found.append(Finding("warning", what, todo, cases.file, rows, count=len(agreeing), check="duplicates"))
    return found + opposite([group for group, bad in zip(groups, against, strict=True) if bad], cases, "equal in every input")


def near_copies(source: str, groups: Groups, truths: Sequence[Truth], cases: SplitCases) -> list[Finding]:
    """Findings about near-copies of one input, found by `pictures.near_duplicates` or by rounding."""
    if not groups:
        return []
    rows = rows_of(groups, cases)
    largest = max(len(group) for group in groups)
    what = f"{_groups(len(groups))} of near-duplicates ({len(rows):,} cases, at most {largest:,} alike)"
    todo = "kept in one fold each; if they are of one patient, name the patient column in [cases]"
    found = [Finding("warning", what, todo, cases.file, rows, source=source, count=len(groups), check="near_duplicates")]
    against = [group for group, bad in zip(groups, contradicting(groups, truths), strict=True) if bad]
    return found + opposite(against, cases, "nearly equal", source)


def contradicting(groups: Groups, truths: Sequence[Truth]) -> list[bool]:
    """Per group: is there a target of which its cases have different classes?"""
    return [any(len(np.unique(t.codes[group][t.codes[group] >= 0])) > 1 for t in truths) for group in groups]


def opposite(groups: Groups, cases: SplitCases, alike: str, source: str = "") -> list[Finding]:
    """A warning that names the rows of copies with different outcomes."""
    if not groups:
        return []
    rows = rows_of(groups, cases)
    first = " and ".join(f"{row:,}" for row in cases.rows[groups[0]].tolist()[:4])
    has = "has" if len(groups) == 1 else "have"
    what = f"{_groups(len(groups))} of cases {alike} {has} different outcomes, such as rows {first}"
    todo = "at least one of the outcomes is wrong, or the input does not show it; look at the originals"
    return [Finding("warning", what, todo, cases.file, rows, source=source, count=len(groups), check="contradiction")]


def joined(cases: SplitCases, *found: Groups) -> NDArray[np.int64]:
    """[M] groups for a split that Iatros makes: patients who share a copy become one. Not for a given column or for sites.

    The code of a joined group is the smallest of its patients' codes, so where there are no copies nothing changes.
    """
    all_groups = [group for groups in found for group in groups]
    names, patient = np.unique(cases.group, return_inverse=True)
    if not all_groups:
        return cases.group
    ends = np.concatenate([patient[group] for group in all_groups])
    starts = np.concatenate([np.full(len(group), patient[group[0]]) for group in all_groups])
    edges = coo_array((np.ones(len(ends), np.int8), (starts, ends)), shape=(len(names), len(names)))
    component = connected_components(edges, directed=False)[1]
    smallest = np.full(component.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, component, names)
    result: NDArray[np.int64] = smallest[component][patient]
    return result


def rows_of(groups: Groups, cases: SplitCases) -> tuple[int, ...]:
    """Rows of the user's file of all members, in order."""
    return tuple(sorted(cases.rows[np.concatenate(groups)].tolist())) if len(groups) else ()


def _groups(number: int) -> str:
    return "1 group" if number == 1 else f"{number:,} groups"
