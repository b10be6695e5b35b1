"""Logos: heights of letters against their numbers, order of a stack, words for those who cannot see it."""

import re
from itertools import pairwise

import numpy as np
import pytest

from iatros.metrics.information import logo_heights
from iatros.report.figures.glyphs import outlines
from iatros.report.figures.logo import logo, told

COUNTS = np.array([[60, 0, 0, 0], [30, 30, 0, 0], [0, 40, 15, 5]])


def placed(found):
    """(letter, x, top, width, height) of each letter."""
    by_outline = {outline: letter for letter, outline in outlines().items()}
    letters = []
    for path in found.root.iter("path"):
        if path.get("transform"):
            x, top, across, down = map(float, re.findall(r"-?[\d.]+", path.get("transform")))
            letters.append((by_outline[path.get("d")], x, top, 100 * across, 100 * down))
    return letters


def test_letters_are_as_high_as_their_bits(drawing):
    heights = logo_heights(COUNTS)
    found = drawing(logo(heights, "ACGT", "Motif", "three positions", scale=(0, 2)))
    unit = (154 - 24) / 2  # units a bit: the frame holds two
    drawn = {(round(x / 100), letter): height for letter, x, _, _, height in placed(found)}
    expected = heights[heights * unit >= 0.4] * unit
    assert sorted(height for *_, height in placed(found)) == pytest.approx(sorted(expected), abs=0.02)
    assert len(drawn) == len(expected) == 6
    correction = 3 / (2 * np.log(2) * 60)
    assert max(drawn.values()) == pytest.approx((2 - correction) * unit, abs=0.02)


def test_the_largest_letter_stands_farthest_from_the_axis_and_none_overlap(drawing):
    stack = placed(drawing(logo(logo_heights(COUNTS)[2:], "ACGT", "Motif", "one position")))
    by_height = sorted(stack, key=lambda letter: letter[4])
    assert [letter for letter, *_ in by_height] == ["T", "G", "C"]
    for lower, upper in pairwise(by_height):
        assert upper[2] + upper[4] == pytest.approx(lower[2], abs=0.03)


def test_what_lowers_a_score_hangs_below_the_axis(drawing):
    heights = np.array([[0.5, 0, 0, 0], [0, 0, -1.0, 0]])
    found = drawing(logo(heights, "ACGT", "Attribution", "two positions", up="Effect"))
    (up, down), axis = placed(found), float(found.root.findall("line")[-1].get("y1"))
    assert up[2] + up[4] == pytest.approx(axis, abs=0.06)
    assert down[2] == pytest.approx(axis, abs=0.06)
    assert down[4] == pytest.approx(2 * up[4], abs=0.02)


@pytest.mark.parametrize(("length", "width"), [(8, 360), (34, 360), (60, 720)])
def test_long_logos_are_wide_and_letters_stay_inside(drawing, length, width):
    found = drawing(logo(np.full((length, 4), 0.4), "ACGT", "Motif", "flat"))
    assert found.size[0] == width
    assert all(x >= 0 and x + across <= width for _, x, _, across, _ in placed(found))


def test_positions_are_numbered_from_the_first(drawing):
    found = drawing(logo(np.full((30, 4), 0.4), "ACGT", "Motif", "flat", first=101))
    assert {"105", "130"} <= set(found.texts)


def test_a_flat_logo_has_an_axis_and_no_letters(drawing):
    assert placed(drawing(logo(np.zeros((5, 4)), "ACGT", "Nothing", "no position tells anything"))) == []


def test_the_highest_letters_are_told_in_words():
    assert told(np.array([[0.5, 0, 0, 0], [0, 0, -1.0, 0]]), "ACGT", "units", first=7) == (
        "Highest letter by position, in units. A at 7: 0.50, G at 8: -1.00."
    )
    assert told(np.eye(30, 4), "ACGT", "bits", most=2).startswith("The 2 highest letters of 30 positions")
