"""`gated`: attention over inputs, weighing each by what it shows in this case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from iatros.contracts import Fusion


class Gated(Fusion):
    """Each input is weighed by how much it has to say in a case; absent ones weigh nothing."""

    kind: Literal["gated"] = "gated"
    width: int = Field(default=128, ge=1)
    """Width of the fused description."""

    def build(self, widths: Mapping[str, int]) -> GatedSum:
        """(whole, present) -> [B, width]."""
        return GatedSum(widths, self.width)


class GatedSum(nn.Module):
    """whole: input -> [B, W], present: input -> [B] bool; -> [B, width]; zeros where no input is present.

    Source: gated attention of Ilse, Tomczak & Welling 2018, arXiv:1802.04712, eq. 9, over inputs in place of instances.
    """

    def __init__(self, widths: Mapping[str, int], width: int) -> None:
        super().__init__()
        self.names = tuple(widths)
        self.width = width
        self.bring = nn.ModuleDict(
            {name: nn.Sequential(nn.Linear(before, width), nn.LayerNorm(width), nn.GELU()) for name, before in widths.items()}
        )
        self.says = nn.Linear(width, width // 2 + 1)
        self.gate = nn.Linear(width, width // 2 + 1)
        self.score = nn.Linear(width // 2 + 1, 1)

    def forward(self, whole: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        there = torch.stack([present[name] for name in self.names], 1)  # [B, inputs]
        read = {name: whole[name].masked_fill(~present[name][:, None], 0) for name in self.names}
        brought = torch.stack([self.bring[name](read[name]) for name in self.names], 1)  # [B, inputs, width]
        score = self.score(torch.tanh(self.says(brought)) * torch.sigmoid(self.gate(brought))).squeeze(-1)
        weight = score.masked_fill(~there, -1e4).softmax(1) * there
        return torch.einsum("bi,biw->bw", weight, brought)
