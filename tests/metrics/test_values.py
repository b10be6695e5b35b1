"""Errors of values against scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics as peer

from iatros.metrics.values import bias, coverage, interval_width, mae, r2, rmse

NUMBER = st.floats(-1e3, 1e3)
CASES = st.lists(st.tuples(NUMBER, NUMBER, st.floats(0.1, 5)), min_size=2, max_size=30)


def arrays(cases):
    truth, predicted, weight = (np.array(part) for part in zip(*cases, strict=True))
    return truth, predicted, weight[None]


@given(CASES)
def test_errors_equal_scikit_learns_whatever_the_weights(cases):
    truth, predicted, weight = arrays(cases)
    own = weight[0]
    assert mae(truth, predicted, weight)[0] == pytest.approx(peer.mean_absolute_error(truth, predicted, sample_weight=own))
    squared = peer.mean_squared_error(truth, predicted, sample_weight=own)
    assert rmse(truth, predicted, weight)[0] == pytest.approx(np.sqrt(squared))
    assert bias(truth, predicted, weight)[0] == pytest.approx(np.average(predicted - truth, weights=own), abs=1e-9)


@given(CASES)
def test_the_share_explained_equals_scikit_learns(cases):
    truth, predicted, weight = arrays(cases)
    assume(truth.std() > 0.01)
    theirs = peer.r2_score(truth, predicted, sample_weight=weight[0])
    assert r2(truth, predicted, weight)[0] == pytest.approx(theirs, rel=1e-6, abs=1e-6)


def test_the_mean_explains_nothing_and_the_truth_everything():
    truth = np.array([1.0, 2, 3, 6])
    assert r2(truth, np.full(4, 3.0))[0] == pytest.approx(0)
    assert r2(truth, truth)[0] == 1
    assert r2(truth, truth[::-1])[0] < 0


def test_a_truth_without_variance_has_no_share_explained():
    assert np.isnan(r2(np.full(5, 37.2), np.arange(5.0)))[0]


def test_large_offsets_cost_no_digits_in_float32():
    generator = np.random.default_rng(0)
    truth = 1e6 + generator.normal(size=400)
    predicted = truth + 0.5 * generator.normal(size=400)
    weights = np.ones((3, 400), np.float32)
    assert r2(truth, predicted, weights) == pytest.approx([peer.r2_score(truth, predicted)] * 3, abs=1e-4)


@given(CASES, NUMBER)
def test_moving_truth_and_prediction_together_changes_no_error(cases, shift):
    truth, predicted, weight = arrays(cases)
    for metric in (mae, rmse, bias):
        moved = metric(truth + shift, predicted + shift, weight)
        assert moved == pytest.approx(metric(truth, predicted, weight), abs=1e-6)


@given(CASES)
def test_the_root_mean_square_is_no_less_than_the_mean_absolute_error_nor_that_than_the_bias(cases):
    truth, predicted, weight = arrays(cases)
    assert rmse(truth, predicted, weight)[0] >= mae(truth, predicted, weight)[0] - 1e-9
    assert mae(truth, predicted, weight)[0] >= abs(bias(truth, predicted, weight)[0]) - 1e-9


def test_limits_belong_to_an_interval():
    truth, low, high = np.array([1.0, 2, 3, 4]), np.array([1.0, 0, 3.5, 0]), np.array([2.0, 2, 9, 3])
    assert coverage(truth, low, high)[0] == 0.5
    assert coverage(truth, low, high, np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]])).tolist() == [1, 0]
    assert interval_width(low, high, np.array([[1.0, 0, 0, 0], [0, 1, 0, 1]])).tolist() == [1, 2.5]
