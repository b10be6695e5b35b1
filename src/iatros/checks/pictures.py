"""Packed images: blurred or noisy ones, and copies of one another.

In: `Packed` with `pixels` [M, C, H, W]. Out: findings; pairs of copies, exact or near.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch.nn import functional as F

from iatros.contracts import Cells
from iatros.findings import Finding
from iatros.packed import Packed

THUMBNAIL = 24  # pixels of a side at which images are compared
NEAR = 0.98  # correlation of thumbnails from which two images are copies
BLOCK = 1_024  # images compared with all others at a time
OUTLIER = 6.0  # robust standard deviations of log sharpness from the median
FEWEST = 20  # images below which nothing is an outlier


@dataclass(frozen=True, slots=True)
class Copies:
    """Pairs of alike images: pairs [P, 2] positions, first < second; likeness [P] correlation; exact [P]: equal pixels."""

    pairs: NDArray[np.int64]
    likeness: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def groups(self, count: int) -> NDArray[np.int64]:
        """[count] number of the group of each image; images linked by pairs share one."""
        links = coo_array((np.ones(len(self.pairs)), (self.pairs[:, 0], self.pairs[:, 1])), (count, count))
        return np.asarray(connected_components(links, directed=False)[1], np.int64)


def near_duplicates(packed: Packed, near: float = NEAR) -> Copies:
    """Pairs of present images with equal pixels, or whose 24 x 24 thumbnails correlate by at least `near`.

    Equal images are linked to the first of them, which alone is compared further. Correlation ignores brightness and contrast.
    """
    pixels = packed["pixels"]
    by_content: dict[bytes, list[int]] = defaultdict(list)
    for at in np.flatnonzero(packed.present):
        by_content[pixels[at].tobytes()].append(int(at))
    equal = [(same[0], other) for same in by_content.values() for other in same[1:]]
    first = np.array([same[0] for same in by_content.values()], np.int64)
    alike, likeness = _correlated(_thumbnails(pixels, first), near)
    pairs = np.concatenate([np.array(equal, np.int64).reshape(-1, 2), np.sort(first[alike], axis=1)])
    exact = np.arange(len(pairs)) < len(equal)
    return Copies(pairs, np.concatenate([np.ones(len(equal)), likeness]), exact)


def quality(packed: Packed, cells: Cells, column: str) -> list[Finding]:
    """Warnings of images far less (blurred) or far more (noisy) sharp than the rest, at the size at which they are used."""
    at = np.flatnonzero(packed.present)
    if len(at) < FEWEST:
        return []
    log = np.log(sharpness(packed, at) + 1e-8)
    middle = np.median(log)
    spread = max(1.4826 * float(np.median(np.abs(log - middle))), 0.1)
    kinds = (("blurred", log < middle - OUTLIER * spread), ("noisy", log > middle + OUTLIER * spread))
    found = []
    for word, odd in kinds:
        rows = tuple(int(row) for row in cells.rows[at[odd]])
        if rows:
            what = f"{len(rows):,} image{'' if len(rows) == 1 else 's'} far more {word} than the rest"
            found.append(
                Finding(
                    "warning",
                    what,
                    "look at them, and remove the rows if they are faulty",
                    cells.file,
                    rows,
                    column,
                    check=word,
                )
            )
    return found


def sharpness(packed: Packed, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """[n] variance of the Laplacian over the variance of the grey values."""
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]).view(1, 1, 3, 3)
    values = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        grey = torch.from_numpy(packed["pixels"][rows[start : start + BLOCK]].astype(np.float32)).mean(1, keepdim=True)
        edges = F.conv2d(grey, kernel).flatten(1).var(1, correction=0)
        values[start : start + BLOCK] = (edges / grey.flatten(1).var(1, correction=0).clamp(min=1e-6)).numpy()
    return values


def _thumbnails(pixels: NDArray[np.generic], rows: NDArray[np.int64]) -> torch.Tensor:
    """[n, 576 C] thumbnails of mean 0 and length 1, so that a product of two is their correlation."""
    small = [torch.zeros(0, pixels.shape[1] * THUMBNAIL**2)]
    for start in range(0, len(rows), BLOCK):
        some = torch.from_numpy(pixels[rows[start : start + BLOCK]].astype(np.float32))
        small.append(F.adaptive_avg_pool2d(some, THUMBNAIL).flatten(1))
    flat = torch.cat(small)
    return F.normalize(flat - flat.mean(1, keepdim=True), dim=1)


def _correlated(thumbnails: torch.Tensor, near: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pairs [P, 2] of rows whose product is at least `near`, and the products; each block meets only itself and those after."""
    pairs, likeness = [np.empty((0, 2), np.int64)], [np.empty(0)]
    for start in range(0, len(thumbnails), BLOCK):
        product = thumbnails[start : start + BLOCK] @ thumbnails[start:].T
        found = torch.nonzero(product.triu(1) >= near)
        likeness.append(product[found[:, 0], found[:, 1]].double().numpy())
        pairs.append(found.numpy() + start)
    return np.concatenate(pairs), np.concatenate(likeness)
