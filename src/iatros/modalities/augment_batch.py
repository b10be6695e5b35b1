"""Augmentation of a whole batch at once: one affine sampling, then changes of grey, each image by its own draw.

In: values [B, C, H, W] float32, standardised, and a generator. Out: the same, changed, with the motion.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from iatros.contracts import Motion, each
from iatros.modalities.augment import Augment

EDGES = {"repeat": "border", "mean": "zeros", "mirror": "reflection"}  # as grid_sample calls them
FLIPPED_AXES = {"none": (), "horizontal": (0,), "vertical": (1,), "both": (0, 1)}  # x is axis 0 of a motion
BLUR_REACH = 3  # standard deviations


def augmented(values: Tensor, augment: Augment, generator: Generator) -> tuple[Tensor, Motion | None]:
    """values [B, C, H, W] changed within the limits of `augment`, and how they were moved (None: not at all)."""
    motion = None
    if augment.moves:
        motion = draw_motion(len(values), values.shape[-2], values.shape[-1], augment, generator)
        values = moved(values, motion, EDGES[augment.edge])
    return greys_changed(values, augment, generator), motion


def seen(values: Tensor, augment: Augment, number: int) -> Tensor:
    """values [B, C, H, W] as view `number` shows them: one motion and one change of greys, drawn by the number, for all images.

    Averaging a network's scores over such views is test-time augmentation (Krizhevsky et al. 2012). Views 1 and 2, 3 and 4, ...
    are changed in opposite directions, so that their mean is not. What hides detail (noise, blur, cutout) is left out. The
    view of an image does not depend on the images beside it.
    """
    generator = torch.Generator().manual_seed((number + 1) // 2)
    side = 1.0 if number % 2 else -1.0
    if augment.moves:
        motion = draw_motion(1, values.shape[-2], values.shape[-1], augment, generator, side)
        values = moved(values, each(motion, lambda one: one.expand(len(values), -1, -1)), EDGES[augment.edge])
    return toned(values, 1, augment, generator, side)


def draw_motion(count: int, height: int, width: int, augment: Augment, generator: Generator, side: float = 1.0) -> Motion:
    """One affine map per image: crop and shift, turn, shear, size and flip, each uniform up to its limit.

    A map takes a place of the new image to one of the old, in units where each axis runs from -1 to 1, x first. A `side` of -1
    changes in the opposite direction of 1.
    """
    draw = side * (torch.rand(count, 7, generator=generator) * 2 - 1)  # [B, 7], uniform in -1 ... 1
    turn, slope = torch.deg2rad(augment.rotation * draw[:, 0]), torch.tan(torch.deg2rad(augment.shear * draw[:, 1]))
    kept = 1 - augment.crop * (draw[:, 2] + 1) / 2  # side of the crop, as a share
    zoom = kept * torch.exp(-math.log1p(augment.scale) * draw[:, 3])
    cos, sin = torch.cos(turn) * zoom, torch.sin(turn) * zoom
    ratio = height / width  # a turn is one of pixels, not of units that differ along x and y
    linear = torch.stack([cos, (slope * cos - sin) * ratio, sin / ratio, slope * sin + cos], 1).view(count, 2, 2)
    for axis in FLIPPED_AXES[augment.flip]:
        linear[:, :, axis] *= torch.where(_either_way(count, generator, side)[:, None] < 0, -1.0, 1.0)
    offset = 2 * augment.shift * draw[:, 4:6] + (1 - kept)[:, None] * torch.stack([draw[:, 6], draw[:, 6].roll(1)], 1)
    return Motion(torch.cat([linear, offset[:, :, None]], 2))


def moved(values: Tensor, motion: Motion, edge: str = "border") -> Tensor:
    """values [B, C, H, W] seen through the motion, bilinear; `edge` as `torch.nn.functional.grid_sample`'s padding_mode."""
    assert motion.affine is not None
    places = _places(motion.affine.to(values), values.shape[-2], values.shape[-1])
    return F.grid_sample(values, places, mode="bilinear", padding_mode=edge, align_corners=False)


def _places(affine: Tensor, height: int, width: int) -> Tensor:
    """[B, H, W, 2] as `affine_grid` gives, by sums of a row's and a column's share: several times faster."""
    x = (torch.arange(width, dtype=affine.dtype) * 2 + 1) / width - 1
    y = (torch.arange(height, dtype=affine.dtype) * 2 + 1) / height - 1
    along = affine[:, None, :, 0] * x[:, None]  # [B, W, 2]
    down = affine[:, None, :, 1] * y[:, None] + affine[:, None, :, 2]  # [B, H, 2]
    return along[:, None] + down[:, :, None]


def greys_changed(values: Tensor, augment: Augment, generator: Generator) -> Tensor:
    """Blur, gamma, contrast, brightness, noise and cutout, where asked for, in this order."""
    count = len(values)
    if augment.blur:
        values = blurred(values, augment.blur * torch.rand(count, generator=generator))
    values = toned(values, count, augment, generator)
    if augment.noise:
        amount = augment.noise * torch.rand(count, 1, 1, 1, generator=generator)
        values = torch.addcmul(values, torch.randn(values.shape, generator=generator), amount)
    return _cut_out(values, augment.cutout, generator) if augment.cutout else values


def toned(values: Tensor, count: int, augment: Augment, generator: Generator, side: float = 1.0) -> Tensor:
    """Gamma, contrast and brightness where asked for: by a draw of each image, or, with a `count` of 1, one for all."""
    if augment.gamma:
        values = _gamma(values, torch.exp(math.log1p(augment.gamma) * _either_way(count, generator, side)))
    if augment.contrast or augment.brightness:
        gain = (1 + augment.contrast * _either_way(count, generator, side))[:, None, None, None]
        lift = (augment.brightness * _either_way(count, generator, side))[:, None, None, None]
        mean = values.mean(dim=(1, 2, 3), keepdim=True)
        values = torch.addcmul((1 - gain) * mean + lift, values, gain)
    return values


def blurred(values: Tensor, sigma: Tensor) -> Tensor:
    """values [B, C, H, W], each image blurred by a Gaussian of its own sigma [B] in pixels; edges are repeated."""
    count, channels, height, width = values.shape
    reach = max(1, math.ceil(BLUR_REACH * float(sigma.max())))
    place = torch.arange(-reach, reach + 1, dtype=values.dtype)
    kernel = torch.exp(-0.5 * (place / sigma.clamp(min=1e-3)[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(channels, 0)  # [B C, 2 reach + 1]
    flat = values.reshape(1, count * channels, height, width)
    flat = F.conv2d(F.pad(flat, (reach, reach, 0, 0), "replicate"), kernel[:, None, None, :], groups=count * channels)
    flat = F.conv2d(F.pad(flat, (0, 0, reach, reach), "replicate"), kernel[:, None, :, None], groups=count * channels)
    return flat.view(values.shape)


def _either_way(count: int, generator: Generator, side: float = 1.0) -> Tensor:
    return side * (torch.rand(count, generator=generator) * 2 - 1)


def _gamma(values: Tensor, power: Tensor) -> Tensor:
    """Grey values between each image's darkest and brightest, raised to its power [B]."""
    low, high = values.amin(dim=(1, 2, 3), keepdim=True), values.amax(dim=(1, 2, 3), keepdim=True)
    span = (high - low).clamp(min=1e-6)
    return low + span * ((values - low) / span).clamp(0, 1) ** power[:, None, None, None]


def _cut_out(values: Tensor, largest: float, generator: Generator) -> Tensor:
    """A rectangle of each image set to 0, the training mean; its sides are shares up to `largest`."""
    count, _, height, width = values.shape
    draw = torch.rand(count, 4, generator=generator)
    inside = []
    for axis, size in enumerate((height, width)):
        side = largest * draw[:, axis, None]
        start = draw[:, axis + 2, None] * (1 - side)
        place = (torch.arange(size) + 0.5)[None] / size
        inside.append((place >= start) & (place < start + side))  # [B, size]
    return values.masked_fill((inside[0][:, :, None] & inside[1][:, None, :])[:, None], 0)
