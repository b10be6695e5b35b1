"""`transformer`: a small network of self-attention, every position looking at every other."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from iatros.contracts import Encoder, Features, Layout, Level, Shape, Sizes, Tokens
from iatros.encoders.pretrained import start_from
from iatros.encoders.tokens import TokenInput, TokenPool, TokenPooling

SLOWEST = 10_000.0  # of the rotations that tell positions apart, in positions a radian


class Transformer(Encoder):
    """Self-attention with rotary positions. Cost grows with the square of the length; wants more cases than a convolution."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Tokens,)
    gives: ClassVar[Level] = Level.WHOLE | Level.POSITIONS

    kind: Literal["transformer"] = "transformer"
    width: int = Field(default=128, ge=4)
    """Of a position's vector."""
    heads: int = Field(default=4, ge=1)
    """Attentions side by side; they divide the width into even parts."""
    layers: int = Field(default=4, ge=1, le=64)
    """Layers of attention, each followed by a small network on each position."""
    dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of entries dropped in training."""
    pooling: TokenPooling = "auto"
    """How positions become one description; places and flat are for sequences of one length, where auto keeps places."""

    @model_validator(mode="after")
    def _heads_divide_the_width(self) -> Transformer:
        if self.width % (2 * self.heads):
            raise ValueError(f"width must be a multiple of twice the heads: {2 * self.heads}, {4 * self.heads}, ...")
        return self

    def build(self, shape: Shape) -> AttentionNetwork:
        """Tokens -> Features with positions."""
        network = AttentionNetwork(shape, self)
        start_from(network, self.pretrained)
        return network


class AttentionNetwork(nn.Module):
    """Layers with the norm before each part.

    Source: Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745 (norm); Su et al. 2021,
    arXiv:2104.09864 (rotary positions).
    """

    def __init__(self, shape: Shape, said: Transformer) -> None:
        super().__init__()
        self.input = TokenInput(shape, said.width, said.dropout)
        self.layers = nn.ModuleList(AttentionLayer(said.width, said.heads, said.dropout) for _ in range(said.layers))
        self.norm = nn.LayerNorm(said.width)
        self.pool = TokenPool(said.pooling, said.width, shape)
        self.sizes = Sizes(whole=self.pool.width, positions=said.width)

    def forward(self, tokens: Tokens) -> Features:
        values = self.input(tokens)
        seen = tokens.mask | ~tokens.mask.any(1, keepdim=True)  # a case without positions may look anywhere; it is not read
        for layer in self.layers:
            values = layer(values, seen)
        values = self.norm(values) * tokens.mask[:, :, None]
        return Features(whole=self.pool(values, tokens.mask), positions=values, mask=tokens.mask)


class AttentionLayer(nn.Module):
    """Attention, then two dense layers, each added to what came in. values [B, L, W], seen [B, L] bool."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.three, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dense = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, values: Tensor, seen: Tensor) -> Tensor:
        cases, length, width = values.shape
        three = self.three(self.before(values)).view(cases, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = rotated(three[0]), rotated(three[1]), three[2]
        found = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen[:, None, None])
        values = values + self.dropout(self.joined(found.transpose(1, 2).reshape(cases, length, width)))
        result: Tensor = values + self.dropout(self.dense(self.between(values)))
        return result


def rotated(vectors: Tensor) -> Tensor:
    """vectors [..., L, D], each pair of entries turned by an angle in proportion to its position."""
    half = vectors.shape[-1] // 2
    rates = SLOWEST ** -(torch.arange(half, device=vectors.device) / half)
    angle = torch.arange(vectors.shape[-2], device=vectors.device)[:, None] * rates
    cos, sin = angle.cos().to(vectors.dtype), angle.sin().to(vectors.dtype)
    first, second = vectors[..., :half], vectors[..., half:]
    return torch.cat([first * cos - second * sin, first * sin + second * cos], -1)
