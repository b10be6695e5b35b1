"""Which column is to be predicted?"""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.drafting import outcome
from iatros.drafting.profile import profile

N = 200
RNG = np.random.default_rng(0)
BINARY = np.arange(N) % 4 == 0


def profiles(**columns):
    return [profile(column) for column in pl.DataFrame(columns).get_columns()]


def best(**columns):
    return outcome.candidates(profiles(**columns))[0]


@pytest.mark.parametrize(
    "name", ["target", "Label", "diagnosis", "y", "hospital_mortality", "died", "Outcome", "relapse", "event"]
)
def test_an_outcome_is_known_by_its_name_wherever_it_stands(name):
    columns = {
        "smoker": BINARY.astype(int),
        name: BINARY[::-1].astype(int),
        "crp": RNG.normal(size=N),
        "diabetes": BINARY.astype(int),
    }
    assert best(**columns).column == name
    assert best(**columns).clear


def test_without_a_name_the_last_column_is_taken_as_a_weak_guess():
    found = best(sex=BINARY.astype(int), crp=RNG.normal(size=N), grp=np.arange(N) % 4)
    assert (found.column, found.clear) == ("grp", False)


def test_neither_sex_nor_marital_status_is_an_outcome():
    assert outcome.candidates(profiles(sex=BINARY.astype(int), marital_status=np.resize(["single", "married"], N))) == []


def test_a_column_that_others_describe_is_the_outcome():
    there = np.where(BINARY, "Present", "Absent")
    detail = [["loud", "soft"][i % 2] if flag else None for i, flag in enumerate(BINARY)]
    found = best(
        ward=np.resize(["a", "b"], N), wheeze=there, wheeze_pitch=detail, wheeze_place=detail, age=RNG.normal(60, 9, N)
    )
    assert found.column == "wheeze"
    assert "named after it" in found.why
    assert found.positive == "Present"


@pytest.mark.parametrize(
    ("values", "positive"),
    [(["no", "yes"], "yes"), (["benign", "malignant"], "malignant"), ([0, 1], "1"), (["control", "sepsis"], "sepsis"),
     ([True, False], "true"), (["a", "a", "b"], "b")],
)  # fmt: skip
def test_the_positive_class_is_the_one_that_is_looked_for(values, positive):
    assert best(label=pl.Series("label", [values[i % len(values)] for i in range(N)])).positive == positive


def test_outcomes_that_are_not_known_are_no_class():
    found = best(label=np.resize(["ill", "well", "unknown"], N))
    assert (set(found.classes), found.unknown, found.positive) == ({"ill", "well"}, ("unknown",), "ill")


@pytest.mark.parametrize(
    ("values", "kind"), [(RNG.normal(size=N), "value"), (np.arange(N) % 5, "class"), (np.arange(N), "value")]
)
def test_numbers_of_many_values_are_a_value_and_few_whole_ones_classes(values, kind):
    assert best(outcome=values).kind == kind


@given(st.sampled_from(["died", "status", "tumour grade"]), st.integers(0, 9))
def test_a_numbered_twin_is_named_after_its_column(name, number):
    assert outcome.named_after(f"{name} {number}", name)
    assert not outcome.named_after(name, name)
