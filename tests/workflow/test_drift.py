"""Are new cases like those of training? Planted shifts are found, and unshifted cases are left alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.workflow.drift import drift, reference


def rows(count, seed):
    values = np.random.default_rng(seed).normal(size=(count, 5))
    values[:, 1] += 0.8 * values[:, 0]
    return values


NAMES = tuple("abcde")


def test_one_in_two_hundred_like_cases_is_flagged():
    known = reference(rows(2000, 0), NAMES)
    share = float((known.distance(rows(40_000, 1)) > known.limit).mean())
    assert share == pytest.approx(0.005, abs=0.003)


def test_a_case_that_breaks_a_correlation_is_far_away():
    known = reference(rows(2000, 0), NAMES)
    usual, odd = np.zeros((1, 5)), np.zeros((1, 5))
    usual[0, :2], odd[0, :2] = (2.5, 2.0), (2.5, -6.0)
    assert known.distance(usual)[0] < known.limit < known.distance(odd)[0]


def test_a_shift_of_one_column_is_told():
    known = reference(rows(2000, 0), NAMES)
    moved = rows(2000, 2)
    moved[:, 3] += 1
    moved[:1000, 4] = np.nan
    told = drift(known, moved)
    assert told["feature"][0] == "d"
    assert told["verdict"].to_list() == ["drifted", *["stable"] * 4]
    assert told["shift_sd"][0] == pytest.approx(1, abs=0.1)
    absent = told.filter(pl.col("feature") == "e")["new_missing"].item()
    assert absent == pytest.approx(0.5)


def test_many_features_that_are_missing_do_not_hide_the_one_that_is_there():
    values = np.random.default_rng(0).normal(size=(200, 120))
    known = reference(values, tuple(f"f{i}" for i in range(120)))
    gone = np.full((50, 120), np.nan)
    gone[:, 119] = 3.0
    told = drift(known, gone)
    assert told.filter(pl.col("feature") == "f119")["new_mean"].item() == pytest.approx(3)
    assert told["new_mean"].null_count() == 119


def test_a_run_flags_what_it_has_not_seen(run, cases):
    table = cases(400, seed=30)
    assert iatros.predicted(run, table).familiar.unusual.mean() < 0.03
    moved = iatros.predicted(run, table.with_columns(crp=pl.col("crp") + 100))
    assert moved.familiar.unusual.mean() > 0.9
    assert moved.familiar.drift["feature"][0].endswith("crp")
    assert moved.frame["flag"].drop_nulls()[0] == "unlike the training cases"


def test_training_cases_are_not_unlike_themselves_where_features_outnumber_cases():
    rare = (np.random.default_rng(3).random((200, 800)) < 0.01).astype(float)
    known = reference(rare, tuple(f"k{i}" for i in range(800)))
    assert (known.distance(rare) > known.limit).mean() <= 0.005
