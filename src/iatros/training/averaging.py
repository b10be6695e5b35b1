"""The moving average of a network's weights and BatchNorm buffers, which predicts better than the last step's weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

WARM = 10.0  # the decay rises as (1 + step) / (WARM + step), so that the first weights are soon forgotten


class Average:
    """An exponential moving average of all floating-point parameters and buffers; integers are copied.

    Source: Polyak & Juditsky 1992; buffers averaged too, since an averaged network with the last step's statistics is neither.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.names = [name for name, t in model.state_dict().items() if t.is_floating_point()]
        self.values = [model.state_dict()[name].detach().clone() for name in self.names]

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move towards the model's present weights."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (WARM + self.steps))
        state = model.state_dict()
        torch._foreach_lerp_(self.values, [state[name] for name in self.names], 1 - decay)

    def state(self, model: nn.Module) -> dict[str, Tensor]:
        """A state dictionary for the model: averaged where there is an average, the model's own elsewhere."""
        averaged = dict(zip(self.names, self.values, strict=True))
        return {name: averaged.get(name, t) for name, t in model.state_dict().items()}
