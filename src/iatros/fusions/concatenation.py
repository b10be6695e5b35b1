"""`concatenation`: the descriptions of all inputs, end to end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor, nn

from iatros.contracts import Fusion


class Concatenation(Fusion):
    """All inputs side by side, with a flag for each that says whether it is there."""

    kind: Literal["concatenation"] = "concatenation"
    absent: Literal["zeros", "learned"] = "zeros"
    """What stands in place of an absent input: zeros, or a vector learned for it."""

    def build(self, widths: Mapping[str, int]) -> SideBySide:
        """(whole, present) -> [B, V], V the sum of widths, and a flag an input where there are several."""
        return SideBySide(widths, learned=self.absent == "learned")


class SideBySide(nn.Module):
    """whole: input -> [B, W], present: input -> [B] bool; -> [B, width]. One input alone passes unchanged."""

    def __init__(self, widths: Mapping[str, int], learned: bool) -> None:
        super().__init__()
        self.names = tuple(widths)
        self.flags = len(widths) > 1
        self.width = sum(widths.values()) + self.flags * len(widths)
        self.absent = nn.ParameterDict(
            {name: nn.Parameter(torch.zeros(width), requires_grad=learned) for name, width in widths.items()}
        )

    def forward(self, whole: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        parts = [
            torch.where(present[name][:, None], whole[name], self.absent[name].to(whole[name].dtype)) for name in self.names
        ]
        if self.flags:
            parts.append(torch.stack([present[name] for name in self.names], 1).to(parts[0].dtype))
        return torch.cat(parts, 1)
