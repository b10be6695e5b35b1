"""`symmetric`: two inputs of one kind whose order means nothing, such as two proteins that may bind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from iatros.contracts import Fusion


class Symmetric(Fusion):
    """Sum, distance and product of two descriptions, then a dense layer: the same whichever of the two comes first."""

    together: ClassVar[bool] = True

    kind: Literal["symmetric"] = "symmetric"
    width: int = Field(default=128, ge=1)
    """Width of the fused description."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of its entries dropped in training."""

    def build(self, widths: Mapping[str, int]) -> SymmetricPair:
        """(whole, present) -> [B, width]."""
        return SymmetricPair(widths, self.width, self.dropout)


class SymmetricPair(nn.Module):
    """whole: input -> [B, W], present: input -> [B] bool; -> [B, width]. Of more than two inputs, over all their pairs.

    Sum over inputs, and over pairs of inputs |a - b| and a * b, each where both are present. Inputs that share an encoder have
    one width and are exchangeable; one of another width is brought to the largest first.
    """

    def __init__(self, widths: Mapping[str, int], width: int, dropout: float) -> None:
        super().__init__()
        self.names = tuple(widths)
        self.width, common = width, max(widths.values())
        self.bring = nn.ModuleDict({name: nn.Linear(own, common) for name, own in widths.items() if own != common})
        self.norm = nn.LayerNorm(3 * common)
        self.dense = nn.Sequential(nn.Linear(3 * common, width), nn.GELU(), nn.Dropout(dropout))

    def forward(self, whole: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Tensor:
        read = [self._read(name, whole[name], present[name][:, None]) for name in self.names]
        total = torch.stack(read).sum(0)
        apart, alike = torch.zeros_like(total), torch.zeros_like(total)
        for i, first in enumerate(self.names):
            for j, second in enumerate(self.names[:i]):
                both = (present[first] & present[second])[:, None]
                apart = apart + (read[i] - read[j]).abs() * both
                alike = alike + read[i] * read[j] * both
        result: Tensor = self.dense(self.norm(torch.cat([total, apart, alike], 1)))
        return result

    def _read(self, name: str, whole: Tensor, present: Tensor) -> Tensor:
        """[B, common] zeros where the input is absent."""
        known = whole.masked_fill(~present, 0)
        return self.bring[name](known) * present if name in self.bring else known
