"""Two models on the same cases, beside scikit-learn, a closed form, and a bootstrap written out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, log_loss, mean_absolute_error, roc_auc_score

from iatros.evaluation.paired import FIRST, paired
from iatros.predictions import ENSEMBLE, Form

FORM = Form(task="class", name="ill", classes=("no", "yes"), threshold=0.3)


def scored(count: int = 200, each: int = 1, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """A table of two models, the truth, and the scores of the first and the second. each: cases a patient."""
    rng = np.random.default_rng(seed)
    signal = np.repeat(rng.normal(size=count // each), each) + 0.3 * rng.normal(size=count)
    truth = signal + rng.normal(size=count) > 0
    good, bad = (1 / (1 + np.exp(-(signal + noise * rng.normal(size=count)))) for noise in (0.1, 1.5))
    case = np.arange(count)
    base = pl.DataFrame({"case": case, "patient": [f"p{i // each}" for i in case], "truth": truth}).with_columns(
        scheme=pl.lit("folds")
    )
    models = [base.with_columns(score=pl.Series(score), model=pl.lit(name)) for score, name in ((good, ENSEMBLE), (bad, FIRST))]
    return pl.concat(models), truth, bad, good


def test_figures_of_both_and_their_difference_are_those_of_scikit_learn():
    table, truth, bad, good = scored()
    pair = paired(table, FORM, "a", "b", "ill", resamples=100)
    assert (pair.cases, pair.patients, pair.events) == (200, 200, int(truth.sum()))
    for metric, oracle in (("auroc", roc_auc_score), ("brier", brier_score_loss), ("log_loss", log_loss)):
        assert pair.figure(metric, "a").value == pytest.approx(oracle(truth, bad), abs=1e-6)
        assert pair.figure(metric, "b").value == pytest.approx(oracle(truth, good), abs=1e-6)
        assert pair.difference(metric).value == pytest.approx(oracle(truth, good) - oracle(truth, bad), abs=1e-6)
    flagged = good >= 0.3
    assert pair.figure("sensitivity", "b").value == pytest.approx(flagged[truth].mean())
    assert pair.difference("specificity").value == pytest.approx((~flagged)[~truth].mean() - (bad < 0.3)[~truth].mean())


def test_patients_are_resampled_whole_and_both_models_share_the_resamples():
    table, truth, bad, good = scored(count=240, each=4)
    found = paired(table, FORM, "a", "b", "ill", resamples=1000).difference("brier")
    rng, patient = np.random.default_rng(7), np.arange(240) // 4
    moved = (good - truth) ** 2 - (bad - truth) ** 2
    sums = np.bincount(patient, moved)
    drawn = [sums[rng.integers(0, 60, 60)].sum() / 240 for _ in range(4000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    width = high - low
    assert found.low == pytest.approx(low, abs=0.1 * width)
    assert found.high == pytest.approx(high, abs=0.1 * width)
    alone = paired(table.with_columns(patient=pl.col("case").cast(pl.String)), FORM, "a", "b", "ill", resamples=1000)
    assert alone.difference("brier").value == pytest.approx(found.value)


def test_a_model_beside_itself_differs_by_nothing():
    table, *_ = scored()
    same = table.filter(pl.col("model") == ENSEMBLE)
    twice = pl.concat([same, same.with_columns(model=pl.lit(FIRST))])
    pair = paired(twice, FORM, "a", "b", "ill", resamples=100)
    for metric in pair.sided:
        found = pair.difference(metric)
        assert (found.value, found.low, found.high) == (0, 0, 0), metric


def test_single_seeds_beside_an_ensemble_are_not_what_is_compared():
    table, *_ = scored()
    rng = np.random.default_rng(1)
    seeds = [table.with_columns(score=pl.Series(rng.random(len(table))), seed=pl.lit(seed, pl.Int64)) for seed in (1, 2)]
    whole = pl.concat([table.with_columns(seed=pl.lit(None, pl.Int64)), *seeds])
    alone, beside = (paired(one, FORM, "a", "b", "ill", resamples=100) for one in (table, whole))
    assert alone.difference("auroc") == beside.difference("auroc")
    assert {row.model for row in beside.rows} == {"a", "b"}


def test_values_are_compared_by_their_errors():
    rng = np.random.default_rng(0)
    truth = rng.normal(size=100)
    scores = {ENSEMBLE: truth + 0.1 * rng.normal(size=100), FIRST: truth + rng.normal(size=100)}
    base = pl.DataFrame({"case": np.arange(100), "patient": np.arange(100).astype(str), "truth": truth})
    table = pl.concat(
        [base.with_columns(score=pl.Series(s), model=pl.lit(m), scheme=pl.lit("folds")) for m, s in scores.items()]
    )
    pair = paired(table, Form(task="value", name="stay"), "a", "b", "stay", resamples=200)
    assert pair.sided == ["mae", "rmse", "r2"]
    expected = mean_absolute_error(truth, scores[ENSEMBLE]) - mean_absolute_error(truth, scores[FIRST])
    assert pair.difference("mae").value == pytest.approx(expected)
    assert pair.difference("mae").high < 0
