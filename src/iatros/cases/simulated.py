"""A made-up radiograph set with a known answer: does an explanation find the lesion?

In: how many, how large, a seed. Out: `Simulated`. A lesion is a coarse texture of no mean: it changes no brightness. A decoy,
a bright smooth disc, is in every image whatever its label, and so is a scar, a disc of fine grain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

TEXTURE = 26.0  # grey levels, mean standard deviation inside a textured disc
STRENGTH = (0.7, 1.3)  # of one disc's texture, times TEXTURE: so that the amount of grain does not tell how many discs have it
RADIUS = 0.12  # of the lesion and the decoy, as a share of the side


@dataclass(frozen=True, slots=True)
class Simulated:
    """images [N, 1, H, W] uint8; labels [N] int64, 1 with a lesion; lesion, decoy [N, H, W] bool: where they are."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    lesion: NDArray[np.bool_]
    decoy: NDArray[np.bool_]


def radiographs(n: int, size: int = 64, seed: int = 0) -> Simulated:
    """n images of size x size; every other one, in random order, has a lesion.

    A lesion is a checkered disc. One that is healthy has grain of the same mean and spread at the same kind of place, so that
    no statistic of grey values tells the two apart: only the arrangement does. All have a scar of grain elsewhere: without it,
    "no grain at all" would mean ill, a network would look for grain, and a faithful explanation could not find the lesion.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 2)
    images = np.empty((n, 1, size, size), np.uint8)
    lesion, decoy = np.zeros((2, n, size, size), bool)
    for i, label in enumerate(labels):
        spot, bright, scar = _places(size, rng)
        image = _chest(size, rng) + 45 * gaussian_filter(bright.astype(float), size / 64)
        image[spot] += _pattern(size, bool(label), rng)[spot]
        image[scar] += _pattern(size, False, rng)[scar]
        images[i, 0] = np.clip(np.rint(image), 0, 255)
        lesion[i], decoy[i] = spot & bool(label), bright
    return Simulated(images, labels.astype(np.int64), lesion, decoy)


def _chest(size: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Two dark fields, slanted light, soft clouds and grain."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    image = rng.normal(140, 8) + rng.uniform(-12, 12) * x + rng.uniform(-12, 12) * y
    for side in (-1, 1):
        inside = ((x - side * 0.45) / 0.38) ** 2 + (y / 0.75) ** 2
        image -= rng.uniform(40, 55) / (1 + np.exp(8 * (inside - 1)))
    clouds = gaussian_filter(rng.normal(size=(size, size)), size / 10)
    return np.asarray(image + 8 * clouds / clouds.std() + rng.normal(0, 4, (size, size)))


def _places(size: int, rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Spot and decoy on opposite sides, a scar on either, none over another."""
    while True:
        left = rng.random() < 0.5
        spot, bright, scar = (_disc(size, side, rng) for side in (left, not left, rng.random() < 0.5))
        if not ((spot | bright) & scar).any():
            return spot, bright, scar


def _disc(size: int, left: bool, rng: np.random.Generator) -> NDArray[np.bool_]:
    centre_x = size * (rng.uniform(0.22, 0.34) if left else rng.uniform(0.66, 0.78))
    centre_y = size * rng.uniform(0.28, 0.72)
    y, x = np.mgrid[:size, :size]
    return np.asarray((x - centre_x) ** 2 + (y - centre_y) ** 2 <= (RADIUS * size) ** 2)


def _pattern(size: int, sick: bool, rng: np.random.Generator) -> NDArray[np.float64]:
    """One value and its negative in equal parts: a checkerboard of 4 pixels where sick, grain of single pixels where not."""
    strength = TEXTURE * rng.uniform(*STRENGTH)
    if not sick:
        return strength * rng.choice([-1.0, 1.0], (size, size))
    y, x = np.mgrid[:size, :size] + rng.integers(0, 8, 2)[:, None, None]
    return np.where((x // 4 + y // 4) % 2 == 0, strength, -strength)
