"""A class by its name, or by an expression over the cells."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.findings import InputError
from iatros.targets.class_rule import OTHER, columns, expression, meant, name_cases


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=20), st.integers(-5, 5))
def test_a_comparison_holds_where_python_says_so(cells, limit):
    rule = f"num > {limit}"
    expected = [None if cell is None else rule if cell > limit else OTHER for cell in cells]
    for kind in (pl.Int64, pl.Float64, pl.String):
        frame = pl.DataFrame({"num": pl.Series(cells, dtype=pl.Int64).cast(kind)})
        assert name_cases(frame, "num", rule) == expected


RULES = [("num > 0", True), ("num IN (1, 2)", True), ("ill", False), ("num", False), (None, False), ("other > 0", False)]


@pytest.mark.parametrize(("positive", "is_rule"), [*RULES, ("num >", False), ("a b c", False)])
def test_it_is_an_expression_if_it_can_be_read_and_speaks_of_the_column(positive, is_rule):
    assert (expression(positive, "num") is not None) == is_rule


def test_the_columns_of_an_expression_are_read_and_each_once():
    assert columns("num > 0 AND age < 40 AND num < 9", "num") == ("num", "age")
    assert columns("ill", "num") == ("num",)


def test_two_columns_decide_together():
    frame = pl.DataFrame({"num": [1, 1, 0], "age": [30, 50, 30]})
    rule = "num > 0 AND age < 40"
    assert name_cases(frame, "num", rule) == [rule, OTHER, OTHER]


def test_words_for_nothing_are_unknown_and_do_not_make_numbers_text():
    frame = pl.DataFrame({"num": ["3", "?", " 0 ", "NA", None]})
    assert name_cases(frame, "num", "num > 0") == ["num > 0", None, OTHER, None, None]


@pytest.mark.parametrize(("frame", "rule"), [({"num": ["a", "b"]}, "num > 0"), ({"num": [1, 2]}, "num + 1")])
def test_an_expression_that_cannot_be_applied_is_the_users_to_mend(frame, rule):
    with pytest.raises(InputError, match="cannot be applied"):
        name_cases(pl.DataFrame(frame), "num", rule)


def test_a_name_is_meant_as_it_is_written_or_as_the_only_one_that_differs_in_case():
    assert meant("ill", {"ill", "ILL"}) == "ill"
    assert meant("ill", {"Ill", "well"}) == "Ill"
    assert meant("ill", {"Ill", "ILL"}) == "ill"  # two could be meant: neither is
    assert meant("ill", {"well"}) == "ill"
