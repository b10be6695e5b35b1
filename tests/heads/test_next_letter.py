"""Foretelling letters: a distribution over all strings, which looks at nothing behind it."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from iatros.contracts import Features, Shape, Tokens
from iatros.encoders.recurrent import Recurrent
from iatros.heads.next_letter import END, NextReadout, foretold

LONGEST = 9
SHAPE = Shape(Tokens, categories=(3,), space=(LONGEST,))  # nothing known, a, b


@pytest.fixture(scope="module", params=["lstm", "gru", "plain"])
def model(request):
    torch.manual_seed(0)
    network = Recurrent(both=False, width=5, layers=2, cell=request.param).build(SHAPE).eval()
    head = NextReadout(network.sizes)
    with torch.no_grad():
        head.first += torch.tensor([0.1, 0.7, -0.3])
    return network, head


def tokens(strings: list[tuple[int, ...]]) -> Tokens:
    lengths = torch.tensor([len(one) for one in strings])
    codes = torch.zeros(len(strings), int(lengths.max()), dtype=torch.long)
    for case, one in enumerate(strings):
        codes[case, : len(one)] = torch.tensor(one)
    return Tokens(torch.arange(codes.shape[1]) < lengths[:, None], codes)


@torch.no_grad()
def likelihoods(model: tuple, strings: list[tuple[int, ...]]) -> torch.Tensor:
    network, head = model
    return head(network(tokens(strings)))[:, :, 0].nan_to_num(nan=0.0).sum(1).exp()


def test_likelihoods_of_all_strings_sum_to_one(model):
    """Those that end within four letters, and the beginnings of all that go on."""
    network, head = model
    ended = [s for n in range(1, 5) for s in product((1, 2), repeat=n)]
    at_once = float(head.after(None, 1).exp()[0, END].detach())  # the empty string
    longer = list(product((1, 2), repeat=5))
    with torch.no_grad():
        begun = head(network(tokens(longer)))[:, :5, 0].sum(1).exp()
    assert at_once + float(likelihoods(model, ended).sum()) + float(begun.sum()) == pytest.approx(1, abs=1e-5)


@torch.no_grad()
def test_step_by_step_is_the_same_as_at_once(model):
    network, head = model
    strings = [(1, 2, 2, 1, 1), (2, 2, 1, 2, 1)]
    at_once = head(network(tokens(strings)))[:, :, 0]
    codes, memory, position, found = tokens(strings).codes, None, None, []
    for place in range(6):
        logs = head.after(position, 2)
        truth = codes[:, place] if place < 5 else torch.full((2,), END)
        found.append(logs.gather(1, truth[:, None])[:, 0])
        if place < 5:
            position, memory = network.step(codes[:, place], memory)
    assert torch.allclose(torch.stack(found, 1), at_once, atol=1e-5)


@torch.no_grad()
def test_no_letter_is_foretold_from_what_is_behind_it(model):
    network, head = model
    one, other = (head(network(tokens([s])))[0, :3, 0] for s in ((1, 2, 1, 1), (1, 2, 1, 2, 2)))
    assert torch.allclose(one, other, atol=1e-6)


def test_what_is_not_known_is_not_judged_nor_the_end_of_a_case_that_may_go_on():
    codes = torch.tensor([[1, 0, 2, 0], [2, 1, 1, 1], [0, 0, 0, 0]])
    mask = torch.tensor([[True] * 3 + [False], [True] * 4, [False] * 4])
    assert foretold(codes, mask, 4).tolist() == [[1, -1, 2, END, -1], [2, 1, 1, 1, -1], [-1] * 5]


def test_the_second_number_says_whether_nothing_was_likelier():
    head = NextReadout(Recurrent(both=False, width=2).build(SHAPE).sizes)
    with torch.no_grad():
        head.first.copy_(torch.tensor([0.0, 2.0, 1.0]))
        head.linear.weight.zero_()
        head.linear.bias.copy_(torch.tensor([0.0, 0.0, 1.0]))
    codes = torch.tensor([[1, 2], [2, 1]])
    mask = torch.ones(2, 2, dtype=torch.bool)
    raw = head(Features(torch.zeros(2, 1), torch.zeros(2, 2, 2), mask, codes=codes))
    assert raw[:, :, 1].tolist() == [[1, 1, 0], [0, 0, 0]]
