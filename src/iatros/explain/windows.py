"""How far does the score fall when a stretch or a square is replaced? Occlusion, for whatever lies on a grid.

In: a score, values and what replaces them. Out: a map of the grid, high where something that the score needs was taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import torch
from torch import Tensor

PATCH = 0.22  # side of the occluding square, as a share of the image's side


def fall_by_window(
    score: Callable[[Tensor], Tensor], values: Tensor, reference: Tensor, space: tuple[int, ...], patch: float = PATCH
) -> Tensor:
    """[B, *space] fall of the score, averaged over the windows that cover a place.

    A window counts most at its centre: with equal weights a map has plateaus, whose highest place lies at a corner or edge.

    score: values -> [B]; values: [B, ..., *space]; reference: the same shape, or one that expands to it
    patch: side of the window as a share of each axis; neighbours overlap by half
    """
    total, covered = torch.zeros(len(values), *space), torch.zeros(space)
    with torch.no_grad():
        before = score(values)
        for window in _windows(space, patch):
            changed = values.clone()
            at: Any = (..., *window)  # mypy knows no index of this kind
            changed[at] = reference.expand_as(values)[at]
            fall = before - score(changed)
            weight = _tent(tuple(axis.stop - axis.start for axis in window))
            total[at] += fall.reshape(-1, *[1] * len(space)) * weight
            covered[window] += weight
    return total / covered


def _windows(space: tuple[int, ...], patch: float) -> Iterator[tuple[slice, ...]]:
    """Squares that cover the image, neighbours half over each other."""
    axes = []
    for side in space:
        width = min(side, max(2, round(side * patch)))
        starts = [*range(0, side - width, max(1, width // 2)), side - width]
        axes.append([slice(start, start + width) for start in starts])
    yield from product(*axes)


def _tent(sides: tuple[int, ...]) -> Tensor:
    """Weights of a square's pixels, from 1 at its centre falling evenly to its edges, never 0."""
    weight = torch.ones(())
    for side in sides:
        distance = (torch.arange(side) - (side - 1) / 2).abs()
        weight = weight[..., None] * (1 - distance / ((side + 1) / 2))
    return weight
