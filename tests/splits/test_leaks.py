"""Who is on both sides, told by rows and never by name."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import Fold, SplitCases
from iatros.findings import Finding
from iatros.splits.leaks import LEAK, forgiven, straddling, straddling_inside


def cohort(group, columns=None):
    group = np.array(group)
    return SplitCases(group, np.zeros(len(group), np.int64), np.arange(len(group)) + 2, "cases.csv", columns=columns or {})


def fold(part, name=""):
    return Fold("column" if name else "folds", 0, 2, np.array(part, np.int8), name)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(-1, 3)), min_size=1, max_size=40))
def test_exactly_those_with_a_tested_and_another_used_case_are_found(cases):
    group, part = (list(column) for column in zip(*cases, strict=True))
    sides: dict[int, set[bool]] = {}
    for who, where in cases:
        if where >= 0:
            sides.setdefault(who, set()).add(where == 3)
    torn = {who for who, seen in sides.items() if len(seen) == 2}
    found = straddling(cohort(group), fold(part))
    assert bool(found) == bool(torn)
    if found:
        rows = tuple(i + 2 for i, (who, where) in enumerate(cases) if who in torn and where >= 0)
        assert (found[0].rows, found[0].count, found[0].severity, found[0].check) == (rows, len(torn), "error", LEAK)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(-1, 3)), min_size=1, max_size=40))
def test_inside_exactly_those_who_train_and_validate_or_calibrate_are_found(cases):
    group, part = (list(column) for column in zip(*cases, strict=True))
    parts = {who: {where for other, where in cases if other == who} for who in group}
    torn = {who for who, seen in parts.items() if 0 in seen and seen & {1, 2}}
    found = straddling_inside(cohort(group), fold(part, "part"))
    assert bool(found) == bool(torn)
    if found:
        assert (found[0].count, found[0].severity) == (len(torn), "warning")
        assert set(found[0].rows) == {i + 2 for i, (who, where) in enumerate(cases) if who in torn and where in (0, 1, 2)}


def test_a_message_lists_the_rows_of_two_patients_and_counts_the_others():
    group = [*range(6), *range(6)]
    (finding,) = straddling(cohort(group, {"part": ["train"] * 12}), fold([0] * 6 + [3] * 6, "part"))
    assert "6 patients are in both train and test of the column `part`" in finding.what
    assert "rows 2 and 8; rows 3 and 9; and 4 more patients" in finding.what
    assert finding.column == "part"


def test_a_single_patient_is_told_in_the_singular_and_a_fold_is_counted_from_one():
    (finding,) = straddling(cohort([7, 7, 1]), fold([0, 3, 0]))
    assert finding.what.startswith("1 patient is in both train and test of fold 3 of `folds`: rows 2 and 3")


def test_only_leaks_are_forgiven_and_only_when_they_are_allowed():
    leak = Finding("error", "torn", "mend", check=LEAK)
    other = Finding("error", "no train", "mark", check="split_missing")
    assert forgiven([leak, other], allow_leak=False) == [leak, other]
    softened, kept = forgiven([leak, other])
    assert (softened.severity, softened.what, kept) == ("warning", "torn", other)
    assert "too good to be true" in softened.todo
