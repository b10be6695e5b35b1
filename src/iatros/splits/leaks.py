"""Is somebody on both sides of a split?

In: who is in which part. Out: findings that name rows, never patients.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Fold, SplitCases
from iatros.findings import Finding
from iatros.splits.inner import TEST, TRAIN

SHOWN = 2  # patients whose rows a message lists
LEAK = "leak"  # `check` of findings that `forgiven` turns into warnings


def straddling(cases: SplitCases, fold: Fold) -> list[Finding]:
    """An error that lists the rows of patients who are in the test part and in training (validation, calibration) too."""
    torn = _torn(cases.group, (fold.part >= 0) & (fold.part != TEST), fold.part == TEST)
    if not torn:
        return []
    rows = [cases.rows[(cases.group == group) & (fold.part >= 0)].tolist() for group in torn]
    who = "1 patient is" if len(torn) == 1 else f"{len(torn):,} patients are"
    column = fold.name if fold.name in cases.columns else ""
    where = f"the column `{column}`" if column else f"fold {fold.fold + 1} of `{fold.scheme}`"
    what = f"{who} in both train and test of {where}: {_listed(rows)} (messages name rows, never patients)"
    todo = (
        "a model judged on patients it has seen looks better than it is; remove the column from [split] to let Iatros split by "
        "patient, or mend the rows; `--allow-leak` goes on, and the report will say so on its first line"
    )
    all_rows = tuple(sorted(row for some in rows for row in some))
    return [Finding("error", what, todo, cases.file, all_rows, column, count=len(torn), check=LEAK)]


def straddling_inside(cases: SplitCases, fold: Fold) -> list[Finding]:
    """A warning for patients who are in two of train, validation and calibration: stopping and calibration see them twice."""
    torn = _torn(cases.group, fold.part == TRAIN, (fold.part > TRAIN) & (fold.part < TEST))
    if not torn:
        return []
    rows = tuple(cases.rows[np.isin(cases.group, torn) & (fold.part >= 0) & (fold.part != TEST)].tolist())
    who = "1 patient is" if len(torn) == 1 else f"{len(torn):,} patients are"
    what = f"{who} in both train and validation of the column `{fold.name}`"
    todo = "training will stop too late and percentages will be too sure; put all rows of a patient into one part"
    return [Finding("warning", what, todo, cases.file, rows, fold.name, count=len(torn), check="leak_inside")]


def forgiven(findings: Iterable[Finding], allow_leak: bool = True) -> list[Finding]:
    """The same findings; with `allow_leak`, leaks that would stop the run are warnings that the report shows in red."""
    return [
        replace(f, severity="warning", todo="allowed by `--allow-leak`: figures of this split are too good to be true")
        if allow_leak and f.check == LEAK and f.severity == "error"
        else f
        for f in findings
    ]


def _torn(group: NDArray[np.int64], one: NDArray[np.bool_], other: NDArray[np.bool_]) -> list[int]:
    """Groups with cases on both sides, in the order of their codes."""
    torn: list[int] = np.intersect1d(group[one], group[other]).tolist()
    return torn


def _listed(rows: list[list[int]]) -> str:
    """`rows 12 and 809; rows 51, 52 and 4,410; and 5 more patients`."""
    listed = [f"rows {', '.join(f'{row:,}' for row in some[:-1][:4])} and {some[-1]:,}" for some in rows[:SHOWN]]
    more = len(rows) - SHOWN
    return "; ".join([*listed, f"and {more:,} more patients"] if more > 0 else listed)
