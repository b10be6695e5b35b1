"""`mlp`: a multi-layer perceptron for tables, with good embeddings of numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import nn

from iatros.contracts import Encoder, Features, Layout, Rows, Shape, Sizes
from iatros.encoders.numerical_embedding import HideCells, Numbers, PlainRows, RowEmbedding
from iatros.encoders.pretrained import start_from


class MLP(Encoder):
    """Dense layers on widened numbers and embedded categories: the sound default for tables."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Rows,)

    kind: Literal["mlp"] = "mlp"
    widths: tuple[int, ...] = Field(default=(128, 128), min_length=1)
    """Width of each layer."""
    numbers: Numbers = "plain"
    """How a number is widened: by bins of its training quantiles, by learned sines and cosines, or not at all."""
    each: int = Field(default=8, ge=1, le=256)
    """Entries that a number is widened to."""
    indicators: bool = True
    """Tell the network which cells were observed. Off: for sites that differ in what they measure."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of entries dropped after each layer in training."""
    hidden: float = Field(default=0.3, ge=0, lt=1)
    """Share of observed cells hidden in training, so that the network can do without any: sites differ in what they measure."""
    linear: bool = True
    """Give the readout the table itself beside what the layers make of it, so that what is linear need not be learned twice."""

    def build(self, shape: Shape) -> Perceptron:
        """Rows -> Features."""
        embedding = RowEmbedding(shape, self.numbers, self.each, self.indicators)
        beside = PlainRows(shape, self.indicators) if self.linear else None
        network = Perceptron(HideCells(self.hidden), embedding, self.widths, self.dropout, beside)
        start_from(network, self.pretrained)
        return network


class Perceptron(nn.Module):
    """Rows -> whole [B, W], W the width of the last layer and of the plain table beside it.

    Source: wide and deep learning, Cheng et al. 2016, arXiv:1606.07792.
    """

    def __init__(
        self, hide: HideCells, embedding: RowEmbedding, widths: tuple[int, ...], dropout: float, beside: PlainRows | None = None
    ) -> None:
        super().__init__()
        self.hide = hide
        self.embedding = embedding
        layers = [
            nn.Sequential(nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout))
            for before, after in pairwise((embedding.width, *widths))
        ]
        self.layers = nn.Sequential(*layers)
        self.beside = beside
        self.sizes = Sizes(whole=widths[-1] + (beside.width if beside else 0))

    def forward(self, rows: Rows) -> Features:
        rows = self.hide(rows)
        deep = self.layers(self.embedding(rows))
        return Features(whole=deep if self.beside is None else torch.cat([deep, self.beside(rows)], 1))
