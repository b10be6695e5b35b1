"""Residual networks on grids of one, two or three axes.

In: `Grid` values [B, C, *space]. Out: `Features`, the mean (and maximum) of the last maps, and the maps of every stage.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from iatros.contracts import Features, Grid, Sizes

Norm = Literal["batch", "group"]
Stem = Literal["small", "strided", "large"]
Pooling = Literal["mean", "mean+max"]

GROUP_CHANNELS = 16  # channels a group of GroupNorm, where they divide (Wu & He 2018 find 16 best)
CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
BATCH_NORM = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
MAX_POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}


class ResidualNetwork(nn.Module):
    """Stem, then stages of residual blocks, each stage but the first at half the resolution.

    Source: He et al. 2016, doi:10.1109/CVPR.2016.90; the last norm of a block starts at zero (Goyal et al. 2017,
    arXiv:1706.02677), so that every block starts as the identity.
    """

    def __init__(
        self,
        axes: int,
        channels: int,
        widths: tuple[int, ...],
        blocks: tuple[int, ...],
        stem: Stem = "strided",
        pooling: Pooling = "mean",
        norm: Norm = "batch",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.stem = make_stem(axes, channels, widths[0], stem, norm)
        before = (widths[0], *widths)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    ResidualBlock(axes, before[i] if j == 0 else width, width, 2 if i and j == 0 else 1, norm)
                    for j in range(blocks[i])
                )
            )
            for i, width in enumerate(widths)
        )
        self.pool = GridPool(pooling)
        self.dropout = nn.Dropout(dropout)
        self.sizes = Sizes(whole=widths[-1] * (2 if pooling == "mean+max" else 1), maps=widths)

    def forward(self, grid: Grid) -> Features:
        values = inside(grid)
        values = self.stem(values)
        maps = []
        for stage in self.stages:
            values = stage(values)
            maps.append(values)
        return Features(whole=self.dropout(self.pool(values, grid.mask)), maps=tuple(maps))


class ResidualBlock(nn.Module):
    """Two convolutions of width 3 around a shortcut: [B, C, *space] -> [B, width, *space / stride]."""

    def __init__(self, axes: int, channels: int, width: int, stride: int = 1, norm: Norm = "batch") -> None:
        super().__init__()
        conv = CONV[axes]
        last = make_norm(axes, width, norm)
        nn.init.zeros_(last.weight)  # type: ignore[arg-type]  # every norm has a weight
        self.change = nn.Sequential(
            conv(channels, width, 3, stride, 1, bias=False),
            make_norm(axes, width, norm),
            nn.ReLU(inplace=True),
            conv(width, width, 3, 1, 1, bias=False),
            last,
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or channels != width:
            self.shortcut = nn.Sequential(conv(channels, width, 1, stride, bias=False), make_norm(axes, width, norm))

    def forward(self, values: Tensor) -> Tensor:
        return torch.relu(self.change(values) + self.shortcut(values))


class GridPool(nn.Module):
    """Maps [B, C, *space] and a mask of the input [B, *input space] or none -> [B, C], or [B, 2 C] with maxima beside means."""

    def __init__(self, pooling: Pooling) -> None:
        super().__init__()
        self.pooling = pooling

    def forward(self, values: Tensor, mask: Tensor | None) -> Tensor:
        flat = values.flatten(2)  # [B, C, *space] -> [B, C, L]
        if mask is None:
            mean = flat.mean(2)
            return mean if self.pooling == "mean" else torch.cat([mean, flat.amax(2)], 1)
        inner = shrink_mask(mask, values.shape[2:]).flatten(1)[:, None]  # [B, 1, L]
        mean = (flat * inner).sum(2) / inner.sum(2).clamp_min(1)
        if self.pooling == "mean":
            return mean
        some = inner.any(2)
        most = flat.masked_fill(~inner, float("-inf")).amax(2).masked_fill(~some, 0)
        return torch.cat([mean, most], 1)


def inside(grid: Grid) -> Tensor:
    """Values [B, C, *space] with zeros where the mask says that nothing is."""
    return grid.values if grid.mask is None else grid.values.masked_fill(~grid.mask[:, None], 0)


def shrink_mask(mask: Tensor, space: torch.Size) -> Tensor:
    """[B, *space] bool at a coarser size: a coarse cell is inside where any of its fine cells is."""
    pool = {1: nn.functional.adaptive_max_pool1d, 2: nn.functional.adaptive_max_pool2d, 3: nn.functional.adaptive_max_pool3d}
    coarse: Tensor = pool[len(space)](mask[:, None].float(), tuple(space))
    return coarse[:, 0] > 0


def make_stem(axes: int, channels: int, width: int, stem: Stem, norm: Norm) -> nn.Sequential:
    """The first convolution: `small` keeps the resolution, `strided` halves it, `large` (ResNet-18's) quarters it."""
    size, stride = {"small": (3, 1), "strided": (3, 2), "large": (7, 2)}[stem]
    conv = CONV[axes](channels, width, size, stride, size // 2, bias=False)
    layers: list[nn.Module] = [conv, make_norm(axes, width, norm), nn.ReLU(inplace=True)]
    if stem == "large":
        layers.append(MAX_POOL[axes](3, 2, 1))
    return nn.Sequential(*layers)


def make_norm(axes: int, width: int, norm: Norm) -> nn.Module:
    """BatchNorm, or GroupNorm, which reads no other case of the batch."""
    if norm == "batch":
        return BATCH_NORM[axes](width)
    return nn.GroupNorm(width // GROUP_CHANNELS if width % GROUP_CHANNELS == 0 else 1, width)
