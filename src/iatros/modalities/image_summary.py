"""Images as plain features for classical models: greys, edges, symmetry and a thumbnail.

In: packed pixels [M, C, H, W]. Out: a `Summary` [n, F], NaN where there is no image.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from iatros.contracts import Summary

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
THUMBNAIL = 100  # about as many cells, in the image's own shape: 10 x 10, or 9 x 12
COUNTED = 1_024  # pixels of an image, evenly spaced, that its quantiles are taken from
CHUNK = 128  # images at a time


def summarised(pixels: NDArray[Any], present: NDArray[np.bool_], rows: NDArray[np.int64], white: int) -> Summary:
    """Statistics of images `rows`, grey values from 0 black to 1 white."""
    channels, height, width = pixels.shape[1:]
    names = feature_names(channels, height, width)
    values = np.full((len(rows), len(names)), np.nan)
    here = np.flatnonzero(present[rows])
    for start in range(0, len(here), CHUNK):
        some = here[start : start + CHUNK]
        images = torch.from_numpy(pixels[rows[some]].astype(np.float32)) / white
        values[some] = _features(images).numpy()
    return Summary(values, names)


def feature_names(channels: int, height: int, width: int) -> tuple[str, ...]:
    """Names in the order of the values: "grey mean", "red centre 75 %", "thumbnail green 3, 4" (row, column)."""
    colours = ("grey",) if channels == 1 else ("red", "green", "blue")
    measures = ("mean", "sd", *(f"{100 * q:.0f} %" for q in QUANTILES))
    names = [f"{colour}{part} {measure}" for part in ("", " centre") for measure in measures for colour in colours]
    texture = ("edges across", "edges down", "roughness", "asymmetry left-right", "asymmetry up-down")
    names += [f"{colour} {measure}" for measure in texture for colour in colours]
    tall, wide = thumbnail_size(height, width)
    names += [f"thumbnail {colour} {y}, {x}" for colour in colours for y in range(1, tall + 1) for x in range(1, wide + 1)]
    return tuple(names)


def thumbnail_size(height: int, width: int) -> tuple[int, int]:
    """Cells of a thumbnail down and across: about a hundred, no more than there are pixels."""
    tall = round((THUMBNAIL * height / width) ** 0.5)
    wide = round((THUMBNAIL * width / height) ** 0.5)
    return min(height, max(1, tall)), min(width, max(1, wide))


def _features(images: Tensor) -> Tensor:
    """images [n, C, H, W] -> [n, F]"""
    height, width = images.shape[-2:]
    centre = images[..., height // 4 : height - height // 4, width // 4 : width - width // 4]
    thumbnail = F.adaptive_avg_pool2d(images, thumbnail_size(height, width))
    return torch.cat([_greys(images), _greys(centre), _texture(images), thumbnail.flatten(1)], 1)


def _greys(images: Tensor) -> Tensor:
    """[n, C, h, w] -> [n, 7 C]: mean, standard deviation, quantiles of each channel."""
    flat = images.flatten(2)
    step = -(-flat.shape[2] // COUNTED)
    quantiles = torch.quantile(flat[..., ::step], torch.tensor(QUANTILES), dim=2)  # [Q, n, C]
    return torch.cat([flat.mean(2), flat.std(2, correction=0), *quantiles], 1)


def _texture(images: Tensor) -> Tensor:
    """[n, C, H, W] -> [n, 5 C]: mean edge strength along each axis, roughness (Laplacian), asymmetry."""
    across = (images[..., 1:] - images[..., :-1]).abs().mean((2, 3))
    down = (images[..., 1:, :] - images[..., :-1, :]).abs().mean((2, 3))
    smooth = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), "replicate"), 3, 1)
    rough = (images - smooth).abs().mean((2, 3))
    sides = [(images - images.flip(axis)).abs().mean((2, 3)) for axis in (3, 2)]
    return torch.cat([across, down, rough, *sides], 1)
