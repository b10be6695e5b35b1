"""Scores of probabilities against scikit-learn, numpy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as peer

from iatros.metrics.probabilities import brier_score, log_loss, mean, observed_expected, prevalence, risk_distribution

CASES = st.lists(st.tuples(st.booleans(), st.floats(0.001, 0.999), st.floats(0.01, 10)), min_size=1, max_size=40)


def arrays(cases):
    truth, risk, weight = zip(*cases, strict=True)
    return np.array(truth), np.array(risk), np.array(weight)[None]


@given(CASES)
def test_a_weighted_mean_is_numpys(cases):
    _, risk, weight = arrays(cases)
    assert mean(risk, weight)[0] == pytest.approx(np.average(risk, weights=weight[0]))


@given(CASES)
def test_scores_equal_scikit_learns_whatever_the_weights(cases):
    truth, risk, weight = arrays(cases)
    brier = peer.brier_score_loss(truth, risk, sample_weight=weight[0], pos_label=True, labels=[False, True])
    assert brier_score(truth, risk, weight)[0] == pytest.approx(brier)
    both = np.column_stack([1 - risk, risk])
    theirs = peer.log_loss(truth, both, sample_weight=weight[0], labels=[False, True])
    assert log_loss(truth, risk, weight)[0] == pytest.approx(theirs)
    assert prevalence(truth, weight)[0] == pytest.approx(np.average(truth, weights=weight[0]))
    ratio = np.average(truth, weights=weight[0]) / np.average(risk, weights=weight[0])
    assert observed_expected(truth, risk, weight)[0] == pytest.approx(ratio)


@given(CASES)
def test_scaling_all_weights_changes_nothing(cases):
    truth, risk, weight = arrays(cases)
    for metric in (brier_score, log_loss, observed_expected):
        assert metric(truth, risk, 7 * weight) == pytest.approx(metric(truth, risk, weight))


def test_counts_float32_and_float64_weights_agree():
    generator = np.random.default_rng(0)
    truth, risk = generator.random(500) < 0.3, generator.random(500)
    counts = generator.integers(0, 4, (20, 500))
    exact = brier_score(truth, risk, counts.astype(np.float64))
    assert brier_score(truth, risk, counts.astype(np.float32)) == pytest.approx(exact, rel=1e-5)


def test_a_resample_that_holds_nobody_has_no_figures():
    truth, risk, nobody = np.array([True, False]), np.array([0.4, 0.6]), np.zeros((1, 2))
    for metric in (brier_score, log_loss, observed_expected):
        assert np.isnan(metric(truth, risk, nobody)).all()
    assert np.isnan(prevalence(truth, nobody)).all()


def test_risks_of_nought_leave_no_ratio_of_observed_to_expected():
    assert np.isnan(observed_expected(np.array([True, False]), np.zeros(2)))[0]


def test_the_best_constant_risk_is_the_prevalence():
    truth = np.arange(100) < 27
    risks = np.linspace(0.01, 0.99, 99)
    for metric in (brier_score, log_loss):
        scores = [metric(truth, np.full(100, risk))[0] for risk in risks]
        assert risks[int(np.argmin(scores))] == pytest.approx(0.27)
    assert brier_score(truth, np.full(100, 0.27))[0] == pytest.approx(0.27 * 0.73)


def test_being_right_and_sure_costs_nothing_and_being_wrong_and_sure_costs_the_most_there_is():
    truth = np.array([True, False, True])
    assert brier_score(truth, truth.astype(float))[0] == 0
    assert log_loss(truth, truth.astype(float))[0] == pytest.approx(0, abs=1e-12)
    assert brier_score(truth, 1.0 - truth)[0] == 1
    assert log_loss(truth, 1.0 - truth)[0] == pytest.approx(-np.log(np.finfo(float).eps))


@given(CASES, st.integers(1, 30))
def test_every_case_is_in_one_bin_of_the_distribution(cases, bins):
    truth, risk, _ = arrays(cases)
    found = risk_distribution(truth, risk, bins)
    assert len(found.middle) == bins
    assert found.with_outcome.sum() == truth.sum()
    assert found.without.sum() == (~truth).sum()
    own = np.minimum((risk * bins).astype(int), bins - 1)
    assert np.abs(found.middle[own] - risk).max() <= 0.5 / bins + 1e-9


def test_risks_at_both_ends_are_counted():
    found = risk_distribution(np.array([True, False]), np.array([1.0, 0.0]), 4)
    assert (found.with_outcome.tolist(), found.without.tolist()) == ([0, 0, 0, 1], [1, 0, 0, 0])
