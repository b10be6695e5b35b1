"""Class weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight

from iatros.safeguards.weights import Weights, balancing

STRATA = np.array([0] * 8 + [1] * 2 + [-1])


def test_full_strength_is_scikit_learns_balanced_weighting():
    guard = Weights()
    weights = guard.weigh("died", torch.tensor([0, 1]), guard.fit({"died": STRATA}))
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=STRATA[STRATA >= 0])
    assert weights is not None
    assert weights.tolist() == pytest.approx(expected.tolist())


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.floats(0, 1))
def test_weights_have_mean_one_over_the_training_rows(counts, strength):
    counts = np.array(counts)
    weights = balancing(counts, strength)
    assert (weights > 0).all()
    assert (weights * counts).sum() == pytest.approx(counts.sum())


def test_no_strength_weighs_nothing():
    assert balancing(np.array([8, 2]), 0.0).tolist() == [1.0, 1.0]


def test_cases_of_unknown_or_new_strata_count_once():
    guard = Weights()
    weights = guard.weigh("died", torch.tensor([-1, 7]), guard.fit({"died": STRATA}))
    assert weights is not None
    assert weights.tolist() == [1.0, 1.0]


def test_a_target_that_is_not_named_is_left_alone():
    guard = Weights(targets=("died",))
    assert guard.weigh("stage", torch.tensor([0]), guard.fit({"died": STRATA, "stage": STRATA})) is None
