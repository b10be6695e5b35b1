from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.modalities.table_plan import Told, plan, read, written


def kind(cells, name="x", **told):
    return plan(pl.Series(name, cells, strict=False), Told(**told)).kind


RNG = np.random.default_rng(1)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1.5, 2.0, 3.25], "number"),
        ([str(v) for v in range(99)] + ["4o"], "number"),
        ([f"{v}" for v in range(60)] + ["<5"] * 30, "number"),
        (["1", "2", "3+"] * 20, "category"),
        ([0, 1] * 10, "category"),
        ([1, 2, 3, 4] * 10, "category"),
        (list(range(40)), "number"),
        (["a", "b"] * 3, "category"),
        ([True, None, False], "boolean"),
        (["TRUE", "false", "True"], "boolean"),
        (["2019-01-02", "2019-03-04"], "date"),
        (["03/04/2019", "13/04/2019"], "date"),
        ([None, None], "left out"),
        (["?", "NA", ""], "left out"),
        (["7B"] * 20, "left out"),
        ([f"text {i} of its own" for i in range(40)], "left out"),
    ],
)
def test_what_a_column_holds_is_seen_from_its_cells(cells, expected):
    assert kind(cells) == expected


@pytest.mark.parametrize("name", ["patient_id", "RecordID", "ID", "mrn", "病人编号"])
def test_an_identifier_is_left_out_and_nothing_of_it_kept(name):
    found = plan(pl.Series(name, list(range(1000, 1040))), Told())
    assert found.kind == "left out"
    assert not found.vocabulary
    assert plan(pl.Series(name, [f"P{i // 2}" for i in range(100)]), Told()).kind == "left out"


@pytest.mark.parametrize("name", ["malic_acid", "thyroid", "lipid", "uric acid", "steroid"])
def test_a_measurement_whose_name_ends_in_id_is_no_identifier(name):
    assert plan(pl.Series(name, [1.5, 2.5, 3.25, 4.0] * 10), Told()).kind == "number"


def test_the_study_has_the_last_word():
    assert kind([1, 2, 3, 4] * 10, kind="number") == "number"
    assert kind([1.5, 2.5, 1.5], kind="category") == "category"
    assert kind(list(range(30)), name="id", kind="number") == "number"
    assert kind(["yes", "no"], kind="boolean") == "boolean"


def test_codes_of_the_study_count_as_missing():
    column = pl.Series("x", [1.5, -7.0, 2.5, 3.0])
    assert np.isnan(read(column, plan(column, Told(missing=(-7,)))).values).tolist() == [False, True, False, False]
    column = pl.Series("x", ["a", "refused", "b"])
    assert plan(column, Told(missing=("Refused",))).vocabulary == ("a", "b")


def test_nothing_is_looked_for_where_the_study_forbids():
    column = pl.Series("age", [*range(20, 60), 999, -3])
    assert plan(column, Told()).codes == (999.0,)
    assert np.isnan(read(column, plan(column, Told())).values).sum() == 2
    assert not np.isnan(read(column, plan(column, Told(look=False))).values).any()


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=30))
def test_numbers_as_text_and_as_numbers_read_alike(cells):
    numbers = pl.Series("x", cells, dtype=pl.Int64)
    told = Told(kind="number", look=False)
    for column in (numbers, numbers.cast(pl.Float64), numbers.cast(pl.String)):
        planned = plan(column, told)
        if planned.kind == "number":
            expected = numbers.cast(pl.Float64).fill_null(float("nan")).to_numpy()
            assert np.array_equal(read(column, planned).values, expected, equal_nan=True)


@settings(deadline=None)
@given(st.lists(st.text(max_size=4), min_size=1, max_size=20))
def test_any_text_can_be_read_as_anything(cells):
    column = pl.Series("x", cells, dtype=pl.String)
    for kind_ in ("number", "category", "boolean", "date", ""):
        values = read(column, plan(column, Told(kind=kind_))).values
        assert values.shape == (len(cells),)
        assert not np.isinf(values).any()


def test_one_number_has_one_spelling_and_so_has_truth():
    planned = plan(pl.Series("x", ["a"]), Told())
    assert written(pl.Series(["1.0", "1", "01", " TRUE", "?", "none"]), planned).to_list() == [
        "1",
        "1",
        "01",
        "true",
        None,
        "none",
    ]
    assert written(pl.Series([1.0, 2.5, None]), planned).to_list() == ["1", "2.5", None]
