"""Optimisers by name, and their state as named tensors (so that a checkpoint needs no pickle)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop

from iatros.training.recipe import Recipe


def build(model: nn.Module, recipe: Recipe) -> Optimizer:
    """The recipe's optimiser. Matrices and kernels decay; norms, biases and embeddings of one axis do not."""
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": recipe.decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    match recipe.optimizer:
        case "adamw":
            return AdamW(groups, lr=recipe.rate, fused=True)
        case "adam":
            return Adam(groups, lr=recipe.rate, fused=True)
        case "sgd":
            return SGD(groups, lr=recipe.rate, momentum=recipe.momentum, nesterov=recipe.momentum > 0)
        case "rmsprop":
            return RMSprop(groups, lr=recipe.rate, momentum=recipe.momentum)


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """Use this learning rate from now on."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def state_tensors(optimizer: Optimizer) -> dict[str, Tensor]:
    """The optimiser's memory as named tensors: "3.exp_avg" belongs to its parameter 3."""
    state: dict[int, dict[str, Any]] = optimizer.state_dict()["state"]
    return {
        f"{index}.{name}": value.contiguous() if isinstance(value, Tensor) else torch.tensor(value)
        for index, memory in state.items()
        for name, value in memory.items()
        if value is not None
    }


def load_state_tensors(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    """What `state_tensors` gave, back into an optimiser of the same parameters."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        index, _, name = key.partition(".")
        state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
