"""Networks for tables learn what they should."""

from __future__ import annotations

import pytest
import torch

from iatros.contracts import Rows, Shape
from iatros.encoders.mlp import MLP
from iatros.encoders.tabular_resnet import TabularResNet

SHAPE = Shape(Rows, numbers=2, quantiles=((-2.0, -1.0, 0.0, 1.0, 2.0),) * 2)


def left_after_training(encoder: MLP | TabularResNet, seed: int = 0) -> float:
    """Mean squared error that a short training leaves of a curved outcome of variance one."""
    torch.manual_seed(seed)
    network = encoder.build(SHAPE)
    readout = torch.nn.Linear(network.sizes.whole, 1)
    numbers = torch.randn(512, 2)
    rows = Rows(numbers, torch.ones(512, 2, dtype=torch.bool), torch.zeros(512, 0, dtype=torch.long))
    truth = (2 * numbers[:, 0]).sin() + numbers[:, 1].abs()
    truth = (truth - truth.mean()) / truth.std()
    optimizer = torch.optim.Adam([*network.parameters(), *readout.parameters()], 0.01)
    for _ in range(120):
        optimizer.zero_grad()
        loss = (readout(network(rows).whole)[:, 0] - truth).square().mean()
        loss.backward()
        optimizer.step()
    return float(loss.detach())


@pytest.mark.parametrize("numbers", ["plain", "piecewise", "periodic"])
@pytest.mark.parametrize("kind", [MLP, TabularResNet])
def test_a_curve_is_learned(kind, numbers):
    assert left_after_training(kind(numbers=numbers, dropout=0, hidden=0)) < 0.1


def test_the_table_itself_stands_beside_the_layers():
    with_it, without = MLP(linear=True).build(SHAPE), MLP(linear=False).build(SHAPE)
    assert with_it.sizes.whole == without.sizes.whole + 4  # two numbers and whether each was observed
