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
NORMED_START = 0.5  # the same where layers read normed positions
SMALL = 1e-3  # length of a position below which it is not brought to one


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
    norm: bool = False
    """Each layer reads positions of root mean square one: learns faster, and takes a tenth more time."""
    context: bool = False
    """Each layer's gates also read the mean over all positions: what kind of sequence it is."""
    pooling: TokenPooling = "auto"
    """How positions become one description; places and flat are for sequences of one length, where auto keeps places."""

    def build(self, shape: Shape) -> GatedNetwork:
        """Tokens -> Features with positions."""
        dilations = self.dilations * self.repeats
        network = GatedNetwork(shape, self, dilations)
        start_from(network, self.pretrained)
        return network


class GatedNetwork(nn.Module):
    """x + scale * gate(convolution(x)), layer by layer; padding is zero in every layer, so that it is never seen.

    With `norm`, convolution(x / rms(x)); with `context`, convolution(x) + linear(mean of x over the sequence), 0 at first.

    Source: Dauphin et al. 2017, arXiv:1612.08083; dilations after van den Oord et al. 2016, arXiv:1609.03499; the norm after
    Zhang & Sennrich 2019, arXiv:1910.07467, without gains; the context after Hu et al. 2018, arXiv:1709.01507.
    """

    def __init__(self, shape: Shape, plan: GatedCNN, dilations: tuple[int, ...]) -> None:
        super().__init__()
        width, size = plan.width, plan.size | 1
        self.input = TokenInput(shape, width)
        self.layers = nn.ModuleList(
            nn.Conv1d(width, 2 * width, size, padding=size // 2 * step, dilation=step) for step in dilations
        )
        self.normed = plan.norm
        self.scales = nn.Parameter(torch.full((len(dilations), width, 1), NORMED_START if plan.norm else START))
        self.contexts = nn.ModuleList(_silent(nn.Linear(width, 2 * width, bias=False)) for _ in dilations if plan.context)
        self.silent = nn.Dropout1d(plan.dropout)
        self.dropout = nn.Dropout(plan.dropout)
        self.norm = nn.LayerNorm(width)
        self.pool = TokenPool(plan.pooling, width, shape)
        self.sizes = Sizes(whole=self.pool.width, positions=width)

    def forward(self, tokens: Tokens) -> Features:
        values = self.input(tokens).transpose(1, 2)
        inside = tokens.mask[:, None].to(values.dtype)
        counts = inside.sum(2).clamp_min(1)
        for at, (scale, layer) in enumerate(zip(self.scales, self.layers, strict=True)):
            by = torch.cat([scale, torch.ones_like(scale)])  # the half that passes the gate is scaled, the gate is not
            found = _scaled(layer, by, _normed(values) if self.normed else values)
            if self.contexts:
                found = found + (self.contexts[at](values.sum(2) / counts)[:, :, None] * by).to(found.dtype)
            found = self.silent(nn.functional.glu(found, dim=1))
            values = values + found * inside.to(found.dtype)
        positions: Tensor = self.norm(values.transpose(1, 2))
        return Features(whole=self.dropout(self.pool(positions, tokens.mask)), positions=positions, mask=tokens.mask)


def _silent(linear: nn.Linear) -> nn.Linear:
    nn.init.zeros_(linear.weight)
    return linear


def _normed(values: Tensor) -> Tensor:
    """[N, W, L] with a root mean square of one at each position; zeros stay zeros."""
    length = torch.linalg.vector_norm(values, dim=1, keepdim=True, dtype=torch.float32)
    unit: Tensor = values * (values.shape[1] ** 0.5 / length.clamp_min(SMALL))
    return unit


def _scaled(layer: nn.Module, by: Tensor, values: Tensor) -> Tensor:
    """layer(values) times by [2 W, 1]: on the weights, not on every position."""
    assert isinstance(layer, nn.Conv1d)
    bias = None if layer.bias is None else layer.bias * by[:, 0]
    return nn.functional.conv1d(values, layer.weight * by[:, :, None], bias, padding=layer.padding, dilation=layer.dilation)
