"""Train on the past, test on the future."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import SplitCases
from iatros.splits.time import Time


def cohort(time, group=None):
    size = len(time)
    group = np.arange(size) if group is None else np.array(group)
    return SplitCases(group, np.arange(size) % 2, np.arange(size) + 2, "c.csv", time=np.array(time, float))


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 30)), min_size=2, max_size=60))
def test_all_that_trains_lies_before_all_that_is_tested(pairs):
    cases = cohort([t for _, t in pairs], [g for g, _ in pairs])
    if Time().check(cases) and Time().check(cases)[0].severity == "error":
        return
    (fold,) = Time().folds(cases, 0)
    train, test = (fold.part >= 0) & (fold.part < 3), fold.part == 3
    assert train.any()
    assert test.any()
    assert cases.time[train].max() < cases.time[test].min()
    assert not set(cases.group[train]) & set(cases.group[test])


def test_the_latest_quarter_is_tested():
    (fold,) = Time().folds(cohort(np.arange(100)), 0)
    assert fold.rows("test").tolist() == list(range(75, 100))


def test_later_cases_of_early_patients_are_left_out_and_told():
    cases = cohort([*range(10), 20, 21, 22, 23], [*range(10), 0, 10, 11, 12])
    (fold,) = Time(test=0.25).folds(cases, 0)
    assert fold.part[10] == -1
    (finding,) = Time(test=0.25).check(cases)
    assert (finding.severity, finding.rows) == ("note", (12,))


def test_undated_cases_are_left_out_and_told():
    cases = cohort([1, 2, 3, 4, np.nan])
    assert Time().folds(cases, 0)[0].part[4] == -1
    (finding,) = Time().check(cases)
    assert (finding.severity, finding.rows) == ("warning", (6,))


def test_one_time_for_all_is_an_error():
    assert [finding.severity for finding in Time().check(cohort([5, 5, 5]))] == ["error"]


def test_no_time_is_an_error_and_no_folds():
    cases = SplitCases(np.arange(3), np.arange(3), np.arange(3))
    assert [finding.check for finding in Time().check(cases)] == ["no_time"]
    with pytest.raises(ValueError, match="times"):
        Time().folds(cases, 0)
