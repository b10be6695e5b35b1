"""Statistics of images against numpy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.modalities.image_summary import QUANTILES, feature_names, summarised, thumbnail_size

RNG = np.random.default_rng(0)


def of(pixels, white=255):
    summary = summarised(pixels, np.ones(len(pixels), bool), np.arange(len(pixels)), white)
    return {name: summary.values[:, i] for i, name in enumerate(summary.names)}


@pytest.mark.parametrize("channels", [1, 3])
def test_means_spreads_and_quantiles_are_numpys(channels):
    pixels = RNG.integers(0, 256, (5, channels, 24, 32), np.uint8)
    found = of(pixels)
    for c, colour in enumerate(("grey",) if channels == 1 else ("red", "green", "blue")):
        grey = pixels[:, c].reshape(5, -1) / 255
        assert found[f"{colour} mean"] == pytest.approx(grey.mean(1), abs=1e-6)
        assert found[f"{colour} sd"] == pytest.approx(grey.std(1), abs=1e-6)
        for q in QUANTILES:
            assert found[f"{colour} {100 * q:.0f} %"] == pytest.approx(np.quantile(grey, q, axis=1), abs=1e-5)
        centre = pixels[:, c, 6:18, 8:24].reshape(5, -1) / 255
        assert found[f"{colour} centre mean"] == pytest.approx(centre.mean(1), abs=1e-6)


def test_edges_lie_across_upright_stripes_and_not_down_them():
    stripes = np.zeros((1, 1, 20, 20), np.uint8)
    stripes[..., ::2] = 255
    found = of(stripes)
    assert found["grey edges across"][0] == pytest.approx(1)
    assert found["grey edges down"][0] == 0


def test_symmetry_is_told_by_axis():
    half = np.zeros((1, 1, 20, 20), np.uint8)
    half[..., :10] = 255
    found = of(half)
    assert found["grey asymmetry left-right"][0] == pytest.approx(1)
    assert found["grey asymmetry up-down"][0] == 0


def test_a_blank_image_is_smooth_and_symmetric():
    found = of(np.full((1, 1, 12, 12), 128, np.uint8))
    for name in ("sd", "edges across", "edges down", "roughness", "asymmetry left-right", "asymmetry up-down"):
        assert found[f"grey {name}"][0] == pytest.approx(0, abs=1e-6)


def test_depth_does_not_matter():
    pixels = RNG.integers(0, 256, (3, 1, 16, 16), np.uint8)
    eight, sixteen = of(pixels), of(pixels.astype(np.uint16) * 257, 65_535)
    for name, values in eight.items():
        assert sixteen[name] == pytest.approx(values, abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([1, 3]), st.integers(3, 60), st.integers(3, 60))
def test_there_is_a_name_for_every_value_and_no_name_twice(channels, height, width):
    names = feature_names(channels, height, width)
    pixels = np.zeros((1, channels, height, width), np.uint8)
    assert summarised(pixels, np.ones(1, bool), np.arange(1), 255).values.shape == (1, len(names))
    assert len(set(names)) == len(names)


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_thumbnail_has_about_a_hundred_cells_and_never_more_than_the_image(height, width):
    tall, wide = thumbnail_size(height, width)
    assert 1 <= tall <= height
    assert 1 <= wide <= width
    if min(height, width) > 20 and 0.5 < height / width < 2:
        assert 75 <= tall * wide <= 125


def test_the_rows_asked_for_are_given_in_their_order_and_absent_images_are_unknown():
    pixels = np.stack([np.full((1, 8, 8), grey, np.uint8) for grey in (0, 51, 102, 255)])
    present = np.array([True, True, False, True])
    summary = summarised(pixels, present, np.array([3, 2, 1]), 255)
    mean = summary.values[:, summary.names.index("grey mean")]
    assert mean[[0, 2]] == pytest.approx([1, 0.2])
    assert np.isnan(summary.values[1]).all()
