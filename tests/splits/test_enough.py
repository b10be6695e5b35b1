"""Too few patients, or too few of a class, are told before a split is made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import SplitCases
from iatros.splits.enough import groups_enough, rare_classes
from iatros.splits.folds import Folds


def cohort(group, strata):
    group = np.array(group, np.int64)
    return SplitCases(group, np.array(strata, np.int64), np.arange(len(group)) + 2, "cases.csv")


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 12))
def test_patients_are_counted_not_cases(group, needed):
    found = groups_enough(cohort(group, [0] * len(group)), needed, "folds", "do less")
    assert bool(found) == (len(set(group)) < needed)
    if found:
        assert found[0].severity == "error"
        assert found[0].what.startswith(f"{len(set(group))} patient{'' if len(set(group)) == 1 else 's'} cannot")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 3)), min_size=1, max_size=30), st.integers(1, 6))
def test_every_class_with_too_few_patients_is_told_with_its_rows(cases, needed):
    group, strata = zip(*cases, strict=True)
    found = rare_classes(cohort(group, strata), needed, "folds")
    patients = {code: {g for g, s in cases if s == code} for code in set(strata) if code >= 0}
    rare = sorted(code for code, who in patients.items() if len(who) < needed)
    assert [f.rows for f in found] == [tuple(i + 2 for i, s in enumerate(strata) if s == code) for code in rare]
    assert all(f.severity == "warning" for f in found)


def test_two_cases_of_one_patient_are_one_patient_of_the_class():
    (finding,) = rare_classes(cohort([0, 0, 1, 2, 3], [1, 1, 0, 0, 0]), 2, "2 folds")
    assert "only 1 patient has the class of rows 2, 3: too rare for 2 folds" in finding.what


@pytest.mark.parametrize(("patients", "error"), [(2, True), (3, False)])
def test_three_folds_need_three_patients(patients, error):
    cases = cohort(np.arange(12) % patients, np.zeros(12))
    assert any(f.severity == "error" for f in Folds(k=3).check(cases)) == error
