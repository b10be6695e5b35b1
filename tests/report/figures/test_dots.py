"""Dot plots: each run is a slanted line between its ends, rows down and columns across in equal units."""

import re

import pytest

from iatros.align.dots import Dots
from iatros.report.figures.dots import LEFT, TOP, dot_plot, told

FOUND = Dots(((0, 0, 100), (20, 80, 10)), ((50, 90, 20),), (100, 200), 11, 13)


def lines(drawn, kind):
    """(x1, y1, x2, y2) of each run."""
    text = drawn.of(kind)[0].get("d")
    return [tuple(map(float, found)) for found in re.findall(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)", text)]


def test_runs_lie_where_their_letters_do(drawing):
    drawn = drawing(dot_plot(FOUND, ("query", "target"), told(FOUND)))
    unit = (348 - LEFT) / 200
    assert lines(drawn, "dotted")[0] == pytest.approx((LEFT, TOP, LEFT + 100 * unit, TOP + 100 * unit), abs=0.06)
    assert lines(drawn, "turned") == [
        pytest.approx((LEFT + 91 * unit, TOP + 50 * unit, LEFT + 71 * unit, TOP + 70 * unit), abs=0.06)
    ]


def test_a_long_query_is_drawn_smaller_not_longer(drawing):
    tall = drawing(dot_plot(Dots((), (), (10_000, 100), 11, 13), ("query", "target"), "nothing alike"))
    assert tall.size[1] < 3.5 * 360


def test_names_and_numbers_are_there(drawing):
    found = drawing(dot_plot(FOUND, ("<q>", "t"), told(FOUND))).texts
    assert {"↓ <q>", "t →", "100", "200"} <= set(found)


def test_what_is_drawn_is_told_in_words():
    assert told(FOUND) == (
        "Windows of 11 letters that score at least 13: 2 stretches on this strand, 1 on the other; the longest has 100 letters."
    )
