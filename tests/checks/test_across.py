"""Copies and patients on both sides of a split."""

import numpy as np

from iatros.checks import Truth, across
from iatros.contracts import Fold, SplitCases


def cohort(size=8, group=None, words=None):
    group = np.arange(size) if group is None else np.array(group)
    return SplitCases(group, np.arange(size) % 2, np.arange(size) + 2, "c.csv", columns={"part": words or []})


def fold(parts):
    return Fold("column", 0, 0, np.array(parts, np.int8), "part")


def test_a_copy_of_a_test_case_is_taken_out_of_training_never_out_of_the_test_part():
    found = across(
        [fold([0, 0, 1, 2, 3, 3, 0, -1])], cohort(), [], copies=[np.array([1, 2, 4]), np.array([0, 6]), np.array([5, 7])]
    )
    assert found.folds[0].part.tolist() == [0, -1, -1, 2, 3, 3, 0, -1]
    assert found.dropped[0].tolist() == [1, 2]
    (finding,) = found.findings
    assert (finding.severity, finding.rows, finding.check) == ("warning", (3, 4), "copies_across")


def test_near_copies_on_both_sides_are_told_and_stay():
    found = across([fold([0, 0, 0, 0, 3, 3, 3, 3])], cohort(), [], twins={"ct": [np.array([0, 4]), np.array([5, 6])]})
    assert found.folds[0].part.tolist() == [0, 0, 0, 0, 3, 3, 3, 3]
    (torn,) = [f for f in found.findings if f.check == "twins_across"]
    assert (torn.source, torn.rows, torn.count) == ("ct", (2, 6), 1)


def test_a_patient_on_both_sides_is_an_error_unless_allowed():
    cases = cohort(group=[0, 1, 2, 3, 0, 5, 6, 7])
    folds = [fold([0, 0, 0, 0, 3, 3, 3, 3])]
    assert [f.severity for f in across(folds, cases, []).findings] == ["error"]
    assert [f.severity for f in across(folds, cases, [], allow_leak=True).findings] == ["warning"]


def test_sound_folds_come_back_as_they_were():
    given = fold([0, 0, 1, 2, 3, 3, 0, 0])
    codes = np.arange(8) % 2
    found = across([given], cohort(), [Truth("t", codes, codes.astype(float), ("a", "b"))])
    assert np.array_equal(found.folds[0].part, given.part)
    assert [f.check for f in found.findings] == ["few_events"]
