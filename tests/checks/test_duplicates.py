"""Copies of cases."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from iatros.checks.duplicates import copies, equal_rows, joined, near_copies, nearly_equal_rows
from iatros.checks.truth import Truth
from iatros.contracts import Cells, SplitCases


def table(frame):
    return {"labs": Cells(frame, np.arange(len(frame)) + 2)}


def measured(size=100):
    rng = np.random.default_rng(0)
    return pl.DataFrame({name: rng.normal(50, 10, size) for name in "abc"})


def cohort(size, group=None):
    return SplitCases(np.arange(size) if group is None else np.array(group), np.zeros(size, np.int64), np.arange(size) + 2)


def truth(codes):
    return Truth("t", np.array(codes), np.array(codes, float), ("no", "yes"))


def test_rows_entered_twice_are_found():
    frame = pl.concat([measured(), measured()[3:5]])
    assert [group.tolist() for group in equal_rows(table(frame))] in ([[3, 100], [4, 101]], [[4, 101], [3, 100]])


def test_equals_in_a_table_of_age_and_sex_are_no_copies():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"age": rng.integers(40, 80, 300), "sex": rng.choice(["F", "M"], 300)})
    assert equal_rows(table(frame)) == []


def test_a_path_given_twice_is_a_copy():
    frame = pl.DataFrame({"path": [f"film_{i}.png" for i in range(48)] + ["film_7.png"]})
    assert [group.tolist() for group in equal_rows(table(frame))] == [[7, 48]]


def test_empty_rows_are_no_copies_of_one_another():
    frame = pl.concat([measured(20), pl.DataFrame({name: [None] * 5 for name in "abc"}, schema=measured(1).schema)])
    assert equal_rows(table(frame)) == []


def test_equal_after_rounding_is_found_apart_from_exact_copies():
    frame = pl.concat([measured(), measured()[3:4], measured()[8:9].with_columns(pl.all() * (1 + 1e-7))])
    exact = equal_rows(table(frame))
    assert [group.tolist() for group in exact] == [[3, 100]]
    assert [group.tolist() for group in nearly_equal_rows(table(frame), exact)] == [[8, 101]]


def test_copies_with_opposite_outcomes_are_told_apart():
    found = copies([np.array([0, 1]), np.array([2, 3])], [truth([0, 1, 1, 1])], cohort(4))
    assert [(f.check, f.rows) for f in found] == [("duplicates", (4, 5)), ("contradiction", (2, 3))]
    assert "such as rows 2 and 3" in found[1].what


def test_near_copies_with_opposite_outcomes_are_named():
    found = near_copies("film", [np.array([0, 2])], [truth([0, 1, 1])], cohort(3))
    assert [(f.source, f.check, f.rows) for f in found] == [
        ("film", "near_duplicates", (2, 4)),
        ("film", "contradiction", (2, 4)),
    ]


def test_patients_with_a_copy_become_one_group():
    cases = cohort(6, group=[7, 7, 3, 4, 5, 9])
    assert joined(cases, [np.array([1, 2])], [np.array([2, 4])]).tolist() == [3, 3, 3, 4, 3, 9]
    assert joined(cases).tolist() == cases.group.tolist()


@given(st.lists(st.lists(st.integers(0, 19), min_size=2, max_size=4, unique=True), max_size=8))
def test_joining_keeps_copies_and_patients_together(groups):
    cases = cohort(20, group=np.arange(20) // 2)
    after = joined(cases, [np.array(group) for group in groups])
    assert all(len(set(after[group])) == 1 for group in groups)
    assert np.array_equal(after[::2], after[1::2])


def test_a_table_of_a_few_rows_each_many_times_has_no_copies():
    kinds = np.random.default_rng(0).integers(0, 40, 400)
    frame = pl.DataFrame({"procedure": [f"p{kind}" for kind in kinds], "text": [f"the procedure {kind}" for kind in kinds]})
    assert equal_rows({"table": Cells(frame, np.arange(400))}) == []
