"""Judging a run elsewhere, and other programs' predictions."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

import iatros
from iatros.workflow.evaluate import evaluate_predictions


@pytest.fixture(scope="module")
def elsewhere(run, cases):
    """A hospital where everyone's log-odds are 1 higher than the run says."""
    table = cases(1600, seed=20)
    risk = np.clip(iatros.predict(run, table)["score"].to_numpy(), 1e-6, 1 - 1e-6)
    logit = np.log(risk / (1 - risk)) + 1
    ill = np.random.default_rng(1).random(len(table)) < 1 / (1 + np.exp(-logit))
    return table.with_columns(ill=pl.Series(np.where(ill, "yes", "no"))), risk, ill


@pytest.fixture(scope="module")
def verdict(run, elsewhere):
    return iatros.evaluate(run, elsewhere[0], recalibrate=True)


def figure(judged, metric, model="iatros"):
    return next(r for r in judged.metrics if r.metric == metric and r.model == model and not (r.group or r.against))


def test_recalibration_finds_the_planted_shift(verdict):
    (local,) = verdict.local
    assert local.intercept == pytest.approx(1, abs=0.2)
    assert local.slope == pytest.approx(1, abs=0.2)
    before = figure(verdict, "observed_expected").value
    after = figure(verdict, "observed_expected", "iatros, local intercept").value
    assert before > 1.1
    assert after == pytest.approx(1, abs=0.03)


def test_figures_are_those_of_scikit_learn(verdict, elsewhere):
    _, risk, ill = elsewhere
    assert figure(verdict, "auroc").value == pytest.approx(roc_auc_score(ill, risk), abs=1e-6)


def test_patients_are_codes(verdict):
    assert all("CANARY" not in code for code in verdict.tables["ill"]["patient"])


def test_the_run_is_as_it_was(run, verdict):
    assert not iatros.open(run.folder.path).changes


def test_anybodys_predictions_are_judged():
    rng = np.random.default_rng(0)
    score = rng.random(300)
    truth = rng.random(300) < score
    judged = evaluate_predictions(pl.DataFrame({"label": truth.astype(int), "probability": score}))
    auroc = next(r for r in judged.metrics if r.metric == "auroc" and not r.group)
    assert auroc.value == pytest.approx(roc_auc_score(truth, score), abs=1e-9)
    assert auroc.low < auroc.value < auroc.high
    assert judged.lines()
