from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.cases import Cases, include
from iatros.findings import InputError


@pytest.fixture
def cases():
    frame = pl.DataFrame(
        {"age": ["70", "4o", "15", None, "33", "50"], "sex": list("FMFMFM"), "day": ["2019-01-01"] * 3 + ["2021-01-01"] * 3}
    ).with_columns(pl.col("day").str.to_date())
    return Cases(frame, np.arange(2, 8), "cases.csv")


def test_who_enters_and_who_does_not_are_counted(cases):
    chosen = include(cases, "age >= 18")
    assert chosen.rows.tolist() == [2, 6, 7]
    step = chosen.flow[-1]
    assert (step.entered, step.excluded, step.unknown, step.remaining) == (6, 3, 2, 3)
    assert chosen.findings[0].rows == (3, 5)


def test_conditions_may_be_joined_and_ask_for_words_and_dates(cases):
    assert include(cases, "sex = 'F' AND age IN (70, 33)").rows.tolist() == [2, 6]
    assert include(cases, "day > '2020-01-01'").rows.tolist() == [5, 6, 7]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("agee > 1", "did you mean `age`"),
        ("age >", "cannot be read"),
        ("age + 1", "no condition"),
        ("age > 200", "none of 6 cases"),
        ("sex > 3", "cannot be read"),
        ("count(age) > 3", "no condition"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_with_the_reason(cases, where, words):
    with pytest.raises(InputError, match=words):
        include(cases, where)
