"""Attributions where a network reads vectors in place of codes: sums, padding, planted positions."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from iatros.contracts import Tokens
from iatros.explain.sequence_check import VECTORS, check_sequences
from iatros.explain.sequences import METHODS, attribute, integrated_gradients, read_by, usual
from iatros.explain.subject import Subject

WIDTH = 4


class Read(nn.Module):
    """The squashed first entry of each vector, summed over positions; codes are not read."""

    def __init__(self) -> None:
        super().__init__()
        self.weigh = nn.Linear(WIDTH, 1)

    def forward(self, tokens: Tokens) -> torch.Tensor:
        each: torch.Tensor = self.weigh(tokens.values)[..., 0].tanh() * tokens.mask
        return each.sum(1)


@pytest.fixture
def subject():
    network = Read().eval()
    with torch.no_grad():
        network.weigh.weight.copy_(torch.tensor([[1.0, 0, 0, 0]]))
        network.weigh.bias.zero_()
    return Subject(network, lambda net, tokens: net(tokens))


@pytest.fixture
def tokens():
    """Eight cases of up to 40 positions, of which 10 to 14 have a large first entry."""
    draw = torch.Generator().manual_seed(0)
    mask = torch.arange(40) < torch.randint(20, 41, (8, 1), generator=draw)
    values = 0.1 * torch.randn(8, 40, WIDTH, generator=draw)
    values[:, 10:15, 0] += 2
    return Tokens(mask, torch.ones(8, 40, dtype=torch.long) * mask, values * mask[:, :, None])


@pytest.fixture
def reference(tokens):
    plain = tokens.values.clone()
    plain[:, 10:15, 0] = 0
    return usual(replace(tokens, values=plain), 0)


def test_attributions_add_up_to_the_change_from_the_usual_vector(subject, tokens, reference):
    blank = replace(tokens, values=reference.vectors.mean(0).expand_as(tokens.values))
    found = integrated_gradients(subject, tokens, reference).sum(1)
    torch.testing.assert_close(found, (subject.of(tokens) - subject.of(blank)).detach(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_the_planted_positions_stand_out_and_padding_has_nothing(subject, tokens, reference, method):
    found = attribute(method, subject, tokens, reference)
    assert not found[~tokens.mask].any()
    assert found[:, 10:15].mean() > 3 * found[:, 20:].abs().mean()


def test_drawn_vectors_are_those_of_real_positions(tokens, reference):
    drawn = reference.drawn(tokens.values, torch.Generator().manual_seed(0))
    assert drawn.shape == tokens.values.shape
    assert (drawn[:, :, None] == reference.vectors).all(3).any(2).all()
    assert read_by(tokens) is tokens.values


def test_positions_without_anything_give_one_vector_of_zeros():
    empty = Tokens(torch.zeros(2, 3, dtype=torch.bool), torch.zeros(2, 3, dtype=torch.long), torch.zeros(2, 3, WIDTH))
    assert usual(empty, 0).vectors.tolist() == [[0] * WIDTH]


def test_the_checks_say_that_vectors_were_taken_away(subject, tokens, reference):
    found = check_sequences(subject, tokens, reference, torch.Generator().manual_seed(0), "ill", "protein", METHODS[:1])
    assert [check.replaced_by for check in found] == [VECTORS]
