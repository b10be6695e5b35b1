"""The moving average of weights and buffers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from iatros.training.averaging import Average


def test_the_average_follows_its_closed_form():
    model = nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        model.weight.fill_(0.0)
    average = Average(model, decay=0.5)
    with torch.no_grad():
        model.weight.fill_(1.0)
    expected = 0.0
    for step in range(1, 30):
        average.update(model)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay)
        assert float(average.values[0]) == pytest.approx(expected, rel=1e-5)


def test_batch_norm_buffers_are_averaged_and_counters_copied():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    average = Average(model, decay=0.9)
    for _ in range(5):
        model(torch.randn(8, 2) + 3)
        average.update(model)
    state = average.state(model)
    assert not torch.equal(state["1.running_mean"], model.state_dict()["1.running_mean"])
    assert state["1.num_batches_tracked"] == 5
    assert set(state) == set(model.state_dict())
