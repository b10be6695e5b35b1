"""Sets and intervals that hold what they promise."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from iatros.predictions import Form
from iatros.safeguards.conformal import Conformal, ConformalFitted

BINARY = Form(task="class", classes=("no", "yes"))
SEVERAL = Form(task="class", classes=("a", "b", "c"))
VALUE = Form(task="value")


def several(cases: int, seed: int) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    scores = generator.dirichlet([4, 2, 0.5], cases)
    truth = ["abc"[generator.choice(3, p=p)] for p in scores]
    return pl.DataFrame({**{f"score:{n}": scores[:, k] for k, n in enumerate("abc")}, "truth": truth})


def values(cases: int, seed: int) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    score = generator.normal(size=cases)
    return pl.DataFrame({"score": score, "truth": score + generator.standard_t(3, cases)})


def holds(table: pl.DataFrame) -> np.ndarray:
    return np.array([truth in names.split("|") for truth, names in zip(table["truth"], table["set"], strict=True)])


@pytest.mark.parametrize("coverage", [0.8, 0.95])
def test_sets_hold_the_truth_as_often_as_promised(coverage):
    guard = Conformal(coverage=coverage)
    after = guard.after(SEVERAL, several(4000, 1), guard.calibrate(SEVERAL, several(2000, 0)))
    assert holds(after).mean() == pytest.approx(coverage, abs=0.025)


def test_the_promise_can_be_kept_within_each_class():
    guard = Conformal(by_class=True)
    new = several(8000, 1)
    held = holds(guard.after(SEVERAL, new, guard.calibrate(SEVERAL, several(4000, 0))))
    assert [held[(new["truth"] == name).to_numpy()].mean() for name in "abc"] == pytest.approx([0.9] * 3, abs=0.04)


def test_two_classes_are_named_in_their_sets():
    table = pl.DataFrame({"score": [0.01, 0.99, 0.5], "truth": [False, True, True]})
    assert Conformal().after(BINARY, table, ConformalFitted(thresholds=(0.5,)))["set"].to_list() == ["no", "yes", "no|yes"]


def test_intervals_hold_the_truth_as_often_as_promised():
    guard = Conformal()
    after = guard.after(VALUE, values(4000, 1), guard.calibrate(VALUE, values(2000, 0)))
    inside = after.select(pl.col("truth").is_between("low", "high").mean()).item()
    assert inside == pytest.approx(0.9, abs=0.02)


def test_intervals_that_the_model_gave_are_widened_where_they_are_too_narrow():
    narrow = [t.with_columns(low=pl.col("score") - 0.1, high=pl.col("score") + 0.1) for t in (values(2000, 0), values(4000, 1))]
    guard = Conformal()
    after = guard.after(VALUE, narrow[1], guard.calibrate(VALUE, narrow[0]))
    assert after.select(pl.col("truth").is_between("low", "high").mean()).item() == pytest.approx(0.9, abs=0.02)


def test_too_few_cases_for_a_promise_leave_everything_possible():
    guard = Conformal()
    fitted = guard.calibrate(SEVERAL, several(5, 0))
    assert set(guard.after(SEVERAL, several(20, 1), fitted)["set"]) == {"a|b|c"}
    after = guard.after(VALUE, values(20, 1), guard.calibrate(VALUE, values(5, 0)))
    assert after["low"].null_count() == 20


def test_what_was_fitted_survives_json():
    fitted = Conformal().calibrate(SEVERAL, several(5, 0))
    assert ConformalFitted.model_validate(json.loads(fitted.model_dump_json())) == fitted
