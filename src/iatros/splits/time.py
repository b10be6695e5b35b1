"""Train on the past, test on the future: a temporal split.

In: the cases' times. Out: one fold.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Fold, SplitCases
from iatros.findings import Finding
from iatros.splits.inner import TEST, TRAIN, UNUSED, InnerParts


class Time(InnerParts):
    """The latest patients are tested. A patient goes by the first case; the later cases of an earlier patient are left out."""

    kind: Literal["time"] = "time"
    test: float = Field(default=0.25, gt=0, lt=1)
    """Share of the cases, the latest, that is put away for the test."""

    def check(self, cases: SplitCases) -> list[Finding]:
        """Is there a time, is there more than one, and who is left out?"""
        if cases.time is None:
            what = "a temporal split needs times, and the study names no time column"
            return [Finding("error", what, 'add `time = "..."` to [cases]', cases.file, check="no_time")]
        undated = np.isnan(cases.time)
        if len(np.unique(_first(cases)[~undated])) < 2:
            what = "all patients have the same time: there is no earlier and no later"
            return [Finding("error", what, 'name another time column, or use `kind = "folds"`', cases.file, check="one_time")]
        late = (_parts(cases, self.test) == UNUSED) & ~undated
        return [*_undated(cases, undated), *_late(cases, late)]

    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """One fold. Raises ValueError where there are no times."""
        rng = np.random.default_rng([seed, 0])
        return [Fold(self.kind, 0, 0, self.divided(cases, _parts(cases, self.test), rng))]


def _first(cases: SplitCases) -> NDArray[np.float64]:
    """[M] the time of the first dated case of each case's patient; NaN where there is none."""
    if cases.time is None:
        raise ValueError("a temporal split needs times")
    _, of_case = np.unique(cases.group, return_inverse=True)
    first = np.full(of_case.max(initial=-1) + 1, np.inf)
    np.fmin.at(first, of_case, cases.time)
    return np.where(np.isinf(first), np.nan, first)[of_case]


def _parts(cases: SplitCases, share: float) -> NDArray[np.int8]:
    """[M] train before the cut, test from it on, -1 for undated cases and late cases of early patients."""
    first = _first(cases)
    time = cases.time if cases.time is not None else first
    cut = _cut(first[~np.isnan(time)], share)
    part = np.where(first >= cut, TEST, np.where(time < cut, TRAIN, UNUSED)).astype(np.int8)
    part[np.isnan(time)] = UNUSED
    return part


def _cut(first: NDArray[np.float64], share: float) -> float:
    """The time that leaves a share nearest to `share` at or after it, and somebody before it."""
    times, number = np.unique(first, return_counts=True)
    if len(times) < 2:
        return float("inf")
    later = number[::-1].cumsum()[::-1] / len(first)  # share at or after each time
    return float(times[1 + np.abs(later[1:] - share).argmin()])


def _undated(cases: SplitCases, undated: NDArray[np.bool_]) -> list[Finding]:
    if not undated.any():
        return []
    rows = tuple(cases.rows[undated].tolist())
    what = f"{len(rows):,} cases have no time, and are left out of the temporal split"
    return [Finding("warning", what, "fill in the time", cases.file, rows, check="no_time_cell")]


def _late(cases: SplitCases, late: NDArray[np.bool_]) -> list[Finding]:
    if not late.any():
        return []
    rows = tuple(cases.rows[late].tolist())
    what = f"{len(rows):,} later cases of patients who train are left out of the temporal split"
    todo = "nothing to do: a patient is on one side only, and training ends before the test begins"
    return [Finding("note", what, todo, cases.file, rows, check="late_cases")]
