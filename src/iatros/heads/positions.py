"""A linear readout of every position.

In: `Features` with positions [B, L, W]. Out: raw scores [B, L, K], NaN where a case has no position, so that whoever reads them
needs no mask and nothing that is padding can be taken for a score.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from iatros.contracts import Features, Sizes


class PositionReadout(nn.Module):
    """positions [B, L, W] -> raw [B, L, K]; in training [B, L, K + beside], the last for what is asked then alone."""

    def __init__(self, sizes: Sizes, width: int, beside: int = 0) -> None:
        super().__init__()
        self.linear = nn.Linear(sizes.positions, width)
        self.beside = nn.Linear(sizes.positions, beside) if beside else None

    def forward(self, features: Features) -> Tensor:
        assert features.positions is not None
        assert features.mask is not None
        raw: Tensor = self.linear(features.positions)
        if self.beside is not None and self.training:
            raw = torch.cat([raw, self.beside(features.positions)], 2)
        return raw.masked_fill(~features.mask[:, :, None], float("nan"))


def fitted_to(truth: Tensor, length: int, filling: float) -> Tensor:
    """truth [B, L, ...] cut, or filled up, to `length` positions."""
    if truth.shape[1] >= length:
        return truth[:, :length]
    spare = [0, 0] * (truth.ndim - 2) + [0, length - truth.shape[1]]
    return torch.nn.functional.pad(truth, spare, value=filling)
