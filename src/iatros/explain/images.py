"""Which pixels speak for an outcome? Grad-CAM, integrated gradients, occlusion.

In: a subject and images [B, C, *space]. Out: maps [B, *space], high where a pixel speaks for the outcome.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from iatros.contracts import Features, Grid
from iatros.explain.path import STEPS, path_integral
from iatros.explain.subject import Subject
from iatros.explain.windows import PATCH, fall_by_window

COARSEST = 10  # cells along a map's shortest side that Grad-CAM needs: findings of a quarter of the side fill two or more
SHARE = 0.15  # of the side, over which gradients of single pixels are averaged
SIMILAR = 8  # healthy images whose mean stands for what is normal: enough for the marks of any one of them to fade
METHODS = ("grad_cam", "integrated_gradients", "occlusion")


def grad_cam(subject: Subject, grid: Grid, level: int | None = None) -> Tensor:
    """Maps of an encoder, weighed by the mean gradient of the score, where positive.

    level: which of `Features.maps`; by default the coarsest that has COARSEST cells a side, or else the second.
    Raises ValueError where the encoder gives no maps. Source: Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74.
    """
    features, score = _watch(subject, grid)
    if not features.maps:
        raise ValueError("this encoder gives no maps; Grad-CAM needs them")
    at = _level(features.maps) if level is None else level
    maps = features.maps[at]
    (slope,) = torch.autograd.grad(score.sum(), maps)
    weight = slope.flatten(2).mean(2)  # [B, C]
    cam = torch.einsum("bc,bc...->b...", weight, maps).clamp(min=0)
    return _resize(cam.detach(), grid.values.shape[2:])


def integrated_gradients(subject: Subject, grid: Grid, reference: Tensor, steps: int = STEPS) -> Tensor:
    """Gradients along the straight way from a reference, times the way; summed over channels they add up to the score's change.

    reference: [B, C, *space] or [C, *space], what is normal, in the units of the grid; see `typical_healthy`.
    Source: Sundararajan et al. 2017, arXiv:1703.01365.
    """
    return path_integral(lambda values: subject.of(Grid(values, grid.mask)), grid.values, reference, steps).sum(1)


def occlusion(subject: Subject, grid: Grid, reference: Tensor, patch: float = PATCH) -> Tensor:
    """How far the score falls when a square is replaced by the reference's, averaged over the squares that cover a pixel.

    reference: [B, C, *space] or [C, *space]; patch: side of the square as a share of each axis
    """
    space = tuple(grid.values.shape[2:])
    return fall_by_window(lambda values: subject.of(Grid(values, grid.mask)), grid.values, reference, space, patch)


def smoothed(maps: Tensor, share: float = SHARE) -> Tensor:
    """Maps [B, *space] averaged over a neighbourhood of this share of the side: gradients of single pixels are noise."""
    size = [max(1, round(side * share)) // 2 * 2 + 1 for side in maps.shape[1:]]
    pool = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}[maps.ndim - 1]
    padding = [side // 2 for side in size]
    mean: Tensor = pool(maps[:, None], size, stride=1, padding=padding, count_include_pad=False)[:, 0]
    return mean


def attribute(method: str, subject: Subject, grid: Grid, reference: Tensor) -> Tensor:
    """Maps [B, *space] of a method by name (one of METHODS), ready to be shown."""
    if method == "grad_cam":
        return grad_cam(subject, grid)
    if method == "integrated_gradients":
        return smoothed(integrated_gradients(subject, grid, reference))
    if method == "occlusion":
        return occlusion(subject, grid, reference)
    raise ValueError(f"unknown method {method}; there are {', '.join(METHODS)}")


def typical_healthy(images: Tensor, healthy: Tensor, similar: int = SIMILAR) -> Tensor:
    """What each image [B, C, *space] would be if nothing were the matter: the mean of the healthy images most similar to it.

    healthy: [P, C, *space], training images. Attributions compare with this mean. One healthy image is no reference: it has
    marks of its own, and a map then points at where they are missing. Blur is none either: it leaves a large bright finding
    in place. Source: Sturmfels et al. 2020, doi:10.23915/distill.00022, on references and on averaging over several.
    """
    return torch.stack([healthy[rows].mean(0) for rows in _likest(images, healthy, similar)])


def nearest_healthy(images: Tensor, healthy: Tensor) -> Tensor:
    """For each image [B, C, *space] the likest of healthy training images [P, C, *space].

    What is deleted is replaced by these pixels: blur or black would be a finding of its own.
    """
    return healthy[_likest(images, healthy, 1)[:, 0]]


def _watch(subject: Subject, grid: Grid) -> tuple[Features, Tensor]:
    assert subject.encoder is not None, "Grad-CAM is told where the encoder is"
    seen: list[Features] = []

    def keep(module: nn.Module, inputs: object, features: Features) -> None:
        seen.append(features)

    handle = subject.encoder(subject.network).register_forward_hook(keep)
    try:
        with torch.enable_grad():
            values = grid.values.detach().requires_grad_()  # so that maps have gradients even of frozen networks
            score = subject.of(Grid(values, grid.mask))
    finally:
        handle.remove()
    return seen[-1], score


def _level(maps: tuple[Tensor, ...]) -> int:
    """Never the first of several: the first stage has seen too little around each cell."""
    sharp = [i for i, each in enumerate(maps) if i > 0 and min(each.shape[2:]) >= COARSEST]
    return sharp[-1] if sharp else min(1, len(maps) - 1)


def _resize(maps: Tensor, space: torch.Size) -> Tensor:
    mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[len(space)]
    return functional.interpolate(maps[:, None], size=tuple(space), mode=mode, align_corners=False)[:, 0]


def _likest(images: Tensor, healthy: Tensor, count: int, side: int = 8) -> Tensor:
    """Rows [B, count] of the healthy images nearest to each image, nearest first, by small thumbnails; all where fewer."""
    apart = torch.cdist(_thumbnail(images, side), _thumbnail(healthy, side))
    return apart.topk(min(count, len(healthy)), dim=1, largest=False).indices


def _thumbnail(pictures: Tensor, side: int) -> Tensor:
    pool = {1: functional.adaptive_avg_pool1d, 2: functional.adaptive_avg_pool2d, 3: functional.adaptive_avg_pool3d}
    small: Tensor = pool[pictures.ndim - 2](pictures.float(), side)
    return small.flatten(1)
