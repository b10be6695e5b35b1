"""Metrics of several labels: each as scikit-learn judges it on the cases where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as peer

from iatros.metrics.labels import macro, per_label
from iatros.metrics.probabilities import brier_score
from iatros.metrics.ranking import auroc, average_precision


@pytest.fixture
def scored():
    generator = np.random.default_rng(4)
    truth = (generator.random((200, 3)) < [0.5, 0.2, 0.4]).astype(float)
    truth[generator.random((200, 3)) < 0.3] = np.nan
    return truth, np.round(generator.random((200, 3)), 2), generator.random((4, 200))


@pytest.mark.parametrize(("ours", "theirs"), [(auroc, peer.roc_auc_score), (average_precision, peer.average_precision_score),
                                              (brier_score, peer.brier_score_loss)])  # fmt: skip
def test_each_label_is_judged_on_the_cases_where_it_is_known(scored, ours, theirs):
    truth, score, weights = scored
    found = per_label(ours, truth, score, weights)
    assert found.shape == (4, 3)
    for label in range(3):
        known = ~np.isnan(truth[:, label])
        expected = [theirs(truth[known, label], score[known, label], sample_weight=row[known]) for row in weights]
        assert found[:, label] == pytest.approx(expected, abs=1e-12)


def test_a_score_that_is_missing_leaves_its_case_out_of_that_label_alone(scored):
    truth, score, _ = scored
    less = score.copy()
    less[:50, 1] = np.nan
    before, after = per_label(auroc, truth, score)[0], per_label(auroc, truth, less)[0]
    assert after[[0, 2]] == pytest.approx(before[[0, 2]], abs=0)
    known = ~np.isnan(truth[50:, 1])
    assert after[1] == pytest.approx(peer.roc_auc_score(truth[50:, 1][known], score[50:, 1][known]))


def test_labels_that_nobody_has_or_nobody_knows_have_no_figure_and_no_say_in_the_mean(scored):
    truth, score, _ = scored
    truth[:, 0], truth[:, 1] = np.nan, 0
    found = per_label(auroc, truth, score)
    assert np.isnan(found[0, :2]).all()
    assert macro(found) == pytest.approx(found[:, 2])


def test_where_no_label_can_be_judged_there_is_no_mean():
    assert np.isnan(macro(np.full((2, 3), np.nan))).all()


@given(st.lists(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_mean_over_labels_is_numpys_over_those_that_are_there(rows):
    table = np.array([[np.nan if cell is None else cell for cell in row] for row in rows])
    for found, row in zip(macro(table), table, strict=True):
        told = row[~np.isnan(row)]
        assert np.isnan(found) if not len(told) else found == pytest.approx(told.mean())
