import numpy as np
import pytest

from iatros.metrics.conformal import (
    aps_scores,
    aps_sets,
    conformal_threshold,
    cqr_scores,
    lac_scores,
    lac_sets,
    residual_scores,
)

STUDIES, CALIBRATION, TEST, ALPHA = 300, 60, 200, 0.1


def test_the_order_statistic_is_the_one_that_promises_coverage():
    scores = np.random.default_rng(0).permutation(np.arange(1.0, 20.0))  # n = 19
    assert conformal_threshold(scores, 0.1) == 18  # ceil(20 x 0.9)
    assert conformal_threshold(scores, 0.05) == 19
    assert conformal_threshold(scores, 0.01) == np.inf


def classes_of(generator, cases):
    """Probabilities that are wrong (too sure), and truths."""
    odds = generator.normal(size=(cases, 4)) * 1.5
    right = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    truth = (right.cumsum(axis=1) > generator.random((cases, 1))).argmax(axis=1)
    sure = right**3
    return sure / sure.sum(axis=1, keepdims=True), truth


def test_sets_of_classes_hold_the_truth_as_often_as_promised():
    held = {"lac": [], "aps": []}
    for seed in range(STUDIES):
        generator = np.random.default_rng(seed)
        probability, truth = classes_of(generator, CALIBRATION + TEST)
        known, new = slice(CALIBRATION), slice(CALIBRATION, None)
        lac = lac_sets(probability[new], conformal_threshold(lac_scores(probability[known], truth[known]), ALPHA))
        scores = aps_scores(probability[known], truth[known], generator)
        aps = aps_sets(probability[new], conformal_threshold(scores, ALPHA), generator)
        for name, sets in (("lac", lac), ("aps", aps)):
            held[name].append(sets[np.arange(TEST), truth[new]].mean())
    expected = np.ceil((CALIBRATION + 1) * (1 - ALPHA)) / (CALIBRATION + 1)  # exact for continuous scores
    assert np.mean(held["lac"]) == pytest.approx(expected, abs=0.01)
    assert expected - 0.01 < np.mean(held["aps"]) < expected + 0.04  # never empty: a little more is held


def test_intervals_hold_the_value_as_often_as_promised():
    held = {"residual": [], "cqr": []}
    for seed in range(STUDIES):
        generator = np.random.default_rng(seed)
        noise = generator.uniform(0.5, 2, CALIBRATION + TEST)
        truth = generator.normal(size=CALIBRATION + TEST) * noise
        low, high = -noise, noise  # too narrow
        known, new = slice(CALIBRATION), slice(CALIBRATION, None)
        t = conformal_threshold(residual_scores(truth[known], np.zeros(CALIBRATION)), ALPHA)
        held["residual"].append((np.abs(truth[new]) <= t).mean())
        t = conformal_threshold(cqr_scores(truth[known], low[known], high[known]), ALPHA)
        held["cqr"].append(((low[new] - t <= truth[new]) & (truth[new] <= high[new] + t)).mean())
    expected = np.ceil((CALIBRATION + 1) * (1 - ALPHA)) / (CALIBRATION + 1)
    assert np.mean(held["residual"]) == pytest.approx(expected, abs=0.01)
    assert np.mean(held["cqr"]) == pytest.approx(expected, abs=0.01)


def test_with_too_few_calibration_cases_every_class_is_in_the_set():
    probability = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert lac_sets(probability, conformal_threshold(np.array([0.1]), ALPHA)).all()
