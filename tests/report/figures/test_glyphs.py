"""Outlines of capitals: each fills its box, and its holes are holes."""

import re

import numpy as np
import pytest

from iatros.report.figures.glyphs import BOX, glyph, hue, outlines

OUTLINES = outlines()


def contours(outline):
    """Points [N, 2] of each contour, curves in 40 steps. Commands M, L, H, V, C and Z, all absolute."""
    found, here = [], np.zeros(2)
    for command, text in re.findall(r"([MLHVCZ])([^MLHVCZ]*)", outline):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", text)]
        if command == "M":
            found.append([])
        if command in "ML":
            steps = [np.array(pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
        elif command in "HV":
            steps = [np.array([n, here[1]] if command == "H" else [here[0], n]) for n in numbers]
        else:
            steps = []
        for step in steps:
            found[-1].append(step)
            here = step
        if command == "C":
            for k in range(0, len(numbers), 6):
                a, b, c = np.array(numbers[k : k + 6]).reshape(3, 2)
                t = np.linspace(0, 1, 40)[1:, None]
                curve = (1 - t) ** 3 * here + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * b + t**3 * c
                found[-1] += list(curve)
                here = c
    return [np.array(points) for points in found]


def area(points):
    x, y = points.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


@pytest.mark.parametrize("letter", OUTLINES)
def test_every_capital_fills_its_box(letter):
    points = np.concatenate(contours(OUTLINES[letter]))
    assert points.min(axis=0) == pytest.approx([0, 0], abs=2.5)
    assert points.max(axis=0) == pytest.approx([BOX, BOX], abs=2.5)
    assert np.ptp(points[:, 1]) == pytest.approx(BOX, abs=0.5), "a letter is as high as its number"


@pytest.mark.parametrize(("letter", "holes"), [*((c, 1) for c in "ADOPQR"), ("B", 2), *((c, 0) for c in "CEFGHIJKLMNSTUVWXYZ")])
def test_holes_run_against_their_outline(letter, holes):
    outer, *inner = [area(points) for points in contours(OUTLINES[letter])]
    assert outer > 0
    assert len(inner) == holes
    assert all(each < 0 for each in inner)


def test_there_is_an_outline_of_each_capital():
    assert sorted(OUTLINES) == [chr(code) for code in range(ord("A"), ord("Z") + 1)]


def test_a_glyph_is_scaled_to_its_box():
    assert 'transform="translate(10.00 20.00) scale(0.1200 0.3000)"' in glyph("A", 10, 20, 12, 30, "l1")


def test_other_signs_are_refused():
    with pytest.raises(ValueError, match="no capital"):
        glyph("*", 0, 0, 1, 1, "l1")


def test_nucleotides_differ_in_colour_and_residues_by_chemistry():
    assert len({hue(letter, True) for letter in "ACGT"}) == 4
    assert hue("D", False) == hue("E", False) != hue("K", False) == hue("R", False)
    assert hue("N", True) == hue("L", False) == "l5"
