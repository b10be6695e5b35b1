import numpy as np
import pytest

from iatros.metrics.calibration import (
    band,
    calibration_curve,
    calibration_groups,
    calibration_intercept,
    calibration_slope,
    shown_risks,
)
from iatros.metrics.probabilities import brier_score, log_loss, observed_expected, prevalence, risk_distribution
from iatros.metrics.proportions import z_score


@pytest.fixture
def planted():
    """Truth drawn from known risks."""
    generator = np.random.default_rng(9)
    odds = generator.normal(size=20_000) * 1.5 - 0.5
    return generator.random(20_000) < 1 / (1 + np.exp(-odds)), odds


def expit(odds):
    return 1 / (1 + np.exp(-odds))


def test_a_band_of_pairs_is_that_of_all_products_of_pairs_with_a_common_thing():
    rng = np.random.default_rng(0)
    first, second = rng.permutation(np.triu_indices(12), axis=1)[:, :60]
    of, y = rng.normal(size=(60, 3)) / 60, np.array([0.2, 0.5, 0.7])
    things = [{a, b} for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    alike = np.array([[bool(one & other) for other in things] for one in things])
    total = np.einsum("nx,nm,mx->x", of, alike, of)
    low, high = band(y, of, first, second)
    half = np.log(high / (1 - high)) - np.log(y / (1 - y))
    wanted = z_score() * np.sqrt(total * 12 / 11) / (y * (1 - y))
    np.testing.assert_allclose(half, wanted, rtol=1e-9)
    assert (low < y).all()


def test_right_risks_have_slope_one_and_intercept_nought(planted):
    truth, odds = planted
    assert calibration_slope(truth, expit(odds))[0] == pytest.approx(1, abs=0.05)
    assert calibration_intercept(truth, expit(odds))[0] == pytest.approx(0, abs=0.05)
    assert observed_expected(truth, expit(odds))[0] == pytest.approx(1, abs=0.03)


def test_planted_faults_are_found(planted):
    truth, odds = planted
    assert calibration_slope(truth, expit(2 * odds))[0] == pytest.approx(0.5, abs=0.03)
    assert calibration_intercept(truth, expit(odds + 0.7))[0] == pytest.approx(-0.7, abs=0.05)


def test_risks_that_are_all_alike_have_no_slope(planted):
    truth, _ = planted
    assert np.isnan(calibration_slope(truth, np.full(len(truth), 0.3))).all()


def test_the_curve_follows_a_bend_that_no_line_would(planted):
    truth, odds = planted
    curve = calibration_curve(truth, expit(np.sinh(odds)))
    right = expit(np.arcsinh(np.log(curve.x / (1 - curve.x))))
    assert np.abs(curve.y - right)[1:-1].max() < 0.05
    assert np.abs(curve.y - curve.x).max() > 0.1


def test_the_band_holds_the_diagonal_as_often_as_promised():
    inside = []
    for seed in range(150):
        generator = np.random.default_rng(seed)
        odds = generator.normal(size=400)
        curve = calibration_curve(generator.random(400) < expit(odds), expit(odds))
        low, high = band(curve.y, curve.of, np.arange(400))
        inside.append((low <= curve.x) & (curve.x <= high))
    assert 0.90 < np.mean(inside) < 0.98


def test_the_curve_is_drawn_between_the_first_and_the_last_percentile():
    shown = shown_risks(np.linspace(0, 1, 1001), points=5)
    assert shown == pytest.approx(np.linspace(0.01, 0.99, 5))


def test_groups_are_of_equal_size_and_hold_every_case_once(planted):
    truth, odds = planted
    groups = calibration_groups(truth[:918], expit(odds[:918]))
    assert sorted(set(groups.cases)) == [91, 92]
    assert groups.cases.sum() == 918
    assert (groups.observed * groups.cases).sum() == pytest.approx(truth[:918].sum())
    assert (np.diff(groups.risk) > 0).all()
    assert ((groups.low <= groups.observed) & (groups.observed <= groups.high)).all()


def test_scores_of_probabilities_equal_scikit_learns(planted):
    from sklearn import metrics as peer

    truth, odds = (part[:300] for part in planted)
    risk = expit(odds)
    weights = np.random.default_rng(0).random((3, 300))
    assert brier_score(truth, risk, weights) == pytest.approx(
        [peer.brier_score_loss(truth, risk, sample_weight=w) for w in weights]
    )
    assert log_loss(truth, risk, weights) == pytest.approx([peer.log_loss(truth, risk, sample_weight=w) for w in weights])
    assert prevalence(truth, weights) == pytest.approx([np.average(truth, weights=w) for w in weights])


def test_being_sure_and_wrong_costs_much_but_not_everything():
    assert 30 < log_loss(np.array([True]), np.array([0.0]))[0] < 40


def test_the_distribution_counts_every_case_once(planted):
    truth, odds = planted
    found = risk_distribution(truth, expit(odds))
    assert found.with_outcome.sum() == truth.sum()
    assert found.without.sum() == (~truth).sum()
