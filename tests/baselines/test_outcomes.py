"""What classical models learn, and the simplest of them, against numpy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as peer

from iatros.baselines import prevalence
from iatros.baselines.loss import headline, losses
from iatros.baselines.outcomes import outcomes
from iatros.predictions import Form

BINARY = Form(task="class", classes=("well", "ill"))
SEVERAL = Form(task="class", classes=("a", "b", "c"))
LABELS = Form(task="labels", classes=("edema", "mass"))


def test_two_classes_are_one_outcome_with_one_score():
    (one,) = outcomes(BINARY, {"truth": [True, None, False]})
    assert (one.columns, one.classes, one.binary) == (("score",), 2, True)
    assert one.known.tolist() == [True, False, True]
    assert one.y[[0, 2]].tolist() == [1, 0]


def test_several_classes_are_coded_in_the_order_of_the_form_and_strangers_are_unknown():
    (one,) = outcomes(SEVERAL, {"truth": ["c", "a", None, "d"]})
    assert one.columns == ("score:a", "score:b", "score:c")
    assert one.y[:2].tolist() == [2, 0]
    assert one.known.tolist() == [True, True, False, False]
    assert not one.binary


def test_each_label_is_an_outcome_of_its_own():
    edema, mass = outcomes(LABELS, {"truth:edema": [1, None], "truth:mass": [0, 1]})
    assert (edema.columns, mass.columns) == (("score:edema",), ("score:mass",))
    assert edema.known.tolist() == [True, False]
    assert mass.y.tolist() == [0, 1]


def test_a_value_has_no_classes_and_a_missing_column_is_a_callers_mistake():
    (one,) = outcomes(Form(task="value"), {"truth": [1.5, None]})
    assert (one.classes, one.y[0]) == (0, 1.5)
    with pytest.raises(KeyError):
        outcomes(LABELS, {"truth:edema": [1]})


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0.1, 5)), min_size=1, max_size=30))
def test_prevalence_is_the_weighted_share_of_each_class(cases):
    y, weight = (np.array(part, float) for part in zip(*cases, strict=True))
    scores = prevalence.fit(y, 3, weight).scores(np.zeros((4, 2)))
    expected = [weight[y == code].sum() / weight.sum() for code in range(3)]
    assert scores == pytest.approx(np.tile(expected, (4, 1)))
    assert scores.sum(1) == pytest.approx(np.ones(4))


def test_of_two_classes_the_share_of_the_second_is_given_and_of_values_the_mean():
    y, weight = np.array([0.0, 1, 1, 1]), np.array([3.0, 1, 1, 1])
    assert prevalence.fit(y, 2, weight).scores(np.zeros((1, 0))).tolist() == [[0.5]]
    assert prevalence.fit(np.array([1.0, 4]), 0, np.array([1.0, 2])).scores(np.zeros((1, 1))).tolist() == [[3.0]]


@given(st.integers(0, 500))
def test_the_loss_of_classes_is_scikit_learns_log_loss_case_by_case(seed):
    rng = np.random.default_rng(seed)
    y, scores = rng.integers(0, 3, 30).astype(float), rng.dirichlet([1, 1, 1], 30)
    assert losses(y, scores, 3).mean() == pytest.approx(peer.log_loss(y, scores, labels=[0, 1, 2]), rel=1e-3)
    two = rng.random((30, 1))
    assert losses(np.minimum(y, 1), two, 2).mean() == pytest.approx(peer.log_loss(np.minimum(y, 1), two[:, 0], labels=[0, 1]))
    assert losses(y, scores, 0) == pytest.approx((y - scores[:, 0]) ** 2)


def test_no_single_case_costs_without_bounds():
    assert losses(np.array([1.0]), np.array([[0.0]]), 2)[0] == pytest.approx(-np.log(1e-6))


def test_the_headline_is_what_the_report_ranks_by():
    rng = np.random.default_rng(0)
    y, weight = rng.integers(0, 3, 200).astype(float), rng.random(200)
    scores = rng.dirichlet([1, 1, 1], 200)
    theirs = np.mean([peer.roc_auc_score(y == k, scores[:, k], sample_weight=weight) for k in range(3)])
    assert headline(y, scores, 3, weight) == pytest.approx(theirs)
    binary = (y > 0).astype(float)
    assert headline(binary, scores[:, :1], 2, weight) == pytest.approx(
        peer.roc_auc_score(binary, scores[:, 0], sample_weight=weight)
    )
    assert headline(y, scores[:, :1], 0, weight) == pytest.approx(peer.r2_score(y, scores[:, 0], sample_weight=weight))
