"""Maps as pictures: one hue by opacity over a grey film.

In: an image as a reader should see it, and a map [H, W]. Out: PNG files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iatros.runs import write_atomically

HUE = (240, 120, 0)  # orange, the report's colour of "with outcome"; red is for warnings
DENSEST = 0.75  # opacity of the peak: the film stays visible beneath
BRIGHTEST = 0.995  # quantile of the map that counts as its peak
LONGEST = 512  # pixels of a side; the report embeds these files
SHORTEST = 168  # smaller films are enlarged, or a browser would blur them


@dataclass(frozen=True)
class CaseFiles:
    """Names of the PNG files of one case, "" where there is none."""

    image: str
    map: str = ""
    map_randomised: str = ""


def overlay(film: NDArray[np.uint8], strength: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Film [H, W] or [H, W, 3] with a map of any size laid over: only what speaks for the outcome (above 0) is coloured."""
    grey = _grey(film).astype(np.float64)[..., None]
    alpha = DENSEST * opacity(_to_size(strength, film.shape[:2]))[..., None]
    return np.round(grey * (1 - alpha) + np.array(HUE) * alpha).astype(np.uint8)


def opacity(strength: NDArray[np.floating]) -> NDArray[np.float64]:
    """A map as numbers from 0 to 1: 0 at and below 0, 1 at its peak. A map without anything above 0 is 0 throughout."""
    positive = np.clip(np.nan_to_num(np.asarray(strength, np.float64)), 0, None)
    peak = float(np.quantile(positive, BRIGHTEST)) or float(positive.max())
    return np.clip(positive / peak, 0, 1) if peak > 0 else positive


def write_case(
    folder: Path,
    stem: str,
    film: NDArray[np.uint8],
    strength: NDArray[np.floating] | None = None,
    untrained: NDArray[np.floating] | None = None,
) -> CaseFiles:
    """Write `STEM.png`, `STEM-map.png`, `STEM-untrained.png` into a folder.

    film: [H, W] or [H, W, 3]; strength, untrained: maps of the trained and of a randomised model, of any size
    """
    film = _enlarged(film)
    names = [_write(folder / f"{stem}.png", film)]
    for ending, each in (("map", strength), ("untrained", untrained)):
        names.append(_write(folder / f"{stem}-{ending}.png", overlay(film, each)) if each is not None else "")
    return CaseFiles(*names)


def _write(path: Path, pixels: NDArray[np.uint8]) -> str:
    picture = Image.fromarray(pixels)
    picture.thumbnail((LONGEST, LONGEST))
    write_atomically(path, lambda draft: picture.save(draft, "PNG", optimize=True))
    return path.name


def _grey(film: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(film).convert("L"))


def _to_size(strength: NDArray[np.floating], size: tuple[int, ...]) -> NDArray[np.float64]:
    picture = Image.fromarray(np.asarray(strength, np.float32))
    return np.asarray(picture.resize((size[1], size[0]), Image.Resampling.BILINEAR), np.float64)


def _enlarged(film: NDArray[np.uint8]) -> NDArray[np.uint8]:
    times = -(-SHORTEST // min(film.shape[:2]))
    return film.repeat(times, axis=0).repeat(times, axis=1) if times > 1 else film
