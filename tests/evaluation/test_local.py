"""What a few local patients would mend: against scikit-learn and scipy draw by draw, and a shift that was planted."""

import numpy as np
import polars as pl
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from iatros.evaluation import Settings, evaluate
from iatros.evaluation.local import LEARNERS, corrected_figures, corrections, learners
from iatros.predictions import LOCAL_INTERCEPT, LOCAL_SLOPE, Form

FORM = Form(task="class", name="y", classes=("no", "yes"))


def hospital(n=300, shift=1.0, slope=1.0, seed=0):
    """Truth by the risk of a line through the model's logits."""
    generator = np.random.default_rng(seed)
    odds = generator.normal(0, 1.5, n)
    return generator.random(n) < expit(shift + slope * odds), odds


def table(sites, scheme="sites", per_patient=1):
    """Predictions of cases of several sites: name -> (truth, odds)."""
    parts = [
        pl.DataFrame({"truth": truth, "score": expit(odds), "site": [name] * len(truth)})
        for name, (truth, odds) in sites.items()
    ]
    whole = pl.concat(parts).with_row_index("case")
    return whole.with_columns(
        patient=(pl.col("case") // per_patient).cast(pl.String),
        scheme=pl.lit(scheme),
        part=pl.lit("test"),
        model=pl.lit("iatros"),
    )


def judged(frame):
    """Rows of the what-if."""
    found = evaluate(frame, FORM, settings=Settings(resamples=50, group_resamples=50, curve_resamples=10), target="y")
    return [row for row in found.rows if row.model in (LOCAL_INTERCEPT, LOCAL_SLOPE)]


@pytest.fixture(scope="module")
def drawn():
    truth, odds = hospital()
    learn = learners(np.arange(len(truth)), 60, 8, np.random.default_rng(1))
    return truth, odds, learn, corrections(truth, odds, learn.astype(float))


def test_the_shift_is_the_one_that_makes_the_mean_risk_of_the_learners_right(drawn):
    truth, odds, learn, found = drawn
    for number, some in enumerate(learn):
        shift = brentq(lambda d, some=some: expit(odds[some] + d).mean() - truth[some].mean(), -9, 9)
        assert found[LOCAL_INTERCEPT].intercept[number] == pytest.approx(shift, abs=1e-6)
    assert (found[LOCAL_INTERCEPT].slope == 1).all()


def test_the_line_is_scikit_learns_logistic_regression_on_the_learners(drawn):
    truth, odds, learn, found = drawn
    for number, some in enumerate(learn):
        peer = LogisticRegression(C=np.inf, tol=1e-10).fit(odds[some, None], truth[some])
        line = found[LOCAL_SLOPE].intercept[number], found[LOCAL_SLOPE].slope[number]
        assert line == pytest.approx((peer.intercept_[0], peer.coef_[0, 0]), abs=1e-4)


@pytest.mark.parametrize("name", [LOCAL_INTERCEPT, LOCAL_SLOPE])
def test_figures_after_the_correction_are_those_of_the_corrected_risks_of_the_others(drawn, name):
    truth, odds, learn, found = drawn
    correction = found[name]
    figures = corrected_figures(truth, odds, (~learn).astype(float), correction)
    for number, some in enumerate(~learn):
        y, before = truth[some], expit(odds[some])
        after = expit(correction.intercept[number] + correction.slope[number] * odds[some])
        peer = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(after)[:, None], y)
        shift = brentq(lambda d, after=after, y=y: expit(logit(after) + d).mean() - y.mean(), -9, 9)
        wanted = {
            "observed_expected": y.mean() / after.mean(),
            "calibration_slope": peer.coef_[0, 0],
            "calibration_intercept": shift,
            "brier": brier_score_loss(y, after) - brier_score_loss(y, before),
            "log_loss": log_loss(y, after) - log_loss(y, before),
        }
        assert {metric: values[number] for metric, values in figures.items()} == pytest.approx(wanted, abs=2e-4)


def test_a_planted_shift_is_mended_and_a_right_model_is_not_improved():
    rows = judged(table({"off": hospital(4000, shift=1.5), "right": hospital(4000, shift=0.0, seed=3)}))
    one = {(row.group, row.model, row.metric): row for row in rows}
    assert one["site=off", LOCAL_INTERCEPT, "observed_expected"].value == pytest.approx(1, abs=0.06)
    assert one["site=off", LOCAL_INTERCEPT, "brier"].high < 0
    assert one["site=right", LOCAL_INTERCEPT, "brier"].value >= 0
    assert one["site=right", LOCAL_SLOPE, "log_loss"].value > 0


def test_a_planted_slope_is_mended_by_the_line_alone():
    rows = judged(table({"steep": hospital(4000, shift=0.0, slope=0.4), "other": hospital(200)}))
    one = {(row.group, row.model, row.metric): row for row in rows}
    assert one["site=steep", LOCAL_INTERCEPT, "calibration_slope"].value == pytest.approx(0.4, abs=0.05)
    assert one["site=steep", LOCAL_SLOPE, "calibration_slope"].value == pytest.approx(1, abs=0.15)
    assert one["site=steep", LOCAL_SLOPE, "log_loss"].value < -0.02 < one["site=steep", LOCAL_INTERCEPT, "log_loss"].value


def test_learners_are_whole_patients_as_many_as_asked_for():
    patient = np.repeat(np.arange(40), 3)
    drawn = learners(patient, 15, 30, np.random.default_rng(0))
    by_patient = drawn.reshape(30, 40, 3)
    assert (by_patient.all(axis=2) == by_patient.any(axis=2)).all()
    assert (by_patient[:, :, 0].sum(axis=1) == 15).all()
    assert len(np.unique(drawn, axis=0)) == 30


def test_learners_of_one_class_change_nothing():
    truth, odds = np.zeros(60, bool), np.linspace(-2, 1, 60)
    found = corrections(truth, odds, np.ones((3, 60)))
    for correction in found.values():
        np.testing.assert_allclose(correction(odds), np.tile(odds, (3, 1)))


def test_a_falling_line_is_not_used():
    truth, odds = hospital(200, shift=0.0, slope=-2.0)
    found = corrections(truth, odds, np.ones((1, 200)))
    assert found[LOCAL_SLOPE].slope[0] == 1
    assert found[LOCAL_SLOPE].intercept[0] == found[LOCAL_INTERCEPT].intercept[0]


def test_a_hospital_with_too_few_patients_keeps_a_row_with_the_reason():
    rows = judged(table({"small": hospital(150), "large": hospital(300)}, per_patient=2))
    held = [row for row in rows if row.group == "site=small"]
    assert {row.model for row in held} == {LOCAL_INTERCEPT, LOCAL_SLOPE}
    assert all(row.value is None and row.withheld.startswith("75 patients; 80 are needed") for row in held)
    assert all(row.value is not None for row in rows if row.group == "site=large")


def test_hospitals_that_were_in_training_are_not_recalibrated():
    assert judged(table({"a": hospital(300), "b": hospital(300)}, scheme="folds")) == []


def test_the_headline_is_the_same_with_and_without_the_what_if():
    found = {}
    for scheme in ("sites", "folds"):
        frame = table({"a": hospital(200), "b": hospital(200, seed=2)}, scheme)
        rows = evaluate(frame, FORM, settings=Settings(resamples=50, group_resamples=50, curve_resamples=10)).rows
        found[scheme] = [row.model_copy(update={"scheme": ""}) for row in rows if row.model == "iatros"]
    assert found["sites"] == found["folds"]


def test_rows_say_how_many_learn_and_are_the_same_each_time():
    frame = table({"a": hospital(200), "b": hospital(200, seed=2)})
    assert judged(frame) == judged(frame)
    assert {row.rule for row in judged(frame)} == {f"{LEARNERS} local patients"}
