"""`tabular_resnet`: a residual network for tables."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from iatros.contracts import Encoder, Features, Layout, Rows, Shape, Sizes
from iatros.encoders.numerical_embedding import HideCells, Numbers, RowEmbedding
from iatros.encoders.pretrained import start_from


class TabularResNet(Encoder):
    """Residual dense blocks, for tables of many columns and thousands of cases."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Rows,)

    kind: Literal["tabular_resnet"] = "tabular_resnet"
    width: int = Field(default=128, ge=1)
    """Width of the description of a case."""
    blocks: int = Field(default=2, ge=1, le=32)
    """Residual blocks."""
    numbers: Numbers = "piecewise"
    """How a number is widened: by bins of its training quantiles, by learned sines and cosines, or not at all."""
    each: int = Field(default=8, ge=1, le=256)
    """Entries that a number is widened to."""
    indicators: bool = True
    """Tell the network which cells were observed. Off: for sites that differ in what they measure."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of entries dropped inside each block in training."""
    hidden: float = Field(default=0.3, ge=0, lt=1)
    """Share of observed cells hidden in training, so that the network can do without any: sites differ in what they measure."""

    def build(self, shape: Shape) -> TabularResidualNetwork:
        """Rows -> Features."""
        embedding = RowEmbedding(shape, self.numbers, self.each, self.indicators)
        network = TabularResidualNetwork(HideCells(self.hidden), embedding, self.width, self.blocks, self.dropout)
        start_from(network, self.pretrained)
        return network


class TabularResidualNetwork(nn.Module):
    """Rows -> whole [B, width]. Source: Gorishniy et al. 2021, arXiv:2106.11959, with LayerNorm, which reads one case alone."""

    def __init__(self, hide: HideCells, embedding: RowEmbedding, width: int, blocks: int, dropout: float) -> None:
        super().__init__()
        self.hide = hide
        self.embedding = embedding
        self.first = nn.Linear(embedding.width, width)
        self.blocks = nn.ModuleList(DenseBlock(width, dropout) for _ in range(blocks))
        self.last = nn.Sequential(nn.LayerNorm(width), nn.ReLU())
        self.sizes = Sizes(whole=width)

    def forward(self, rows: Rows) -> Features:
        values: Tensor = self.first(self.embedding(self.hide(rows)))
        for block in self.blocks:
            values = block(values)
        return Features(whole=self.last(values))


class DenseBlock(nn.Module):
    """x + change(x): [B, W] -> [B, W]."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(2 * width, width),
            nn.Dropout(dropout),
        )

    def forward(self, values: Tensor) -> Tensor:
        changed: Tensor = values + self.change(values)
        return changed
