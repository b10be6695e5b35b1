"""Logit adjustment."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from iatros.safeguards.logit_adjustment import LogitAdjustment

STRATA = {"died": np.array([0] * 8 + [1] * 2)}


def test_one_logit_moves_by_the_log_odds_of_the_prevalence():
    guard = LogitAdjustment()
    assert guard.adjust("died", torch.zeros(1, 1), guard.fit(STRATA)).item() == pytest.approx(np.log(0.2 / 0.8))


def test_one_logit_and_two_are_moved_alike():
    guard, raw = LogitAdjustment(strength=0.5), torch.tensor([[0.3]])
    fitted = guard.fit(STRATA)
    two = guard.adjust("died", torch.cat([torch.zeros_like(raw), raw], 1), fitted)
    assert (two[:, 1] - two[:, 0]).item() == pytest.approx(guard.adjust("died", raw, fitted).item())


def test_scores_that_are_not_one_a_class_stay():
    guard, raw = LogitAdjustment(), torch.randn(4, 5)
    assert guard.adjust("died", raw, guard.fit(STRATA)) is raw


def test_a_constant_model_learns_nothing_but_even_odds():
    guard = LogitAdjustment()
    fitted, truth = guard.fit(STRATA), torch.tensor(STRATA["died"]).float()
    raw = torch.zeros(1, 1, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(guard.adjust("died", raw.expand(10, 1), fitted)[:, 0], truth)
    loss.backward()
    assert raw.grad is not None
    assert raw.grad.item() == pytest.approx(0, abs=1e-6)
