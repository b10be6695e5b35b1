"""What a measurement can be, by its name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.modalities.table_limits import INSIDE, is_age, limits

ADULTS = np.array([45.0, 62, 71, 38, 55, 80, 66, 49, 58, 73])


@pytest.mark.parametrize("name", ["age", "Age", "AGE", "patient_age", "ageAtScan", "age (years)", "Alter", "年龄"])
def test_an_age_is_known_by_its_whole_word(name):
    assert is_age(name)
    assert limits(name, ADULTS).high == 125


@pytest.mark.parametrize("name", ["stage", "dosage", "image", "agent", "percentage", "lineage", "average"])
def test_a_word_that_only_holds_the_letters_is_none(name):
    assert not is_age(name)
    assert limits(name, ADULTS) is None


@pytest.mark.parametrize(
    ("name", "typical", "low", "high"),
    [
        ("trestbps", 130, 20, 370), ("sbp", 120, 20, 370), ("dbp", 80, 5, 300), ("heartRate", 70, 5, 400),
        ("bmi", 25, 5, 200), ("SpO2", 97, 0.1, 100), ("ph", 7.4, 6.3, 8.3), ("sodium", 140, 60, 250), ("crp", 12, 0, 2000),
    ],
)  # fmt: skip
def test_limits_are_those_of_the_measurement_named(name, typical, low, high):
    found = limits(name, typical + np.zeros(20))
    assert (found.low, found.high) == (low, high)


def test_a_column_most_of_which_lies_outside_is_of_another_unit_and_is_left_alone():
    months = ADULTS * 12
    assert limits("age", months) is None
    assert limits("ph", np.full(30, 74.0)) is None  # written without its point


@given(st.integers(0, 20))
def test_a_few_slips_do_not_unsettle_the_limits_and_many_do(slips):
    values = np.full(20, 50.0)
    values[:slips] = 999.0
    assert (limits("age", values) is not None) == ((20 - slips) >= INSIDE * 20)


def test_missing_values_have_no_say():
    values = np.full(100, np.nan)
    values[:3] = 60
    assert limits("age", values) is not None


def test_a_name_that_says_nothing_sets_no_limit():
    assert limits("marker_17", ADULTS) is None
    assert limits("", ADULTS) is None
