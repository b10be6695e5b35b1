"""A given split, and the faults of one."""

import numpy as np
import pytest

from iatros.contracts import PARTS, SplitCases
from iatros.splits.column import Column
from iatros.splits.leaks import forgiven


def given(words, group=None):
    group = np.arange(len(words)) if group is None else np.array(group)
    strata = np.arange(len(words)) % 2
    return SplitCases(group, strata, np.arange(len(words)) + 2, "cases.csv", columns={"part": words})


def test_words_are_read_in_any_case_and_val_is_validation():
    words = ["train", "Val", " validation", "calibration", "TEST", None, ""]
    (fold,) = Column(column="part").folds(given(words), 0)
    assert fold.part.tolist() == [0, 1, 1, 2, 3, -1, -1]


def test_missing_inner_parts_are_taken_from_train_alone():
    words = ["train"] * 80 + ["val"] * 10 + ["test"] * 20
    (fold,) = Column(column="part").folds(given(words), 0)
    assert fold.name == "part"
    assert fold.part[80:].tolist() == [1] * 10 + [3] * 20
    assert np.bincount(fold.part[:80], minlength=4).tolist() == [72, 0, 8, 0]


def test_a_missing_test_part_is_made_and_told():
    split = Column(column="part")
    (finding,) = split.check(given(["train"] * 50))
    assert finding.severity == "warning"
    assert "20 % of the training cases" in finding.what
    assert len(split.folds(given(["train"] * 50), 0)[0].rows("test")) == 10


def test_a_word_that_is_no_part_is_an_error_that_names_word_and_rows():
    cases = given(["train", "tset", "test", "tset"])
    (finding,) = Column(column="part").check(cases)
    assert (finding.severity, finding.rows, finding.column) == ("error", (3, 5), "part")
    assert '"tset" is no part (did you mean `test`?)' in finding.what
    with pytest.raises(ValueError, match="no part"):
        Column(column="part").folds(cases, 0)


def test_a_patient_on_both_sides_is_an_error_that_names_rows_of_both():
    cases = given(["train", "train", "test", "test", "test"], group=[0, 1, 1, 2, 0])
    (finding,) = Column(column="part").check(cases)
    assert finding.severity == "error"
    assert "2 patients are in both train and test of the column `part`: rows 2 and 6; rows 3 and 4" in finding.what
    assert finding.rows == (2, 3, 4, 6)
    assert "--allow-leak" in finding.todo


def test_many_leaking_patients_are_counted_not_listed():
    cases = given(["train", "test"] * 10, group=[i // 2 for i in range(20)])
    (finding,) = Column(column="part").check(cases)
    assert finding.count == 10
    assert "and 8 more patients" in finding.what


def test_a_forgiven_leak_is_a_warning_and_nothing_else_changes():
    findings = Column(column="part").check(given(["train", "test", "tset"], group=[0, 0, 1]))
    assert sorted(f.severity for f in forgiven(findings)) == ["error", "warning"]
    assert forgiven(findings, allow_leak=False) == findings


def test_a_patient_in_train_and_validation_is_a_warning():
    (finding,) = Column(column="part").check(given(["train", "val", "test"], group=[0, 0, 1]))
    assert (finding.severity, finding.rows) == ("warning", (2, 3))


def test_a_column_that_is_not_there_is_an_error_with_its_neighbour():
    (finding,) = Column(column="prt").check(given(["train", "test"]))
    assert "did you mean `part`" in finding.what


def test_no_training_case_is_an_error():
    assert "error" in {f.severity for f in Column(column="part").check(given(["test", "test"]))}


def test_codes_follow_the_order_of_parts():
    (fold,) = Column(column="part").folds(given([*PARTS]), 0)
    assert fold.part.tolist() == [0, 1, 2, 3]
