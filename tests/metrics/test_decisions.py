import numpy as np
import pytest
from sklearn import metrics as peer

from iatros.metrics.decisions import confusion, net_benefit, predictive_values
from iatros.metrics.thresholds import best_accuracy, reaching_sensitivity, sweep, youden


@pytest.fixture
def flagged():
    generator = np.random.default_rng(10)
    truth = generator.random(300) < 0.4
    return truth, generator.random(300) + 0.3 * truth > 0.6, generator.random((4, 300))


def test_confusion_and_its_shares_equal_scikit_learns(flagged):
    truth, flags, weights = flagged
    found = confusion(truth, flags, weights)
    for row, own in enumerate(weights):
        matrix = peer.confusion_matrix(truth, flags, sample_weight=own)
        counts = [found.true_negatives, found.false_positives, found.false_negatives, found.true_positives]
        assert [count[row] for count in counts] == pytest.approx(matrix.ravel())
        assert found.sensitivity[row] == pytest.approx(peer.recall_score(truth, flags, sample_weight=own))
        assert found.ppv[row] == pytest.approx(peer.precision_score(truth, flags, sample_weight=own))
        assert found.f1[row] == pytest.approx(peer.f1_score(truth, flags, sample_weight=own))
        assert found.accuracy[row] == pytest.approx(peer.accuracy_score(truth, flags, sample_weight=own))
        assert found.specificity[row] == pytest.approx(peer.recall_score(~truth, ~flags, sample_weight=own))
        assert found.npv[row] == pytest.approx(peer.precision_score(~truth, ~flags, sample_weight=own))


def test_many_thresholds_at_once_are_as_one_after_another(flagged):
    truth, _, weights = flagged
    score = np.random.default_rng(0).random(300)
    limits = np.array([0.2, 0.5, 0.8])
    together = confusion(truth, score[:, None] >= limits, weights)
    for column, limit in enumerate(limits):
        assert together.ppv[:, column] == pytest.approx(confusion(truth, score >= limit, weights).ppv)


def test_treating_everyone_has_a_closed_form():
    truth = np.arange(100) < 30
    assert net_benefit(truth, np.ones(100, bool), 0.2)[0] == pytest.approx(0.3 - 0.7 * 0.25)


def test_treating_nobody_is_worth_nothing():
    assert net_benefit(np.arange(10) < 3, np.zeros(10, bool), 0.4)[0] == 0


def test_a_threshold_outside_nought_to_one_is_refused():
    with pytest.raises(ValueError, match="not inside"):
        net_benefit(np.ones(3, bool), np.ones(3, bool), 1.0)


def test_predictive_values_at_the_samples_own_prevalence_are_those_counted(flagged):
    truth, flags, _ = flagged
    found = confusion(truth, flags)
    ppv, npv = predictive_values(found.sensitivity, found.specificity, np.array([truth.mean()]))
    assert ppv == pytest.approx(found.ppv)
    assert npv == pytest.approx(found.npv)


def test_youden_finds_the_planted_gap():
    score = np.concatenate([np.linspace(0, 0.4, 50), np.linspace(0.6, 1, 50)])
    assert youden(np.arange(100) >= 50, score) == pytest.approx(0.5)


def test_a_wanted_sensitivity_is_reached_by_the_highest_threshold_that_does():
    truth, score = np.ones(11, bool), np.append(np.arange(1.0, 11.0), 0.0)
    truth[-1] = False
    threshold = reaching_sensitivity(truth, score, 0.9)
    assert (score[truth] >= threshold).mean() == pytest.approx(0.9)


def test_best_accuracy_is_no_worse_than_any_other_threshold():
    generator = np.random.default_rng(11)
    truth = generator.random(200) < 0.7
    score = generator.normal(size=200) + truth
    best = best_accuracy(truth, score)
    accuracies = [((score >= limit) == truth).mean() for limit in sweep(truth, score).thresholds]
    assert ((score >= best) == truth).mean() == pytest.approx(max(accuracies))


def test_where_the_outcome_is_expected_less_often_the_accuracy_threshold_rises():
    generator = np.random.default_rng(12)
    truth = generator.random(4000) < 0.74
    score = generator.normal(size=4000) + truth
    assert best_accuracy(truth, score, prevalence=0.3) > best_accuracy(truth, score) + 0.5


def test_shares_stay_between_nought_and_one_whatever_the_rounding_of_weights():
    generator = np.random.default_rng(3)
    for _ in range(50):
        truth = generator.random(40) < 0.4
        weights = generator.uniform(0.5, 1.5, (200, 40)).astype(np.float32)
        flags = truth | (generator.random(40) < 0.02)  # hardly anything is missed: what is left is rounding
        found = confusion(truth, flags, weights)
        for share in (found.sensitivity, found.specificity, found.ppv, found.npv, found.f1, found.accuracy):
            told = share[np.isfinite(share)]
            assert told.min() >= 0
            assert told.max() <= 1
