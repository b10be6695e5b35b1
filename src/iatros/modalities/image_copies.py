"""Which packed images are copies of one another, exactly or nearly?

In: `Packed` with `pixels` [M, C, H, W]. Out: pairs of positions, and groups of them.
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

from iatros.packed import Packed

THUMBNAIL = 24  # pixels of a side at which images are compared
NEAR = 0.98  # correlation of thumbnails from which two images are copies
BLOCK = 1_024  # images compared with all others at a time


@dataclass(frozen=True, slots=True)
class Copies:
    """Pairs of alike images: pairs [P, 2] positions, first < second; likeness [P] correlation; exact [P]: equal pixels."""

    pairs: NDArray[np.int64]
    likeness: NDArray[np.float64]
    exact: NDArray[np.bool_]

    def groups(self, count: int) -> list[NDArray[np.int64]]:
        """Positions, of `count`, that are linked by pairs: two or more a group."""
        links = coo_array((np.ones(len(self.pairs)), (self.pairs[:, 0], self.pairs[:, 1])), (count, count))
        number = connected_components(links, directed=False)[1]
        order = np.argsort(number, kind="stable").astype(np.int64)
        groups = np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
        return [group for group in groups if len(group) > 1]


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


def _thumbnails(pixels: NDArray[np.generic], rows: NDArray[np.int64]) -> torch.Tensor:
    """[n, 576 C] thumbnails, each channel of mean 0, all of length 1: a product of two is their correlation within channels."""
    small = [torch.zeros(0, pixels.shape[1] * THUMBNAIL**2)]
    for start in range(0, len(rows), BLOCK):
        some = torch.from_numpy(pixels[rows[start : start + BLOCK]].astype(np.float32))
        some = F.adaptive_avg_pool2d(some, THUMBNAIL)
        small.append((some - some.mean((2, 3), keepdim=True)).flatten(1))
    return F.normalize(torch.cat(small), dim=1)


def _correlated(thumbnails: torch.Tensor, near: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pairs [P, 2] of rows whose product is at least `near`, and the products; each block meets only itself and those after."""
    pairs, likeness = [np.empty((0, 2), np.int64)], [np.empty(0)]
    for start in range(0, len(thumbnails), BLOCK):
        product = thumbnails[start : start + BLOCK] @ thumbnails[start:].T
        found = torch.nonzero(product.triu(1) >= near)
        likeness.append(product[found[:, 0], found[:, 1]].double().numpy())
        pairs.append(found.numpy() + start)
    return np.concatenate(pairs), np.concatenate(likeness)
