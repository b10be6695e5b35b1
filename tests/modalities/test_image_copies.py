"""Copies and odd images among packed ones, planted."""

import numpy as np
import polars as pl
from scipy.ndimage import gaussian_filter

from iatros.cases.simulated import radiographs
from iatros.contracts import Cells
from iatros.modalities.image_copies import near_duplicates
from iatros.modalities.image_grid import Plan
from iatros.modalities.image_quality import unusual
from iatros.packed import Packed


def packed(images):
    return Packed({"pixels": images}, np.ones(len(images), bool), Plan(height=64, width=64, channels=1))


def test_copies_are_found_whatever_their_brightness_and_nothing_else():
    images = radiographs(60, 64, seed=3).images
    images[7] = images[2]
    images[9] = np.clip(images[4] * 0.8 + 20, 0, 255).astype(np.uint8)
    copies = near_duplicates(packed(images))
    assert {tuple(pair) for pair in copies.pairs.tolist()} == {(2, 7), (4, 9)}
    assert copies.exact.tolist() == [True, False]
    assert [group.tolist() for group in copies.groups(60)] == [[2, 7], [4, 9]]


def test_images_that_are_not_present_are_no_copies():
    images = np.zeros((4, 1, 64, 64), np.uint8)
    none = Packed({"pixels": images}, np.zeros(4, bool), Plan(height=64, width=64, channels=1))
    assert len(near_duplicates(none).pairs) == 0


def test_blurred_and_noisy_images_stand_out():
    rng = np.random.default_rng(4)
    soft = np.stack([gaussian_filter(rng.normal(size=(64, 64)), 1.5) for _ in range(60)])
    soft[5] = gaussian_filter(soft[5], 6)
    soft[8] = rng.normal(size=(64, 64))
    spread = soft.max((1, 2), keepdims=True) - soft.min((1, 2), keepdims=True)
    images = (255 * (soft - soft.min((1, 2), keepdims=True)) / spread).astype(np.uint8)[:, None]
    cells = Cells(pl.DataFrame({"path": [""] * 60}), np.arange(60) + 2, "cases.csv")
    found = {finding.check: finding.rows for finding in unusual(packed(images), cells, "path")}
    assert found == {"blurred": (7,), "noisy": (10,)}
