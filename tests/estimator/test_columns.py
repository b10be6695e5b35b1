"""X as arrays, pandas and Polars frames."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from iatros.estimator import IatrosClassifier
from iatros.estimator.columns import codes, kinds, outcome, read, weights


def fresh() -> IatrosClassifier:
    return IatrosClassifier()


def test_an_array_becomes_numbered_columns_with_nulls_for_nan():
    frame = read(fresh(), np.array([[1.0, np.nan], [2.0, 3.0]]), reset=True)
    assert frame.to_dict(as_series=False) == {"x0": [1.0, 2.0], "x1": [None, 3.0]}


def test_pandas_and_polars_frames_of_the_same_cells_are_read_alike():
    cells = {"age": [60.5, None], "sex": ["f", "m"], "smokes": [True, False]}
    first, second = read(fresh(), pd.DataFrame(cells), reset=True), read(fresh(), pl.DataFrame(cells), reset=True)
    assert first.equals(second)
    assert kinds(first, None) == kinds(second, None)


def test_types_decide_what_a_column_holds():
    days = [date(2024, 1, 1), date(2024, 1, 2)]
    frame = pl.DataFrame({"n": [1, 2], "yes": [True, False], "day": days, "word": ["a", "b"]}).with_columns(
        kind=pl.Series(["1", "2"], dtype=pl.Categorical)
    )
    assert kinds(frame, None) == {"numbers": ["n"], "booleans": ["yes"], "dates": ["day"], "categories": ["kind"]}


@pytest.mark.parametrize("named", [["ward"], [1], [np.int64(1)]])
def test_a_column_of_numbers_can_be_named_a_category_by_name_or_position(named):
    frame = pl.DataFrame({"age": [1.0], "ward": [2.0]})
    assert kinds(frame, named)["categories"] == ["ward"]


def test_a_category_that_is_no_column_is_refused_by_name():
    with pytest.raises(ValueError, match="'wrad'"):
        kinds(pl.DataFrame({"ward": [1]}), ["wrad"])


@pytest.mark.parametrize("values", [[1, 2, 1], ["a", "b", None]])
def test_a_category_of_pandas_stays_a_category(values):
    frame = read(fresh(), pd.DataFrame({"ward": pd.Categorical(values)}), reset=True)
    assert kinds(frame, None)["categories"] == ["ward"]
    assert frame["ward"].drop_nulls().cast(pl.String).to_list() == [str(v) for v in values if v is not None]


def test_a_lazy_frame_is_collected():
    assert read(fresh(), pl.LazyFrame({"age": [1.0]}), reset=True).shape == (1, 1)


def test_columns_in_another_order_are_refused_at_prediction():
    estimator, frame = fresh(), pd.DataFrame({"age": [1.0], "crp": [2.0]})
    read(estimator, frame, reset=True)
    with pytest.raises(ValueError, match="feature names should match"):
        read(estimator, frame[["crp", "age"]], reset=False)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_infinity_is_refused_with_its_column(frame):
    with pytest.raises(ValueError, match="infinity, in column 'crp'"):
        read(fresh(), frame({"age": [1.0], "crp": [np.inf]}), reset=True)


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": []}), pl.DataFrame({"a": []}), pd.DataFrame(index=[0])])
def test_an_empty_frame_is_refused(frame):
    with pytest.raises(ValueError, match="minimum of 1 is required"):
        read(fresh(), frame, reset=True)


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"unique column names|two columns have one name"):
        read(fresh(), pd.DataFrame([[1.0, 2.0]], columns=["age", "age"]), reset=True)


def test_y_may_be_a_series_of_either_library_and_must_be_complete():
    for y in (pd.Series([1.0, 2.0]), pl.Series([1.0, 2.0]), [1.0, 2.0]):
        assert outcome(fresh(), y, 2).tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="NaN"):
        outcome(fresh(), [1.0, np.nan], 2)
    with pytest.raises(ValueError, match="inconsistent"):
        outcome(fresh(), [1.0], 2)


def test_patients_become_codes_and_without_groups_each_case_is_its_own():
    assert codes(["b", "a", "b"], 3).tolist() == [1, 0, 1]
    assert codes(None, 3).tolist() == [0, 1, 2]


@pytest.mark.parametrize("bad", [[1.0, 0.0], [1.0, -1.0], [1.0, np.nan]])
def test_a_weight_that_is_not_positive_is_refused(bad):
    with pytest.raises(ValueError, match=r"positive|NaN"):
        weights(bad, 2)


def test_names_of_columns_that_are_numbers_are_numbered():
    estimator = fresh()
    assert read(estimator, pd.DataFrame([[1.0, 2.0]], columns=[7, 9]), reset=True).columns == ["x0", "x1"]
    assert not hasattr(estimator, "feature_names_in_")
