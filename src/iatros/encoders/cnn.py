"""`cnn`: the plain sequential convolutional network of textbooks, as a yardstick."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from iatros.contracts import Encoder, Features, Grid, Layout, Level, Shape, Sizes
from iatros.encoders.pretrained import start_from
from iatros.encoders.residual import CONV, MAX_POOL, inside


class CNN(Encoder):
    """Convolution, ReLU, pooling, several times; then one dense layer. Simple, and seldom the best."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Grid,)
    gives: ClassVar[Level] = Level.WHOLE | Level.MAPS

    kind: Literal["cnn"] = "cnn"
    widths: tuple[int, ...] = Field(default=(16, 32, 64), min_length=1)
    """Channels of each convolution; each is followed by a pooling that halves the resolution."""
    dense: int = Field(default=128, ge=1)
    """Width of the dense layer."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of the dense layer's entries dropped in training."""

    def build(self, shape: Shape) -> SequentialNetwork:
        """Grid -> Features with a map after each pooling, finest first."""
        network = SequentialNetwork(shape, self.widths, self.dense, self.dropout)
        start_from(network, self.pretrained)
        return network


class SequentialNetwork(nn.Module):
    """Grid values [B, C, *space] -> whole [B, dense]. The image's size is fixed when the network is built."""

    def __init__(self, shape: Shape, widths: tuple[int, ...], dense: int, dropout: float) -> None:
        super().__init__()
        axes = len(shape.space)
        self.stages = nn.ModuleList(
            nn.Sequential(CONV[axes](before, after, 3, padding=1), nn.ReLU(), MAX_POOL[axes](2, ceil_mode=True))
            for before, after in pairwise((shape.channels, *widths))
        )
        cells = math.prod(math.ceil(length / 2 ** len(widths)) for length in shape.space)
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * cells, dense), nn.ReLU(), nn.Dropout(dropout))
        self.sizes = Sizes(whole=dense, maps=widths)

    def forward(self, grid: Grid) -> Features:
        values = inside(grid)
        maps = []
        for stage in self.stages:
            values = stage(values)
            maps.append(values)
        return Features(whole=self.dense(values), maps=tuple(maps))
