"""Single images: radiographs, slides, photographs, one DICOM frame each.

In: paths of files, or arrays of an .npz. Out: pixels packed once on one grid; batches [B, C, H, W] scaled by the training rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal, cast

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Generator, Tensor

from iatros.contracts import Cells, Grid, Learned, Modality, Motion, Picture, Shape, Summary
from iatros.findings import Finding, from_source
from iatros.modalities import image_grid
from iatros.modalities.augment import Augment, Augmentation
from iatros.modalities.augment_batch import augmented, seen
from iatros.modalities.image_cells import check_cells, pack_cells, plan_cells
from iatros.modalities.image_copies import near_duplicates
from iatros.modalities.image_grid import Aspect
from iatros.modalities.image_summary import summarised
from iatros.packed import Packed

SAMPLED = 2_000  # training images from which mean and standard deviation are learned


class Scale(Learned):
    """How a batch is scaled: mean and standard deviation of each channel on the training rows, as shares of white."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    height: int
    width: int


class Image(Modality):
    """Images of two axes: PNG, JPEG, TIFF, BMP, GIF, WebP, single-frame DICOM, or arrays."""

    version: ClassVar[int] = 1
    files: ClassVar[bool] = True
    unpacked: ClassVar[frozenset[str]] = frozenset({"kind", "encoder", "shares", "augment", "normalise"})
    layout: ClassVar[type[Grid]] = Grid
    default: ClassVar[str] = "resnet"
    Plan: ClassVar[type[Learned]] = image_grid.Plan
    Fitted: ClassVar[type[Learned]] = Scale

    kind: Literal["image"] = "image"
    column: str
    """The column with the paths of the files (relative to the table), or with the images themselves."""
    path: str = Field(default="{}", pattern=r"^[^{}]*\{\}[^{}]*$")
    """Where a cell's file lies, {} standing for the cell: "images/{}.jpg"."""
    size: Literal["auto"] | int | tuple[int, int] = "auto"
    """Pixels of a side, or [height, width]; auto: the median of the images, at most 128."""
    aspect: Aspect = "pad"
    """What to do with images of another shape: black borders, stretching, or cutting the longer side."""
    crop: float = Field(default=1, gt=0, le=1)
    """The central share of each side that is kept."""
    channels: Literal["auto", 1, 3] = "auto"
    """1 grey, 3 colour; auto: colour where most images have any."""
    window: tuple[float, float] | None = None
    """Centre and width for DICOM, in rescaled units (HU); by default what each file says."""
    augment: Augmentation = Field(default_factory=Augment)
    """How training images are varied: a preset's name, or limits."""
    normalise: Literal["training", "case", "none"] = "training"
    """Scale by the training images' mean and standard deviation, by each image's own, or not (0 black, 1 white)."""

    def columns_used(self) -> tuple[str, ...]:
        return (self.column,)

    def located(self, cells: Cells) -> Cells:
        """The cells with their paths written out."""
        column = cells.frame[self.column]
        if self.path == "{}" or self.column in cells.arrays:
            return cells
        before, after = self.path.split("{}")
        cell = column.cast(pl.String).str.strip_chars()
        paths = (before + cell + after).set(cell == "", None).alias(self.column)  # an empty cell stays empty
        return replace(cells, frame=cells.frame.with_columns(paths))

    def check(self, cells: Cells) -> list[Finding]:
        """What the headers of all files say. Pixels are judged when they are packed."""
        return from_source(check_cells(cells, self.column, self._side()), "", cells.file)

    def plan(self, cells: Cells) -> image_grid.Plan:
        """Size, channels and depth, from the headers and a few images."""
        channels = None if self.channels == "auto" else self.channels
        return plan_cells(cells, self.column, self._side(), channels, self.window)

    def pack(self, cells: Cells, plan: Learned) -> Packed:
        """pixels [M, C, H, W] uint8 or uint16. What cannot be read, or is blank, is set aside and not present."""
        return pack_cells(cells, self.column, cast(image_grid.Plan, plan), self.aspect, self.crop, self.window)

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> Scale:
        """Mean and standard deviation of each channel over (a sample of) the training rows."""
        plan = cast(image_grid.Plan, packed.plan)
        rows = rows[packed.present[rows]]
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLED)).astype(np.int64)]
        neutral = self.normalise != "training" or len(rows) == 0
        mean, sd = (
            (np.zeros(plan.channels), np.ones(plan.channels)) if neutral else _moments(packed["pixels"], rows, plan.white)
        )
        return Scale(mean=tuple(mean.tolist()), sd=tuple(sd.tolist()), height=plan.height, width=plan.width)

    def shape(self, fitted: Learned) -> Shape:
        fitted = cast(Scale, fitted)
        return Shape(Grid, channels=len(fitted.mean), space=(fitted.height, fitted.width))

    def batch(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> Grid:
        """values [B, C, H, W] float32; zeros where there is no image."""
        fitted, white = cast(Scale, fitted), cast(image_grid.Plan, packed.plan).white
        values = torch.from_numpy(np.ascontiguousarray(packed["pixels"][rows])).to(torch.float32)
        sd = torch.tensor(fitted.sd).view(-1, 1, 1)
        values.mul_(1 / (white * sd)).sub_(torch.tensor(fitted.mean).view(-1, 1, 1) / sd)
        if self.normalise == "case":
            values = _by_itself(values)
        here = packed.present[rows]
        if not here.all():
            values[torch.from_numpy(~here)] = 0
        return Grid(values)

    def move(self, layout: Any, generator: Generator) -> tuple[Grid, Motion | None]:  # Any: a Grid, as the contract has it
        """The batch, each image varied by its own draw, and how it was moved."""
        values, motion = augmented(layout.values, self.augment, generator)
        return Grid(values, layout.mask), motion

    def view(self, layout: Any, number: int) -> Grid:  # Any: a Grid, as the contract has it
        """The batch under one draw of the training's motions, contrast, brightness and gamma, shared by all images."""
        return Grid(seen(layout.values, self.augment, number), layout.mask)

    def summary(self, packed: Packed, rows: NDArray[np.int64]) -> Summary:
        """Simple statistics of each image, for classical models."""
        return summarised(packed["pixels"], packed.present, rows, cast(image_grid.Plan, packed.plan).white)

    def picture(self, packed: Packed, row: int) -> Picture:
        """The packed image, [H, W] or [H, W, 3] uint8."""
        pixels = np.asarray(packed["pixels"][row])
        shown = pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)
        return Picture(image=np.ascontiguousarray(shown[0] if len(shown) == 1 else shown.transpose(1, 2, 0)))

    def twins(self, packed: Packed) -> list[NDArray[np.int64]]:
        """Groups of images that are copies of one another, brightness and contrast apart."""
        return near_duplicates(packed).groups(len(packed))

    def _side(self) -> tuple[int, int] | None:
        if self.size == "auto":
            return None
        return (self.size, self.size) if isinstance(self.size, int) else self.size


def _moments(pixels: NDArray[Any], rows: NDArray[np.int64], white: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation [C] of each channel, as shares of white; a channel without any spread counts as 1."""
    count, total, square = 0, np.zeros(pixels.shape[1]), np.zeros(pixels.shape[1])
    for start in range(0, len(rows), 256):
        part = pixels[rows[start : start + 256]].astype(np.float64) / white
        count += part.size // part.shape[1]
        total += part.sum(axis=(0, 2, 3))
        square += (part**2).sum(axis=(0, 2, 3))
    mean = total / count
    sd = np.sqrt(np.maximum(square / count - mean**2, 0))
    return mean, np.where(sd > 1e-6, sd, 1)


def _by_itself(values: Tensor) -> Tensor:
    """Each image less its mean, over its standard deviation."""
    sd, mean = torch.std_mean(values, dim=(1, 2, 3), keepdim=True, correction=0)
    return (values - mean) / sd.clamp(min=1e-6)
