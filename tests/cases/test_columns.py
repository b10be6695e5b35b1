from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.cases.columns import numbers, typed


def text(*cells):
    return pl.Series("x", cells, dtype=pl.String)


@settings(deadline=None)
@given(st.lists(st.integers(-(10**14), 10**14), min_size=1))
def test_whole_numbers_come_back(values):
    assert typed(text(*map(str, values))).to_list() == values


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_come_back(values):
    assert typed(text(*map(repr, values), "0.5")).cast(pl.Float64).to_list() == [*values, 0.5]


def test_one_slip_of_the_pen_loses_no_cell():
    assert typed(text("40", "4o", " 41", "")).to_list() == ["40", "4o", " 41", None]


@pytest.mark.parametrize("identifier", ["007", "1234567890123456789"])
def test_an_identifier_of_digits_stays_text(identifier):
    assert typed(text(identifier, "12")).to_list() == [identifier, "12"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("True", "FALSE", "", "true"), [True, False, None, True]),
        (("2019-03-04", ""), [date(2019, 3, 4), None]),
        (("2019-03-04T10:30", "2019-03-04 10:31:05"), [datetime(2019, 3, 4, 10, 30), datetime(2019, 3, 4, 10, 31, 5)]),
        (("1,5", "2,25", "3"), [1.5, 2.25, 3.0]),
        (("NaN", "NA", "1.5"), [None, None, 1.5]),
        (("NA", "EU"), ["NA", "EU"]),
        (("1,234", "5,678"), ["1,234", "5,678"]),
        (("2019-13-40",), ["2019-13-40"]),
        (("1e400",), ["1e400"]),
        (("inf", "1"), [float("inf"), 1.0]),
        (("", "  "), [None, None]),
    ],
)
def test_a_column_is_typed_only_where_every_cell_agrees(cells, expected):
    assert typed(text(*cells)).to_list() == expected


def test_numbers_skips_what_is_none():
    assert numbers(text("1", "x", None, "nan", "2,5")).to_list() == [1.0, None, None, None, 2.5]
