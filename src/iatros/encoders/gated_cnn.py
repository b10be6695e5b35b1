"""`gated_cnn`: dilated convolutions with gates, for sequences of letters, texts and events."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from iatros.contracts import Encoder, Features, Layout, Level, Shape, Sizes, Tokens
from iatros.encoders.pretrained import start_from
from iatros.encoders.tokens import TokenInput, TokenPool, TokenPooling

START = 0.1  # what a layer adds at first, so that a deep stack begins near the identity


class GatedCNN(Encoder):
    """Residual layers of gated convolutions whose reach doubles: fast, and the sound default for sequences."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Tokens,)
    gives: ClassVar[Level] = Level.WHOLE | Level.POSITIONS

    kind: Literal["gated_cnn"] = "gated_cnn"
    width: int = Field(default=128, ge=1)
    """Channels."""
    size: int = Field(default=5, ge=1)
    """Positions that a convolution sees at once; odd."""
    dilations: tuple[int, ...] = Field(default=(1, 2, 4, 8, 16, 32), min_length=1)
    """Steps between these positions, layer by layer."""
    repeats: int = Field(default=1, ge=1)
    """How often all dilations are gone through."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of each layer's channels silenced in training, a case at a time."""
    pooling: TokenPooling = "mean+max"
    """How positions become one description; flat only for sequences of one length."""

    def build(self, shape: Shape) -> GatedNetwork:
        """Tokens -> Features with positions."""
        dilations = self.dilations * self.repeats
        network = GatedNetwork(shape, self.width, self.size | 1, dilations, self.dropout, self.pooling)
        start_from(network, self.pretrained)
        return network


class GatedNetwork(nn.Module):
    """x + scale * gate(convolution(x)), layer by layer; padding is zero in every layer, so that it is never seen.

    Source: Dauphin et al. 2017, arXiv:1612.08083; dilations after van den Oord et al. 2016, arXiv:1609.03499.
    """

    def __init__(
        self, shape: Shape, width: int, size: int, dilations: tuple[int, ...], dropout: float, pooling: TokenPooling
    ) -> None:
        super().__init__()
        self.input = TokenInput(shape, width)
        self.layers = nn.ModuleList(
            nn.Conv1d(width, 2 * width, size, padding=size // 2 * step, dilation=step) for step in dilations
        )
        self.scales = nn.Parameter(torch.full((len(dilations), width, 1), START))
        self.silent = nn.Dropout1d(dropout)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)
        self.pool = TokenPool(pooling, width, shape.space[0])
        self.sizes = Sizes(whole=self.pool.width, positions=width)

    def forward(self, tokens: Tokens) -> Features:
        values = self.input(tokens).transpose(1, 2)
        inside = tokens.mask[:, None].to(values.dtype)
        for scale, layer in zip(self.scales, self.layers, strict=True):
            found = self.silent(nn.functional.glu(_scaled(layer, scale, values), dim=1))
            values = values + found * inside.to(found.dtype)
        positions: Tensor = self.norm(values.transpose(1, 2))
        return Features(whole=self.dropout(self.pool(positions, tokens.mask)), positions=positions, mask=tokens.mask)


def _scaled(layer: nn.Module, scale: Tensor, values: Tensor) -> Tensor:
    """layer(values) with the half that passes the gate times scale [W, 1]: on the weights, not on every position."""
    assert isinstance(layer, nn.Conv1d)
    by = torch.cat([scale, torch.ones_like(scale)])
    bias = None if layer.bias is None else layer.bias * by[:, 0]
    return nn.functional.conv1d(values, layer.weight * by[:, :, None], bias, padding=layer.padding, dilation=layer.dilation)
