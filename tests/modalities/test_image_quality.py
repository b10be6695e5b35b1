"""Blurred and noisy images among sharp ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from PIL import Image, ImageFilter

from iatros.contracts import Cells
from iatros.modalities.image_grid import Plan
from iatros.modalities.image_quality import FEWEST, sharpness, unusual
from iatros.packed import Packed

RNG = np.random.default_rng(3)


def film(seed: int) -> np.ndarray:
    """A smooth body with fine structure."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(60, 200, (8, 8)).astype(np.uint8)).resize((48, 48), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(coarse, float) + 6 * rng.normal(size=(48, 48)), 0, 255).astype(np.uint8)


def packed(images, present=None):
    pixels = np.stack(images)[:, None]
    present = np.ones(len(images), bool) if present is None else present
    return Packed({"pixels": pixels}, present, Plan(height=48, width=48, channels=1))


def cells(count):
    return Cells(pl.DataFrame({"path": [f"{i}.png" for i in range(count)]}), np.arange(count) + 2, "cases.csv")


def test_planted_faults_are_found_by_row_and_nothing_else_is():
    images = [film(i) for i in range(40)]
    images[7] = np.asarray(Image.fromarray(images[7]).filter(ImageFilter.GaussianBlur(3)))
    images[30] = np.clip(images[30] + 90 * RNG.normal(size=(48, 48)), 0, 255).astype(np.uint8)
    found = {f.check: f for f in unusual(packed(images), cells(40), "path")}
    assert {name: f.rows for name, f in found.items()} == {"blurred": (9,), "noisy": (32,)}
    assert all(f.severity == "warning" and f.file == "cases.csv" and f.column == "path" for f in found.values())


def test_images_of_one_kind_are_all_usual():
    assert unusual(packed([film(i) for i in range(60)]), cells(60), "path") == []


def test_of_a_few_images_none_is_unusual():
    images = [film(i) for i in range(FEWEST - 1)]
    images[0] = np.zeros_like(images[0])
    assert unusual(packed(images), cells(FEWEST - 1), "path") == []


def test_images_that_are_absent_are_not_judged():
    images = [film(i) for i in range(30)]
    images[4] = np.zeros_like(images[4])
    present = np.arange(30) != 4
    assert unusual(packed(images, present), cells(30), "path") == []


def test_sharpness_falls_with_every_blur_and_does_not_heed_brightness_or_contrast():
    image = film(0)
    blurred = [np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(r))) for r in (0.5, 1, 2, 4)]
    values = sharpness(packed([image, *blurred]), np.arange(5))
    assert (np.diff(values) < 0).all()
    dimmed = (image // 2 + 20).astype(np.uint8)
    pair = sharpness(packed([image, dimmed]), np.arange(2))
    assert pair[1] == pytest.approx(pair[0], rel=0.05)


def test_sharpness_has_a_closed_form_on_a_chessboard():
    board = (np.indices((48, 48)).sum(0) % 2 * 100).astype(np.uint8)  # Laplacian +-400, grey +-50
    assert sharpness(packed([board]), np.array([0]))[0] == pytest.approx(400**2 / 50**2, rel=1e-3)
