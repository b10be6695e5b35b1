"""Frames of other programs, in the few types that Iatros knows."""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.cases.frames import plain, polars
from iatros.findings import InputError

KNOWN = (pl.Int64, pl.Float64, pl.Boolean, pl.String, pl.Date, pl.Null)


def test_types_become_the_few_that_are_known():
    when = dt.datetime(2020, 1, 2, 3, 4, tzinfo=dt.UTC)
    frame = pl.DataFrame(
        {
            "float": pl.Series([1.5, float("nan")], dtype=pl.Float32),
            "money": [decimal.Decimal("1.10"), None],
            "kind": pl.Series(["a", None], dtype=pl.Categorical),
            "clock": [dt.time(3, 4), None],
            "zone": pl.Series([when, None], dtype=pl.Datetime("ms", "UTC")),
            "span": [dt.timedelta(hours=1), None],
            "day": [dt.date(2020, 1, 2), None],
            "nothing": pl.Series([None, None], dtype=pl.Null),
        }
    )
    made = plain(frame)
    assert made["float"].to_list() == [1.5, None]
    assert made["money"].to_list() == [1.1, None]
    assert made["kind"].to_list() == ["a", None]
    assert made["clock"].dtype == pl.String
    assert made["zone"].to_list() == [dt.datetime(2020, 1, 2, 3, 4), None]
    assert made["span"].to_list() == [3600.0, None]
    assert made["day"].dtype == pl.Date
    assert made["nothing"].null_count() == 2


@pytest.mark.parametrize("cells", [[[1, 2]], [{"a": 1}], pl.Series([object()], dtype=pl.Object)])
def test_cells_that_hold_several_values_are_refused_by_column(cells):
    with pytest.raises(InputError, match="one value a cell") as raised:
        plain(pl.DataFrame({"age": [1], "box": cells}))
    assert raised.value.finding.column == "box"


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=1, max_size=10))
def test_plain_is_plain_twice(cells):
    frame = pl.DataFrame({"x": pl.Series(cells, dtype=pl.Float64), "y": pl.Series([str(c) for c in cells])})
    assert plain(plain(frame)).equals(plain(frame))


def test_a_lazy_frame_is_collected_and_anything_else_is_a_callers_mistake():
    assert polars(pl.LazyFrame({"a": [1]})).equals(pl.DataFrame({"a": [1]}))
    with pytest.raises(ValueError, match="not from list"):
        polars([1, 2])


def test_pandas_cells_come_over_with_their_gaps_and_without_the_index():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {"age": [61, None, 47], "sex": pd.Categorical(["f", "m", None]), "ill": [True, False, True], "mixed": [1, "4o", None]},
        index=["p9", "p8", "p7"],
    )
    made = plain(polars(frame))
    assert made.columns == ["age", "sex", "ill", "mixed"]
    assert made["age"].to_list() == [61.0, None, 47.0]
    assert made["sex"].to_list() == ["f", "m", None]
    assert made["ill"].to_list() == [True, False, True]
    assert made["mixed"].to_list() == ["1", "4o", None]


def test_two_pandas_columns_of_one_name_are_refused():
    pd = pytest.importorskip("pandas")
    with pytest.raises(InputError, match="two columns have one name: `a`"):
        polars(pd.DataFrame(np.zeros((2, 2)), columns=["a", "a"]))


def test_an_array_has_numbered_columns_and_a_structured_one_its_fields():
    assert polars(np.array([[1.0, 2.0]])).to_dict(as_series=False) == {"x0": [1.0], "x1": [2.0]}
    structured = np.array([(60, "f")], dtype=[("age", "i4"), ("sex", "U1")])
    assert polars(structured).to_dict(as_series=False) == {"age": [60], "sex": ["f"]}
    mixed = polars(np.array([[60, "f"], [None, "m"]], dtype=object))
    assert mixed.to_dict(as_series=False) == {"x0": [60, None], "x1": ["f", "m"]}


def test_an_array_of_one_axis_is_refused():
    with pytest.raises(ValueError, match="two axes"):
        polars(np.arange(3))
