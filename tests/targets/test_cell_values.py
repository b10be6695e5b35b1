"""Cells of an outcome as names, numbers, and yes or no: whatever type the file gave them."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.targets import cell_values
from iatros.targets.cell_values import FALSE, MISSING, TRUE


@given(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=1, max_size=20))
def test_whole_numbers_have_one_name_whatever_type_they_come_in(cells):
    expected = [None if cell is None else str(cell) for cell in cells]
    for kind in (pl.Int64, pl.Float64, pl.String):
        column = pl.Series("x", cells, dtype=pl.Int64).cast(kind)
        assert cell_values.names(column) == expected


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_numbers_are_read_alike_as_numbers_and_as_text(cells):
    as_numbers = cell_values.numbers(pl.Series("x", cells, dtype=pl.Float64))
    as_text = cell_values.numbers(pl.Series("x", [None if cell is None else repr(cell) for cell in cells], dtype=pl.String))
    assert np.array_equal(as_numbers, as_text, equal_nan=True)
    assert np.array_equal(np.isnan(as_numbers), [cell is None for cell in cells])


@pytest.mark.parametrize("word", sorted(MISSING))
@pytest.mark.parametrize("way", [str, str.upper, str.title, lambda w: f"  {w} "])
def test_words_for_nothing_are_nothing_in_any_case(word, way):
    assert cell_values.names(pl.Series("x", [way(word), "ill"])) == [None, "ill"]
    assert np.isnan(cell_values.booleans(pl.Series("x", [way(word)]))[0])


@pytest.mark.parametrize(("words", "value"), [(TRUE, 1.0), (FALSE, 0.0)])
def test_yes_and_no_are_known_in_any_case(words, value):
    for way in (str, str.upper, str.title):
        assert (cell_values.booleans(pl.Series("x", [way(word) for word in sorted(words)])) == value).all()


def test_what_is_neither_yes_nor_no_is_unknown():
    assert np.isnan(cell_values.booleans(pl.Series("x", ["maybe", "2", "-1", "yess"]))).all()


def test_true_and_false_are_one_class_each_however_they_are_written():
    assert cell_values.names(pl.Series("x", ["True", "FALSE", "true", None])) == ["true", "false", "true", None]
    assert cell_values.names(pl.Series("x", [True, False, None])) == ["true", "false", None]
    assert cell_values.names(pl.Series("x", ["True", "ill"])) == ["True", "ill"]  # among other words a name stays as it is


def test_the_natural_order_is_numbers_by_size_then_no_before_yes_then_words():
    found = {"10", "9", "-1", "2.5", "yes", "no", "mild", "Severe"}
    assert cell_values.in_natural_order(found) == ("-1", "2.5", "9", "10", "no", "yes", "mild", "Severe")


@given(st.lists(st.text(st.sampled_from("aAbB1.0"), max_size=3), unique=True, max_size=8), st.randoms())
def test_the_order_of_names_does_not_depend_on_how_they_were_met(found, dice):
    shuffled = dice.sample(found, len(found))
    assert cell_values.in_natural_order(shuffled) == cell_values.in_natural_order(found)
    assert set(cell_values.in_natural_order(found)) == set(found)


NUMBERS = [({"1", "2.5"}, True), ({"1", "a"}, False), (set(), False), ({"nan"}, False), ({"inf"}, False)]


@pytest.mark.parametrize(("found", "yes"), NUMBERS)
def test_numbers_are_all_numbers(found, yes):
    assert cell_values.are_numbers(found) == yes


def test_infinities_are_numbers_here_and_refused_where_they_matter():
    assert cell_values.numbers(pl.Series("x", ["inf"]))[0] == math.inf
