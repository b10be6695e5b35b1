"""Decoded images to one grid: the same size, number of channels and depth for all of a study.

In: pixels [H, W] or [H, W, 3] of any size. Out: [C, H', W'] uint8 or uint16, as the plan says.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from iatros.contracts import Learned

Aspect = Literal["pad", "stretch", "crop"]
LUMA = np.array([0.299, 0.587, 0.114])  # grey of a colour: ITU-R BT.601


class Plan(Learned):
    """The grid of a study's images, learned from their headers and a few of them."""

    height: int
    width: int
    channels: int
    """1 grey, 3 red, green, blue."""
    depth: int = 8
    """Bits of a packed value."""
    low: float = 0
    """Value of a 16-bit file, or of an array, that is black."""
    high: float = 65_535
    """Value of a 16-bit file, or of an array, that is white."""

    @property
    def white(self) -> int:
        """The packed value of white."""
        return int(2**self.depth - 1)

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        """Element type of packed pixels."""
        return np.uint8 if self.depth == 8 else np.uint16


def to_grid(pixels: NDArray[Any], plan: Plan, aspect: Aspect = "pad", crop: float = 1) -> NDArray[Any]:
    """One image [H, W] or [H, W, 3] on the plan's grid [C, height, width], antialiased where it shrinks.

    aspect: what to do with another shape: black borders, stretching, or cutting the longer side. crop: central share kept.
    """
    pixels = in_channels(in_depth(pixels, plan), plan.channels)
    size, box, corner = _placed(pixels.shape[0], pixels.shape[1], plan, aspect, crop)
    shrunk = resized(pixels, size, box)
    grid = np.zeros((plan.height, plan.width, plan.channels), plan.dtype)
    grid[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = shrunk.reshape(*size, plan.channels)
    return grid.transpose(2, 0, 1)


def in_depth(pixels: NDArray[Any], plan: Plan) -> NDArray[Any]:
    """Pixels in the plan's depth: 8 bits by their full range, anything else from the plan's `low` to its `high`."""
    low, high = (0, 255) if pixels.dtype == np.uint8 else (plan.low, plan.high)
    if (low, high) == (0, plan.white):
        return pixels.astype(plan.dtype, copy=False)
    share = (pixels.astype(np.float32) - low) / max(high - low, 1e-12)
    return np.asarray(np.rint(np.clip(share, 0, 1) * plan.white), plan.dtype)


def in_channels(pixels: NDArray[Any], channels: int) -> NDArray[Any]:
    """[H, W] for one channel, [H, W, 3] for three."""
    if channels == 1 and pixels.ndim == 3:
        return np.rint(pixels[..., :3] @ LUMA).astype(pixels.dtype) if pixels.shape[2] > 1 else pixels[..., 0]
    if channels == 3 and (pixels.ndim == 2 or pixels.shape[2] == 1):
        return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
    return pixels


def resized(pixels: NDArray[Any], size: tuple[int, int], box: tuple[float, float, float, float]) -> NDArray[Any]:
    """The part `box` (left, upper, right, lower) of pixels at `size` (height, width); bilinear, antialiased."""
    if size == pixels.shape[:2] and box == (0, 0, pixels.shape[1], pixels.shape[0]):
        return pixels
    if pixels.dtype == np.uint8:
        image = Pillow.fromarray(np.ascontiguousarray(pixels))
        return np.asarray(image.resize(size[::-1], Pillow.Resampling.BILINEAR, box=box))
    planes = pixels.astype(np.float32).reshape(*pixels.shape[:2], -1)
    smooth = [
        np.asarray(Pillow.fromarray(np.ascontiguousarray(plane)).resize(size[::-1], Pillow.Resampling.BILINEAR, box=box))
        for plane in np.moveaxis(planes, 2, 0)
    ]
    return np.asarray(np.rint(np.stack(smooth, 2)), pixels.dtype)


def _placed(
    height: int, width: int, plan: Plan, aspect: Aspect, crop: float
) -> tuple[tuple[int, int], tuple[float, float, float, float], tuple[int, int]]:
    """Size on the grid, part of the image that goes there, and its upper left corner on the grid."""
    tall, wide = height * crop, width * crop
    size = (plan.height, plan.width)
    if aspect == "crop":
        zoom = max(plan.height / tall, plan.width / wide)
        tall, wide = plan.height / zoom, plan.width / zoom
    elif aspect == "pad":
        zoom = min(plan.height / tall, plan.width / wide)
        size = (min(plan.height, max(1, round(tall * zoom))), min(plan.width, max(1, round(wide * zoom))))
    top, left = (height - tall) / 2, (width - wide) / 2
    box = (left, top, left + wide, top + tall)
    return size, box, ((plan.height - size[0]) // 2, (plan.width - size[1]) // 2)
