"""Faults planted into a sound table are named by row and column, and a sound table is left in peace."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.contracts import Cells
from iatros.modalities.table import Table
from iatros.modalities.table_check import EXAMPLES, examples

RNG = np.random.default_rng(0)
SIZE = 80
SOUND = {
    "age": RNG.integers(20, 90, SIZE).astype(float),
    "crp": np.round(RNG.lognormal(2, 0.5, SIZE), 1),
    "sex": RNG.choice(["f", "m"], SIZE),
    "smoker": RNG.choice([True, False], SIZE),
    "seen": [f"2020-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(SIZE)],
}
CELLS = ["1", "2.5", "", "x", "-1", "999", "NaN", "inf", "2020-01-02", "yes", None]


def table(**changes):
    """The sound table with cells of a column replaced: column -> {position: cell}."""
    frame = pl.DataFrame(SOUND)
    for name, cells in changes.items():
        column = frame[name].cast(pl.String).to_list()
        for at, cell in cells.items():
            column[at] = cell
        frame = frame.with_columns(pl.Series(name, column, dtype=pl.String))
    return frame


def checked(frame, **said):
    cells = Cells(frame, np.arange(frame.height) + 2, "cases.csv")
    return Table(columns=tuple(frame.columns), **said).check(cells)


def test_a_sound_table_is_left_in_peace():
    assert checked(table()) == []


@pytest.mark.parametrize(
    ("column", "cells", "check"),
    [
        ("age", {3: "4o", 9: "old"}, "not_a_number"),
        ("crp", {5: "<0.5", 6: ">200"}, "censored"),
        ("crp", {5: "inf"}, "infinite"),
        ("age", {1: "999", 4: "999", 8: "999"}, "code"),
        ("age", {7: "430"}, "impossible"),
        ("seen", {2: "2020-13-45", 3: "soon"}, "not_a_date"),
        ("sex", {4: "unknown", 6: "?"}, "code"),
        ("sex", {4: "M", 6: "F"}, "spelling"),
    ],
)
def test_each_planted_fault_is_found_where_it_was_planted(column, cells, check):
    found = [f for f in checked(table(**{column: cells})) if f.check == check]
    assert found, [f.check for f in checked(table(**{column: cells}))]
    assert found[0].column == column
    assert found[0].file == "cases.csv"
    if check != "spelling":
        assert found[0].rows == tuple(at + 2 for at in cells)


def test_cells_of_another_unit_are_told_with_the_factor():
    heights = {i: f"{h / 100:.2f}" for i, h in enumerate(RNG.integers(150, 195, 6))}
    frame = table().with_columns(pl.Series("height", RNG.integers(150, 200, SIZE).astype(float)))
    column = [heights.get(i, f"{v:g}") for i, v in enumerate(frame["height"])]
    (found,) = [f for f in checked(frame.with_columns(pl.Series("height", column))) if f.check == "units"]
    assert found.rows == tuple(range(2, 8))
    assert "100 times too small" in found.what


def test_a_column_mostly_empty_is_told_with_its_share():
    frame = table(crp=dict.fromkeys(range(60)))
    (found,) = [f for f in checked(frame) if f.check == "missing"]
    assert (found.column, found.count, found.severity) == ("crp", 60, "warning")
    assert "75%" in found.what


@pytest.mark.parametrize(
    ("cells", "why", "severity"),
    [(["same"] * SIZE, "it never changes", "note"), ([None] * SIZE, "it is empty", "warning"),
     ([f"word {i} of its own" for i in range(SIZE)], "nearly every case has another value", "warning")],
)  # fmt: skip
def test_columns_of_no_use_are_left_out_with_the_reason(cells, why, severity):
    frame = table().with_columns(pl.Series("extra", cells, dtype=pl.String))
    (found,) = [f for f in checked(frame) if f.column == "extra"]
    assert found.severity == severity
    assert found.what == f"left out: {why}"


def test_an_input_of_which_nothing_can_be_used_is_an_error():
    frame = pl.DataFrame({"a": ["x"] * 30, "b": pl.Series([None] * 30, dtype=pl.String)})
    assert [f.check for f in checked(frame) if f.severity == "error"] == ["no_columns"]


def test_no_sentinels_means_that_none_are_looked_for():
    frame = table(age={1: "999", 4: "999", 8: "430"})
    assert {f.check for f in checked(frame, sentinels="none")} & {"code", "impossible"} == set()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=20), st.integers(0, 99))
def test_a_message_shows_at_most_three_examples_shortened_and_safe(words, seed):
    mask = np.random.default_rng(seed).random(len(words)) < 0.7
    told = examples(pl.Series("x", words), mask)
    assert told.isprintable()
    assert told.count('"') - sum(word.count('"') for word in words) <= 2 * EXAMPLES
    assert len(told) < 1000


def test_examples_are_the_most_frequent_first():
    assert examples(pl.Series(["b", "a", "a", "c", "d"]), np.ones(5, bool)) == '"a", "b", "c", ...'
    assert examples(pl.Series([1.0, 2.5, 2.5]), np.ones(3, bool)) == '"2.5", "1"'


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.sampled_from(["1", "2.5", "", "x", "-1", "999", "NaN", "inf", "2020-01-02", "yes", None]), min_size=1, max_size=60
    )
)
def test_any_column_is_checked_planned_and_packed_without_a_fault_of_ours(column):
    frame = pl.DataFrame({"a": pl.Series(column, dtype=pl.String), "b": pl.Series(range(len(column)))})
    cells = Cells(frame, np.arange(frame.height) + 2, "cases.csv")
    kind = Table(columns=("a", "b"))
    for finding in kind.check(cells):
        assert all(2 <= row < frame.height + 2 for row in finding.rows)
    packed = kind.pack(cells, kind.plan(cells))
    assert len(packed) == frame.height
    values = packed["numbers"]
    assert not np.isinf(values).any()
