"""Cross-validation by patient."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import PARTS, SplitCases
from iatros.splits.folds import Folds


def cohort(size=200, per_patient=1, prevalence=0.3, seed=0):
    rng = np.random.default_rng(seed)
    group = np.arange(size) // per_patient
    strata = (rng.random(group.max() + 1) < prevalence).astype(np.int64)[group]
    return SplitCases(group, strata, np.arange(size) + 2, "cases.csv")


@settings(max_examples=25, deadline=None)
@given(st.integers(10, 150), st.integers(1, 4), st.integers(2, 6), st.integers(1, 3), st.integers(0, 99))
def test_every_case_is_tested_once_a_repeat_and_no_patient_straddles(size, per_patient, k, repeats, seed):
    cases = cohort(size, per_patient)
    folds = Folds(k=k, repeats=repeats).folds(cases, seed)
    for repeat in range(repeats):
        tested = sum((fold.part == PARTS.index("test")).astype(int) for fold in folds if fold.repeat == repeat)
        assert (tested == 1).all()
    for fold in folds:
        assert all(len(np.unique(fold.part[cases.group == g])) == 1 for g in np.unique(cases.group))


def test_inner_parts_have_their_shares_and_prevalence():
    cases = cohort(1000)
    for fold in Folds().folds(cases, 1):
        sizes = np.array([len(fold.rows(part)) for part in PARTS])
        assert sizes == pytest.approx([600, 120, 80, 200], abs=3)
        assert cases.strata[fold.rows("validation")].mean() == pytest.approx(cases.strata.mean(), abs=0.01)


def test_the_seed_decides():
    cases = cohort()
    one, same, other = (np.stack([f.part for f in Folds().folds(cases, seed)]) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_repeats_differ():
    folds = Folds(repeats=2).folds(cohort(), 0)
    assert not np.array_equal(folds[0].part, folds[5].part)


def test_three_patients_cannot_be_put_into_five_folds():
    (finding,) = Folds().check(cohort(90, per_patient=30))
    assert finding.severity == "error"
    assert "3 patients cannot be put into 5 folds" in finding.what


def test_a_class_of_a_single_case_is_named_by_its_row():
    cases = cohort(50)
    strata = np.zeros(50, np.int64)
    strata[7] = 1
    (finding,) = Folds().check(SplitCases(cases.group, strata, cases.rows))
    assert (finding.severity, finding.rows) == ("warning", (9,))


def test_patients_enough_give_no_finding():
    assert Folds().check(cohort()) == []


def test_inner_parts_can_be_declined():
    (fold, *_) = Folds(validation=0, calibration=0).folds(cohort(), 0)
    assert set(np.unique(fold.part)) == {PARTS.index("train"), PARTS.index("test")}
