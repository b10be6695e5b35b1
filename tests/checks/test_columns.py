"""Columns as the checks read them, and those that must not be inputs."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.checks.columns import forbidden, read
from iatros.contracts import Cells


def cells(frame, **more):
    frame = pl.DataFrame(frame)
    return Cells(frame, np.arange(frame.height) + 2, "cases.csv", **more)


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a", " a ", "b", "", "1", "2.5", "nan"])), min_size=1, max_size=20))
def test_codes_bring_back_the_words_and_gaps_are_minus_one(words):
    (column,) = read({"labs": cells({"x": pl.Series(words, dtype=pl.String)})})
    bare = [None if word is None or not word.strip() else word.strip() for word in words]
    assert [None if code < 0 else column.values[code] for code in column.code] == bare
    assert column.present.tolist() == [word is not None for word in bare]
    assert len(set(column.values)) == len(column.values)


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_numbers_are_the_same_written_as_text(values):
    plain, text = read({"labs": cells({"x": pl.Series(values, dtype=pl.Float64), "y": pl.Series(
        [None if v is None else repr(v) for v in values], dtype=pl.String)})})  # fmt: skip
    assert np.array_equal(plain.number, text.number, equal_nan=True)
    assert plain.numeric == text.numeric == any(v is not None for v in values)


def test_a_tenth_of_other_words_leaves_a_column_numeric_and_more_do_not():
    mostly, hardly = read({"labs": cells({"a": ["1"] * 9 + ["x"], "b": ["1"] * 8 + ["x", "y"]})})
    assert (mostly.numeric, hardly.numeric) == (True, False)
    assert np.isnan(mostly.number[-1])


def test_dates_and_truths_are_numbers_too():
    day, flag = read({"labs": cells({"day": [dt.date(1970, 1, 2), None], "flag": [True, False]})})
    assert day.number[0] == 1
    assert np.isnan(day.number[1])
    assert flag.number.tolist() == [1, 0]


def test_infinite_numbers_are_none():
    (column,) = read({"labs": cells({"x": [1.0, float("inf"), float("-inf")]})})
    assert np.isfinite(column.number).tolist() == [True, False, False]


def test_pictures_and_lists_are_left_to_their_own_checks():
    frame = {"film": [0, 1], "box": [[1], [2]], "age": [3, 4]}
    found = read({"film": cells(frame, arrays={"film": np.zeros((2, 4, 4))})})
    assert [column.name for column in found] == ["age"]


@pytest.mark.parametrize(
    ("column", "severity", "check"),
    [("died", "error", "target_column"), ("pid", "error", "patient_column"), ("ward", "warning", "site_column")],
)
def test_what_must_not_be_an_input_is_told_once_a_source(column, severity, check):
    frame = {"age": [1, 2], "died": [0, 1], "pid": ["a", "b"], "ward": ["x", "y"]}
    whole = cells(frame)
    inputs = {"labs": cells({"age": [1, 2], column: frame[column]}), "fine": cells({"age": [1, 2]})}
    (finding,) = forbidden(inputs, {"outcome": Cells(whole.frame.select("died"), whole.rows)}, "pid", "ward")
    assert (finding.severity, finding.check, finding.column, finding.source) == (severity, check, column, "labs")
