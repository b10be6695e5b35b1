"""A table's row as one vector that a network can work with. In: `Rows`. Out: [B, width].

Numbers are widened, each by itself, before they meet (Gorishniy, Rubachev & Babenko 2022, arXiv:2203.05556);
what is not observed is never read.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from iatros.contracts import Rows, Shape

Numbers = Literal["plain", "piecewise", "periodic"]

NORMAL_DECILES = (-2.33, -1.28, -0.84, -0.52, -0.25, 0.0, 0.25, 0.52, 0.84, 1.28, 2.33)  # bins where no quantiles are known
LEAST_BIN = 1e-3  # standard deviations; narrower bins are joined
FREQUENCIES = 8  # of the periodic embedding, a number
FARTHEST = 5.0  # bins; how far a value outside of all bins is followed


class RowEmbedding(nn.Module):
    """Rows -> [B, width]: numbers widened to `each` entries, what was observed, and an embedding of each category.

    Code 0 of a category (missing, or never seen in training) is a vector of zeros that is not trained.
    """

    def __init__(self, shape: Shape, numbers: Numbers = "piecewise", each: int = 8, indicators: bool = True) -> None:
        super().__init__()
        self.numbers = make_numbers(shape, numbers, each)
        self.indicators = indicators
        widths = [category_width(codes) for codes in shape.categories]
        self.categories = nn.ModuleList(
            nn.Embedding(codes, width, padding_idx=0) for codes, width in zip(shape.categories, widths, strict=True)
        )
        per_number = 1 if numbers == "plain" else each
        self.width = shape.numbers * (per_number + int(indicators)) + sum(widths) + int(indicators) * len(widths)

    def forward(self, rows: Rows) -> Tensor:
        observed = rows.observed[..., None]
        wide = self.numbers(torch.where(rows.observed, rows.numbers, 0)).masked_fill(~observed, 0)  # [B, F, each]
        parts = [wide.flatten(1)]
        parts += [embed(rows.categories[:, j]) for j, embed in enumerate(self.categories)]
        if self.indicators:
            parts += [rows.observed.to(wide.dtype), (rows.categories > 0).to(wide.dtype)]
        return torch.cat(parts, 1)


class HideCells(nn.Module):
    """In training, observed cells are taken for missing at random; in evaluation, nothing happens. Rows -> Rows.

    A network that never saw a column missing trusts it blindly, and one that saw it missing in one hospital alone learns the
    hospital; both fail where other things are measured.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, rows: Rows) -> Rows:
        if not self.training or not self.rate:
            return rows
        observed = rows.observed & (torch.rand_like(rows.observed, dtype=torch.float32) >= self.rate)
        kept = torch.rand_like(rows.categories, dtype=torch.float32) >= self.rate
        return Rows(torch.where(observed, rows.numbers, 0), observed, rows.categories * kept)


class PlainRows(nn.Module):
    """Rows -> [B, width] as a linear model reads them: numbers, what was observed, categories one against the rest."""

    def __init__(self, shape: Shape, indicators: bool = True) -> None:
        super().__init__()
        self.codes = shape.categories
        self.indicators = indicators
        self.width = shape.numbers * (1 + int(indicators)) + sum(self.codes)

    def forward(self, rows: Rows) -> Tensor:
        numbers = torch.where(rows.observed, rows.numbers, 0)
        parts = [numbers, rows.observed.to(numbers.dtype)] if self.indicators else [numbers]
        parts += [F.one_hot(rows.categories[:, j], codes).to(numbers.dtype) for j, codes in enumerate(self.codes)]
        return torch.cat(parts, 1)


class PiecewiseLinear(nn.Module):
    """How far each number has filled each of its bins, then a linear layer a number: [B, F] -> [B, F, each]."""

    edges: Tensor
    spans: Tensor
    real: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, quantiles: tuple[tuple[float, ...], ...], each: int) -> None:
        super().__init__()
        edges = [bins(q) for q in quantiles]
        most = max((len(e) for e in edges), default=2) - 1
        spans = [[b - a for a, b in pairwise(e)] for e in edges]
        real = [[i < len(span) for i in range(most)] for span in spans]
        shape = (len(edges), most)  # [F, Q]
        self.register_buffer("edges", torch.tensor([_padded(e[:-1], most) for e in edges]).reshape(shape))
        self.register_buffer("spans", torch.tensor([_padded(span, most, 1.0) for span in spans]).reshape(shape))
        self.register_buffer("real", torch.tensor(real, dtype=torch.bool).reshape(shape))
        first = torch.arange(most) == 0
        last = (torch.cumsum(self.real.int().flip(-1), -1).flip(-1) == 1) & self.real
        self.register_buffer("low", torch.where(first, -FARTHEST, 0.0) * self.real, persistent=False)
        self.register_buffer("high", torch.where(last, FARTHEST, 1.0) * self.real, persistent=False)
        self.linear = PerNumber(len(edges), most, each)

    def forward(self, numbers: Tensor) -> Tensor:
        filled = (numbers[..., None] - self.edges) / self.spans  # [B, F, Q]
        filled = torch.minimum(torch.maximum(filled, self.low), self.high)  # both 0 where there is no bin
        linear: Tensor = self.linear(filled.to(numbers.dtype))
        return torch.relu(linear)


class Periodic(nn.Module):
    """Sines and cosines of each number at learned frequencies, then a linear layer a number: [B, F] -> [B, F, each]."""

    def __init__(self, numbers: int, each: int, scale: float = 0.3) -> None:
        super().__init__()
        self.frequencies = nn.Parameter(torch.randn(numbers, FREQUENCIES) * scale)
        self.linear = PerNumber(numbers, 2 * FREQUENCIES, each)

    def forward(self, numbers: Tensor) -> Tensor:
        angle = 2 * torch.pi * self.frequencies * numbers[..., None]
        linear: Tensor = self.linear(torch.cat([angle.cos(), angle.sin()], -1))
        return torch.relu(linear)


class Plain(nn.Module):
    """Numbers as they are: [B, F] -> [B, F, 1]."""

    def forward(self, numbers: Tensor) -> Tensor:
        return numbers[..., None]


class PerNumber(nn.Module):
    """A linear layer of its own for each number: [B, F, Q] -> [B, F, each]."""

    def __init__(self, numbers: int, before: int, after: int) -> None:
        super().__init__()
        bound = before**-0.5
        self.weight = nn.Parameter(torch.empty(numbers, before, after).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(numbers, after).uniform_(-bound, bound))

    def forward(self, values: Tensor) -> Tensor:
        return torch.einsum("bfq,fqe->bfe", values, self.weight) + self.bias


def make_numbers(shape: Shape, numbers: Numbers, each: int) -> nn.Module:
    """The embedding of numbers by name."""
    if numbers == "piecewise":
        return PiecewiseLinear(shape.quantiles or (NORMAL_DECILES,) * shape.numbers, each)
    return Periodic(shape.numbers, each) if numbers == "periodic" else Plain()


def bins(quantiles: tuple[float, ...]) -> list[float]:
    """Edges of bins, rising by at least LEAST_BIN; two at least, also for a constant."""
    edges: list[float] = []
    for edge in sorted(quantiles):
        if not edges or edge - edges[-1] >= LEAST_BIN:
            edges.append(float(edge))
    return edges if len(edges) > 1 else [(edges or [0.0])[0], (edges or [0.0])[0] + 1.0]


def category_width(codes: int) -> int:
    """Width of a category's embedding: half its codes, between 1 and 16."""
    return min(16, max(1, codes // 2))


def _padded(values: list[float], length: int, fill: float = 0.0) -> list[float]:
    return values + [fill] * (length - len(values))
