"""Any image on one grid: sizes, corners, depth and colour, against Pillow, closed forms and one another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from iatros.modalities.image_grid import Plan, in_channels, in_depth, resized, to_grid

SIDE = st.integers(3, 40)


def noise(height, width, seed=0, dtype=np.uint8):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, (height, width), dtype=dtype, endpoint=True)


@settings(deadline=None, max_examples=60)
@given(SIDE, SIDE, SIDE, SIDE, st.sampled_from(["pad", "stretch", "crop"]), st.floats(0.2, 1), st.sampled_from([1, 3]),
       st.sampled_from([8, 16]), st.booleans())  # fmt: skip
def test_every_image_comes_to_the_plans_shape_and_type(height, width, tall, wide, aspect, crop, channels, depth, coloured):
    plan = Plan(height=tall, width=wide, channels=channels, depth=depth)
    pixels = noise(height, width)
    pixels = np.stack([pixels] * 3, 2) if coloured else pixels
    grid = to_grid(pixels, plan, aspect, crop)
    assert grid.shape == (channels, tall, wide)
    assert grid.dtype == plan.dtype
    assert grid.max() <= plan.white


@settings(deadline=None, max_examples=60)
@given(SIDE, SIDE, SIDE, SIDE, st.sampled_from(["stretch", "crop"]), st.floats(0.2, 1), st.integers(0, 255))
def test_one_grey_stays_that_grey_wherever_there_is_no_border(height, width, tall, wide, aspect, crop, grey):
    plan = Plan(height=tall, width=wide, channels=1)
    assert (to_grid(np.full((height, width), grey, np.uint8), plan, aspect, crop) == grey).all()


@settings(deadline=None, max_examples=60)
@given(SIDE, SIDE, SIDE, SIDE)
def test_padding_keeps_the_shape_in_the_middle_of_black(height, width, tall, wide):
    plan = Plan(height=tall, width=wide, channels=1)
    inside = to_grid(np.full((height, width), 255, np.uint8), plan)[0] == 255
    down, across = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    assert inside[down[0] : down[-1] + 1, across[0] : across[-1] + 1].all()
    assert len(down) == tall or len(across) == wide
    zoom = min(tall / height, wide / width)
    assert abs(len(down) - height * zoom) <= 1
    assert abs(len(across) - width * zoom) <= 1
    for found, side in ((down, tall), (across, wide)):
        assert abs(found[0] - (side - 1 - found[-1])) <= 1


def test_an_image_of_the_right_size_passes_untouched():
    pixels = noise(12, 17)
    assert np.array_equal(to_grid(pixels, Plan(height=12, width=17, channels=1))[0], pixels)


def test_eight_bits_are_resized_as_pillow_does():
    pixels = noise(40, 30)
    theirs = np.asarray(Image.fromarray(pixels).resize((15, 20), Image.Resampling.BILINEAR))
    assert np.array_equal(to_grid(pixels, Plan(height=20, width=15, channels=1))[0], theirs)


def test_sixteen_bits_are_resized_like_eight_but_finer():
    pixels = noise(40, 30)
    fine = resized(pixels.astype(np.uint16) * 257, (20, 15), (0, 0, 30, 40))
    coarse = resized(pixels, (20, 15), (0, 0, 30, 40))
    assert fine.dtype == np.uint16
    assert np.abs(fine[..., 0] / 257 - coarse).max() <= 1


def test_the_central_crop_is_the_centre():
    pixels = np.zeros((20, 20), np.uint8)
    pixels[5:15, 5:15] = 200
    assert (to_grid(pixels, Plan(height=10, width=10, channels=1), "stretch", 0.5) == 200).all()


def test_cutting_the_longer_side_loses_its_ends_evenly():
    pixels = np.zeros((10, 30), np.uint8)
    pixels[:, 10:20] = 77
    assert (to_grid(pixels, Plan(height=10, width=10, channels=1), "crop") == 77).all()


@pytest.mark.parametrize(("depth", "white"), [(8, 255), (16, 65_535)])
def test_black_and_white_of_the_plan_become_black_and_white(depth, white):
    plan = Plan(height=3, width=3, channels=1, depth=depth, low=-100, high=300)
    pixels = np.array([[-500, -100, 100], [200, 300, 9000]], np.int32)
    found = in_depth(pixels, plan)
    assert found.ravel()[[0, 1, 4, 5]].tolist() == [0, 0, white, white]
    assert found[0, 2] == pytest.approx(white / 2, abs=1)
    assert found[1, 0] == pytest.approx(white * 3 / 4, abs=1)


def test_eight_bits_fill_sixteen():
    plan = Plan(height=3, width=3, channels=1, depth=16)
    assert in_depth(np.array([0, 1, 255], np.uint8), plan).tolist() == [0, 257, 65_535]


def test_grey_of_a_colour_is_its_luma_and_colour_of_grey_is_grey():
    colour = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert in_channels(colour, 1).tolist() == [[76, 150, 29, 255]]  # ITU-R BT.601: .299, .587, .114
    grey = noise(4, 5)
    assert np.array_equal(in_channels(grey, 3), np.stack([grey] * 3, 2))
    assert np.array_equal(in_channels(in_channels(grey, 3), 1), grey)
    assert np.array_equal(in_channels(grey[..., None], 1), grey)
