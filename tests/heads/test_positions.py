"""A readout of every position."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Features, Sizes
from iatros.heads.positions import PositionReadout, fitted_to

MASK = torch.tensor([[True, True, False], [False, False, False], [True, True, True]])


def features():
    positions = torch.randn(3, 3, 4, generator=torch.Generator().manual_seed(0))
    return Features(torch.zeros(3, 2), positions, MASK)


def readout():
    torch.manual_seed(0)
    return PositionReadout(Sizes(whole=2, positions=4), 5)


def test_a_position_is_read_linearly_and_what_is_none_is_not_a_number():
    head, given = readout(), features()
    raw = head(given)
    assert torch.equal(raw.isnan().all(2), ~MASK)
    assert torch.equal(raw.isnan().any(2), ~MASK)
    wanted = given.positions[MASK] @ head.linear.weight.T + head.linear.bias
    torch.testing.assert_close(raw[MASK], wanted)


def test_padding_gives_no_gradient():
    head, given = readout(), features()
    given.positions.requires_grad_()
    head(given)[MASK].sum().backward()
    assert torch.isfinite(head.linear.weight.grad).all()
    assert torch.equal(given.positions.grad.abs().sum(2) > 0, MASK)


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from([(), (2,), (2, 3)]))
def test_truth_is_cut_or_filled_up_to_a_length(length, wanted, inner):
    truth = torch.arange(2 * length * torch.Size(inner).numel()).reshape(2, length, *inner)
    found = fitted_to(truth, wanted, -1)
    assert tuple(found.shape) == (2, wanted, *inner)
    both = min(length, wanted)
    assert torch.equal(found[:, :both], truth[:, :both])
    assert (found[:, both:] == -1).all()


def test_truth_of_numbers_is_filled_with_what_is_no_number():
    found = fitted_to(torch.ones(1, 1, 2), 2, float("nan"))
    assert found[0, 0].tolist() == pytest.approx([1, 1])
    assert found[0, 1].isnan().all()
