"""Sums that each sequence keeps to itself give the figures over all positions."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, roc_auc_score

from iatros.metrics import positions

K = 3


def made(cases: int = 30, seed: int = 0) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    truth = [rng.integers(-1, K, rng.integers(5, 90)) for _ in range(cases)]
    scores = []
    for codes in truth:
        raw = rng.normal(size=(len(codes), K)) + 1.5 * np.eye(K)[np.maximum(codes, 0)]
        scores.append(np.exp(raw) / np.exp(raw).sum(1, keepdims=True))
    return truth, scores


def pooled(truth, scores, weights=None):
    """All known positions, each case as often as its weight says."""
    times = np.ones(len(truth), int) if weights is None else weights
    codes = np.concatenate([t for t, n in zip(truth, times, strict=True) for _ in range(n)])
    shares = np.concatenate([s for s, n in zip(scores, times, strict=True) for _ in range(n)])
    return codes[codes >= 0], shares[codes >= 0]


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_scikit_learn_over_all_positions_resampled_by_case(seed):
    truth, scores = made(seed=seed)
    weights = np.stack([np.ones(len(truth), int), np.random.default_rng(seed).integers(0, 3, len(truth))])
    sums = weights @ positions.statistics(truth, scores, K)
    for row, of_case in enumerate(weights):
        codes, shares = pooled(truth, scores, of_case)
        matrix = positions.confusion(sums, K)[row]
        assert np.array_equal(matrix, confusion_matrix(codes, shares.argmax(1), labels=range(K)))
        assert np.trace(matrix) / matrix.sum() == pytest.approx(accuracy_score(codes, shares.argmax(1)))
        loss, squares = (figure[row] for figure in positions.losses(sums, K))
        assert loss == pytest.approx(log_loss(codes, shares, labels=range(K)))
        assert squares == pytest.approx(((shares - np.eye(K)[codes]) ** 2).sum(1).mean())
        for k in range(K):
            assert positions.auroc(sums, K)[row, k] == pytest.approx(roc_auc_score(codes == k, shares[:, k]), abs=2e-4)


def test_a_class_without_positions_has_no_auroc():
    found = positions.statistics([np.array([0, 0, 1])], [np.full((3, K), 1 / K)], K)
    assert np.isnan(positions.auroc(found, K)[0, 2])
    assert positions.auroc(found, K)[0, 0] == 0.5


def test_positions_behind_the_shorter_of_the_two_are_not_judged():
    whole = positions.statistics([np.array([0, 1, 2, 2])], [np.eye(K)[[0, 1]]], K)
    assert positions.confusion(whole, K)[0].sum() == 2


def test_unknown_positions_do_not_count():
    found = positions.statistics([np.array([0, -1, 1])], [np.eye(K)[[0, 0, 0]]], K)
    assert positions.confusion(found, K)[0].tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert found[0, 2] == 0.5  # share of the case's known positions that are right


@pytest.mark.filterwarnings("error")
def test_a_resample_without_a_position_has_no_loss():
    truth, scores = made(4)
    sums = np.array([[0, 0, 0, 0], [1, 0, 0, 0]]) @ positions.statistics(truth, scores, K)
    loss, squares = positions.losses(sums, K)
    assert np.isnan([loss[0], squares[0]]).all()
    assert np.isfinite([loss[1], squares[1]]).all()
