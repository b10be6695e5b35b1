import numpy as np
import pytest
from sklearn import metrics as peer

from iatros.metrics import classes, labels, values
from iatros.metrics.ranking import auroc


@pytest.fixture
def three():
    generator = np.random.default_rng(15)
    truth = generator.integers(0, 3, 300)
    odds = generator.normal(size=(300, 3)) + np.eye(3)[truth]
    return truth, np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True), generator.random((2, 300))


def test_figures_of_several_classes_equal_scikit_learns(three):
    truth, probability, weights = three
    area = classes.auroc_per_class(truth, probability).mean(axis=1)[0]
    assert area == pytest.approx(peer.roc_auc_score(truth, probability, multi_class="ovr"))
    for row, own in enumerate(weights):
        assert classes.log_loss(truth, probability, weights)[row] == pytest.approx(
            peer.log_loss(truth, probability, sample_weight=own)
        )
        matrix = peer.confusion_matrix(truth, probability.argmax(axis=1), sample_weight=own)
        assert classes.confusion_matrix(truth, probability, weights)[row] == pytest.approx(matrix)
        for top in (1, 2):
            expected = peer.top_k_accuracy_score(truth, probability, k=top, sample_weight=own)
            assert classes.top_accuracy(truth, probability, weights, top)[row] == pytest.approx(expected)


def test_the_brier_score_of_two_classes_is_twice_the_binary_one(three):
    truth, probability, _ = three
    two = np.column_stack([1 - probability[:, 0], probability[:, 0]])
    single = peer.brier_score_loss(truth == 0, probability[:, 0])
    assert classes.brier_score((truth == 0).astype(int), two)[0] == pytest.approx(2 * single)


def test_labels_not_known_are_left_out_of_their_own_label_only():
    generator = np.random.default_rng(16)
    truth = (generator.random((200, 2)) < 0.5).astype(float)
    score = generator.random((200, 2)) + 0.3 * truth
    truth[:50, 0] = np.nan
    found = labels.per_label(auroc, truth, score)
    assert found[0, 0] == pytest.approx(peer.roc_auc_score(truth[50:, 0], score[50:, 0]))
    assert found[0, 1] == pytest.approx(peer.roc_auc_score(truth[:, 1], score[:, 1]))
    assert labels.macro(found)[0] == pytest.approx(found.mean())


def test_a_label_that_cannot_be_judged_does_not_spoil_the_mean():
    assert labels.macro(np.array([[0.8, np.nan], [np.nan, np.nan]]))[0] == 0.8
    assert np.isnan(labels.macro(np.array([[np.nan, np.nan]]))[0])


def test_errors_of_values_equal_scikit_learns():
    generator = np.random.default_rng(17)
    truth = generator.normal(100, 5, 200)
    predicted = truth + generator.normal(size=200)
    weights = generator.random((2, 200))
    for row, own in enumerate(weights):
        assert values.mae(truth, predicted, weights)[row] == pytest.approx(
            peer.mean_absolute_error(truth, predicted, sample_weight=own)
        )
        assert values.r2(truth, predicted, weights)[row] == pytest.approx(peer.r2_score(truth, predicted, sample_weight=own))
        assert values.rmse(truth, predicted, weights)[row] == pytest.approx(
            peer.root_mean_squared_error(truth, predicted, sample_weight=own)
        )
    assert np.isnan(values.r2(np.full(5, 3.1), np.arange(5.0)))


def test_intervals_cover_at_their_limits_too():
    truth = np.array([1.0, 2.0, 3.0, 4.0])
    assert values.coverage(truth, np.array([1.0, 0, 0, 0]), np.array([1.0, 2, 2, 9]))[0] == 0.75
    assert values.interval_width(np.zeros(4), np.full(4, 2.0))[0] == 2
    assert values.bias(truth, truth + 1)[0] == 1
