"""Losses against PyTorch's and scikit-learn's own, and against formulas."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss, mean_pinball_loss

from iatros.targets.losses import binary_cross_entropy, cross_entropy, ordered, pinball

GENERATOR = torch.Generator().manual_seed(0)
RAW = torch.randn(40, 3, generator=GENERATOR)
CODE = torch.arange(40) % 3


def test_cross_entropy_is_scikit_learns_log_loss():
    assert float(cross_entropy(RAW, CODE).mean()) == pytest.approx(log_loss(CODE.numpy(), RAW.double().softmax(1).numpy()))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_one_logit_says_the_same_as_two(smoothing, gamma):
    raw, code = RAW[:, :1], CODE.clamp_max(1)
    two = torch.cat([torch.zeros_like(raw), raw], 1)
    assert torch.allclose(cross_entropy(raw, code, smoothing, gamma), cross_entropy(two, code, smoothing, gamma))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_one_logit_is_binary_cross_entropy(smoothing):
    raw, code = RAW[:, :1], CODE.clamp_max(1)
    labels = binary_cross_entropy(raw, code[:, None].float(), torch.ones(40, 1, dtype=torch.bool), smoothing)
    assert torch.allclose(cross_entropy(raw, code, smoothing), labels, atol=1e-6)


def test_the_focal_loss_is_its_formula():
    true = RAW.softmax(1).gather(1, CODE[:, None])[:, 0]
    assert torch.allclose(cross_entropy(RAW, CODE, gamma=2.0), -((1 - true) ** 2) * true.log(), atol=1e-6)


def test_the_focal_loss_has_a_gradient_where_the_model_is_sure():
    raw = torch.tensor([[60.0]], requires_grad=True)
    cross_entropy(raw, torch.tensor([1]), gamma=0.5).sum().backward()
    assert raw.grad is not None
    assert torch.isfinite(raw.grad).all()


def test_labels_that_are_not_known_do_not_count():
    known = torch.tensor([[True, False, True]])
    raw, truth = torch.tensor([[0.3, 99.0, -1.0]]), torch.tensor([[1.0, float("nan"), 0.0]])
    p = torch.tensor([0.3, -1.0]).double().sigmoid().numpy()
    assert float(binary_cross_entropy(raw, truth, known)) == pytest.approx(-(np.log(p[0]) + np.log(1 - p[1])) / 2)


def test_a_case_without_a_known_label_loses_nothing():
    assert binary_cross_entropy(RAW, torch.zeros(40, 3), torch.zeros(40, 3, dtype=torch.bool)).abs().max() == 0


def test_the_pinball_loss_is_scikit_learns():
    levels = (0.05, 0.5, 0.95)
    truth = np.linspace(-2, 2, 40)
    expected = sum(mean_pinball_loss(truth, RAW[:, k].numpy(), alpha=level) for k, level in enumerate(levels))
    assert float(pinball(RAW.double(), torch.from_numpy(truth), levels).mean()) == pytest.approx(expected)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3))
def test_quantiles_never_cross(raw):
    low, middle, high = ordered(torch.tensor([raw]))[0].tolist()
    assert low <= middle <= high
