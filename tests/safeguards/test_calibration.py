"""Recalibration of a predictions table."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from iatros.predictions import Form
from iatros.safeguards.calibration import Calibration, CalibrationFitted

BINARY = Form(task="class", classes=("no", "yes"))
SEVERAL = Form(task="class", classes=("a", "b", "c"))
LABELS = Form(task="labels", classes=("edema", "mass"))
METHODS = ("platt", "temperature", "isotonic")


def binary(cases: int = 4000) -> tuple[pl.DataFrame, np.ndarray]:
    """A table whose scores are twice too sure, on the logit scale; and the true risks."""
    generator = np.random.default_rng(0)
    odds = generator.normal(size=cases)
    risk = 1 / (1 + np.exp(-odds))
    return pl.DataFrame({"score": 1 / (1 + np.exp(-2 * odds)), "truth": generator.random(cases) < risk}), risk


@pytest.mark.parametrize("method", METHODS)
def test_scores_that_are_too_sure_become_the_true_risks(method):
    table, risk = binary()
    guard = Calibration(method=method)
    after = guard.after(BINARY, table.drop("truth"), guard.calibrate(BINARY, table))
    assert np.abs(after["score"].to_numpy() - risk).mean() < 0.03
    assert after["score_raw"].to_list() == table["score"].to_list()


@pytest.mark.parametrize("method", METHODS)
def test_recalibration_never_turns_the_order_round(method):
    table, _ = binary(400)
    guard = Calibration(method=method)
    after = guard.after(BINARY, table, guard.calibrate(BINARY, table)).sort("score_raw")
    assert (np.diff(after["score"].to_numpy()) >= 0).all()


def test_a_shift_of_prevalence_is_mended_by_a_line():
    generator = np.random.default_rng(0)
    risk = generator.uniform(0.01, 0.4, 4000)
    balanced = risk / 0.2 / (risk / 0.2 + (1 - risk) / 0.8)  # as learned with balanced classes
    table = pl.DataFrame({"score": balanced, "truth": generator.random(4000) < risk})
    guard = Calibration()
    after = guard.after(BINARY, table, guard.calibrate(BINARY, table))
    assert np.abs(after["score"].to_numpy() - risk).mean() < 0.02


@pytest.mark.parametrize("method", METHODS)
def test_probabilities_of_several_classes_still_add_up_to_one(method):
    generator = np.random.default_rng(0)
    scores = generator.dirichlet([1, 1, 1], 600)
    truth = ["abc"[generator.choice(3, p=p)] for p in scores]
    table = pl.DataFrame({**{f"score:{n}": scores[:, k] ** 2 for k, n in enumerate("abc")}, "truth": truth})
    guard = Calibration(method=method)
    after = guard.after(SEVERAL, table, guard.calibrate(SEVERAL, table))
    assert np.allclose(sum(after[column].to_numpy() for column in SEVERAL.scores()), 1)
    assert {"score_raw:a", "score_raw:b", "score_raw:c"} <= set(after.columns)


def test_each_label_is_recalibrated_by_itself_where_it_is_known():
    table, risk = binary(2000)
    known = np.arange(2000) % 3 > 0
    truth = [bool(t) if k else None for t, k in zip(table["truth"], known, strict=True)]
    labels = pl.DataFrame(
        {"score:edema": table["score"], "truth:edema": truth, "score:mass": risk, "truth:mass": [False] * 2000}
    )
    guard = Calibration()
    after = guard.after(LABELS, labels, guard.calibrate(LABELS, labels))
    assert np.abs(after["score:edema"].to_numpy() - risk).mean() < 0.04
    assert after["score:mass"].to_list() == labels["score:mass"].to_list()  # one class only: nothing to learn from


@pytest.mark.parametrize("method", METHODS)
def test_a_calibration_part_of_one_class_changes_nothing(method):
    table = pl.DataFrame({"score": [0.2, 0.4, 0.6], "truth": [True, True, True]})
    guard = Calibration(method=method)
    assert guard.after(BINARY, table, guard.calibrate(BINARY, table)).equals(table)


def test_sampling_weights_decide_the_prevalence():
    table = pl.DataFrame({"score": [0.5] * 200, "truth": [True, False] * 100, "weight": [1.0, 9.0] * 100})
    guard = Calibration()
    after = guard.after(BINARY, table, guard.calibrate(BINARY, table))
    assert after["score"][0] == pytest.approx(0.1, abs=0.005)


@pytest.mark.parametrize("method", METHODS)
def test_what_was_fitted_survives_json(method):
    table, _ = binary(400)
    fitted = Calibration(method=method).calibrate(BINARY, table)
    assert CalibrationFitted.model_validate(json.loads(fitted.model_dump_json())) == fitted
