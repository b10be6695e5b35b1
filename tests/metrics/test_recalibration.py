import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from iatros.metrics.probabilities import log_loss
from iatros.metrics.ranking import auroc
from iatros.metrics.recalibration import apply_temperature, fit_intercept, fit_isotonic, fit_platt, fit_temperature


def expit(odds):
    return 1 / (1 + np.exp(-odds))


@pytest.fixture
def planted():
    generator = np.random.default_rng(13)
    odds = generator.normal(size=10_000)
    return generator.random(10_000) < expit(odds), odds


def test_platt_undoes_a_planted_line(planted):
    truth, odds = planted
    found = fit_platt(expit(2 * odds - 1), truth)
    assert found.slope == pytest.approx(0.5, abs=0.04)
    assert found.intercept == pytest.approx(0.5, abs=0.06)


def test_recalibration_in_the_large_makes_the_mean_risk_right(planted):
    truth, odds = planted
    risk = expit(odds + 1.5)
    found = fit_intercept(risk, truth)
    assert found.slope == 1
    assert found(risk).mean() == pytest.approx(truth.mean(), abs=1e-6)


def test_separated_classes_get_a_shift_alone_and_one_class_gets_none():
    risk = np.array([0.1, 0.2, 0.8, 0.9])
    assert fit_platt(risk, risk > 0.5).slope == 1
    assert fit_intercept(risk, np.ones(4, bool)).intercept == 0


def test_temperature_finds_how_much_too_sure_the_scores_were():
    generator = np.random.default_rng(14)
    logits = generator.normal(size=(8000, 3)) * 1.5
    truth = (apply_temperature(logits, 1.0).cumsum(axis=1) > generator.random((8000, 1))).argmax(axis=1)
    assert fit_temperature(2.5 * logits, truth) == pytest.approx(2.5, rel=0.05)


def test_temperature_one_is_the_softmax_and_sums_to_one():
    risks = apply_temperature(np.array([[0.0, np.log(3.0)]]), 1.0)
    assert risks[0].tolist() == pytest.approx([0.25, 0.75])


def test_isotonic_equals_scikit_learns(planted):
    truth, odds = (part[:500] for part in planted)
    risk = np.round(expit(odds), 2)
    weight = np.random.default_rng(0).random(500)
    peer = IsotonicRegression(out_of_bounds="clip").fit(risk, truth, weight)
    new = np.linspace(0, 1, 333)
    assert fit_isotonic(risk, truth, weight)(new) == pytest.approx(peer.predict(new), abs=1e-9)


def test_recalibration_lowers_the_log_loss_and_leaves_the_ranking(planted):
    truth, odds = planted
    risk = expit(3 * odds + 1)
    for fitted in (fit_platt(risk, truth), fit_isotonic(risk, truth)):
        assert log_loss(truth, np.clip(fitted(risk), 1e-6, 1 - 1e-6))[0] < log_loss(truth, risk)[0] - 0.1
        assert auroc(truth, fitted(risk))[0] == pytest.approx(auroc(truth, risk)[0], abs=0.01)
