"""The residual network for tables: shapes, gaps, and what it must not depend on."""

from __future__ import annotations

import pytest
import torch

from iatros.contracts import Rows, Shape
from iatros.encoders.tabular_resnet import DenseBlock, TabularResNet

SHAPE = Shape(Rows, numbers=3, categories=(4, 3), quantiles=tuple(tuple(float(q) / 4 - 2 for q in range(17)) for _ in range(3)))


def rows(count=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    observed = torch.rand(count, 3, generator=generator) < 0.7
    numbers = torch.randn(count, 3, generator=generator) * observed
    return Rows(numbers, observed, torch.randint(0, 3, (count, 2), generator=generator))


@pytest.fixture(params=["plain", "piecewise", "periodic"])
def network(request):
    torch.manual_seed(0)
    return TabularResNet(numbers=request.param, width=16).build(SHAPE).eval()


def test_it_gives_one_description_a_case_of_the_width_asked_for(network):
    assert network(rows()).whole.shape == (6, 16)
    assert network.sizes.whole == 16


def test_a_case_is_described_alike_whatever_cases_stand_beside_it(network):
    whole = network(rows()).whole
    alone = torch.cat([network(rows().take(torch.tensor([i]))).whole for i in range(6)])
    assert torch.allclose(whole, alone, atol=1e-5)


def test_every_number_and_category_is_heard(network):
    given = rows()
    given = Rows(given.numbers, torch.ones_like(given.observed), given.categories)
    before = network(given).whole
    for column in range(3):
        moved = given.numbers.clone()
        moved[:, column] += 0.7
        assert not torch.allclose(network(Rows(moved, given.observed, given.categories)).whole, before)
    for column in range(2):
        other = given.categories.clone()
        other[:, column] = (other[:, column] + 1) % 3
        assert not torch.allclose(network(Rows(given.numbers, given.observed, other)).whole, before)


def test_a_missing_number_is_not_a_nought(network):
    given = rows()
    seen = Rows(torch.zeros_like(given.numbers), torch.ones_like(given.observed), given.categories)
    gone = Rows(torch.zeros_like(given.numbers), torch.zeros_like(given.observed), given.categories)
    assert not torch.allclose(network(seen).whole, network(gone).whole)


def test_a_block_starts_from_what_it_is_given():
    block = DenseBlock(8, 0.0)
    torch.nn.init.zeros_(block.change[4].weight)
    torch.nn.init.zeros_(block.change[4].bias)
    values = torch.randn(3, 8)
    assert torch.equal(block(values), values)


def test_the_gradient_reaches_every_weight(network):
    network(rows(64)).whole.square().sum().backward()
    lacking = [name for name, p in network.named_parameters() if p.grad is None]
    assert lacking == []


@pytest.mark.parametrize("wrong", [{"width": 0}, {"blocks": 0}, {"blocks": 33}, {"dropout": 1.0}, {"hidden": -0.1}])
def test_what_no_network_can_be_is_refused_when_it_is_declared(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TabularResNet(**wrong)
