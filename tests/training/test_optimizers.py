"""Optimisers: what decays, and their memory without pickle."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from iatros.contracts import Rows
from iatros.study import TrainingSection
from iatros.training import checkpoints, optimizers
from iatros.training.recipe import resolve


def made(name: str):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    recipe = resolve(TrainingSection(optimizer=name, decay=0.1), 100, [Rows])
    return model, optimizers.build(model, recipe)


def step(model, optimizer, seed):
    torch.manual_seed(seed)
    optimizer.zero_grad()
    model(torch.randn(16, 3)).pow(2).mean().backward()
    optimizer.step()


def test_norms_and_biases_do_not_decay():
    _, optimizer = made("adamw")
    decays = [group["weight_decay"] for group in optimizer.param_groups]
    assert decays == [0.1, 0.0]
    assert all(p.ndim == 1 for p in optimizer.param_groups[1]["params"])


@pytest.mark.parametrize("name", ["adamw", "adam", "sgd", "rmsprop"])
def test_memory_saved_as_tensors_goes_on_alike(name, tmp_path):
    model, optimizer = made(name)
    for seed in range(3):
        step(model, optimizer, seed)
    saved = checkpoints.Saved(model.state_dict() | checkpoints.prefixed("o", optimizers.state_tensors(optimizer)), {})
    checkpoints.save(tmp_path / "c.safetensors", saved)
    read = checkpoints.read(tmp_path / "c.safetensors")
    other, other_optimizer = made(name)
    other.load_state_dict({k: v for k, v in read.tensors.items() if not k.startswith("o/")})
    optimizers.load_state_tensors(other_optimizer, read.group("o"))
    for seed in range(3, 6):
        step(model, optimizer, seed)
        step(other, other_optimizer, seed)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))


def test_facts_travel_with_the_tensors(tmp_path):
    checkpoints.save(tmp_path / "c.safetensors", checkpoints.Saved({"a/x": torch.ones(2)}, {"epoch": 3, "best": None}))
    read = checkpoints.read(tmp_path / "c.safetensors")
    assert read.facts == {"epoch": 3, "best": None}
    assert torch.equal(read.group("a")["x"], torch.ones(2))
