"""Rules that choose a threshold, against the search over all thresholds that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, roc_curve

from iatros.metrics.thresholds import best_accuracy, reaching_sensitivity, sweep, youden

CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.floats(0.1, 4)), min_size=2, max_size=40)


def arrays(cases):
    truth, score, weight = (np.array(part) for part in zip(*cases, strict=True))
    assume(truth.any() and not truth.all())
    return truth, score / 12.0, weight


def rates(truth, score, threshold, weight):
    """Sensitivity and specificity by counting."""
    flagged = score >= threshold
    return (
        np.average(flagged[truth], weights=weight[truth]),
        np.average(~flagged[~truth], weights=weight[~truth]),
    )


@given(CASES)
def test_the_sweep_counts_what_its_thresholds_flag(cases):
    truth, score, weight = arrays(cases)
    ways = sweep(truth, score, weight)
    assert (np.diff(ways.thresholds) > 0).all()
    assert len(ways.thresholds) == len(np.unique(score))
    for at, threshold in enumerate(ways.thresholds):
        counted = rates(truth, score, threshold, weight)
        assert (ways.sensitivity[at], ways.specificity[at]) == pytest.approx(counted, abs=1e-9)


@given(CASES)
def test_the_sweep_passes_every_point_of_scikit_learns_curve(cases):
    truth, score, weight = arrays(cases)
    ways = sweep(truth, score, weight)
    fpr, tpr, _ = roc_curve(truth, score, sample_weight=weight, drop_intermediate=False)
    theirs = {(round(1 - f, 9), round(t, 9)) for f, t in zip(fpr[1:], tpr[1:], strict=True)}  # the first flags nobody
    ours = {(round(s, 9), round(t, 9)) for s, t in zip(ways.specificity, ways.sensitivity, strict=True)}
    assert {(round(s, 6), round(t, 6)) for s, t in ours} == {(round(s, 6), round(t, 6)) for s, t in theirs}


@given(CASES)
def test_youdens_threshold_is_as_good_as_any_other(cases):
    truth, score, weight = arrays(cases)
    best = max(sum(rates(truth, score, t, weight)) for t in np.unique(score))
    assert sum(rates(truth, score, youden(truth, score, weight), weight)) == pytest.approx(best)


@given(CASES, st.floats(0, 1))
def test_the_sensitivity_wanted_is_reached_by_the_highest_threshold_that_can(cases, wanted):
    truth, score, weight = arrays(cases)
    found = reaching_sensitivity(truth, score, wanted, weight)
    assert rates(truth, score, found, weight)[0] >= wanted - 1e-9
    higher = [t for t in np.unique(score) if t > found][1:]  # the first of them divides the cases as `found` does
    assert all(rates(truth, score, t, weight)[0] < wanted + 1e-9 for t in higher)


@given(CASES)
def test_the_most_accurate_threshold_flags_at_least_one_way_of_dividing_and_no_way_does_better(cases):
    truth, score, weight = arrays(cases)
    found = accuracy_score(truth, score >= best_accuracy(truth, score, weight), sample_weight=weight)
    others = [accuracy_score(truth, score >= t, sample_weight=weight) for t in np.unique(score)]
    assert found == pytest.approx(max(others))


def test_at_another_prevalence_the_most_accurate_threshold_moves_the_way_it_must():
    generator = np.random.default_rng(2)
    truth = generator.random(4000) < 0.5
    score = 1 / (1 + np.exp(-(generator.normal(size=4000) + 2 * truth - 1)))  # log-odds 2 x: unbiased at one half
    rare, even, common = (best_accuracy(truth, score, prevalence=p) for p in (0.1, 0.5, 0.9))
    assert rare > even > common


def test_all_scores_alike_leave_one_threshold_that_flags_everybody():
    truth, score = np.array([True, False, True]), np.full(3, 0.4)
    ways = sweep(truth, score)
    assert (ways.thresholds.tolist(), ways.sensitivity.tolist(), ways.specificity.tolist()) == ([0.4], [1.0], [0.0])
    assert youden(truth, score) == 0.4


def test_of_equally_good_thresholds_the_middle_one_is_taken():
    truth = np.array([False, False, True, True])
    assert youden(truth, np.array([0.1, 0.2, 0.8, 0.9])) == pytest.approx(0.5)


def test_a_threshold_lies_between_two_scores_so_that_rounding_moves_nobody():
    score = np.array([0.30000001, 0.7])
    assert reaching_sensitivity(np.array([False, True]), score, 1.0) == pytest.approx(0.5)
