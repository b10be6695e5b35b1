"""Contact maps: every cell on its side of the diagonal, darker with its probability."""

import re

import numpy as np
import pytest

from iatros.report.figures.contacts import LEFT, STEPS, TOP, contacts, told

LENGTH = 40
CELL = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v")


def area(drawn, kind):
    """Cells covered by each path of a kind."""
    unit = (360 - LEFT - 10) / LENGTH
    return [sum(float(width) / unit for *_, width in CELL.findall(path.get("d"))) for path in drawn.of(kind)]


@pytest.fixture
def maps():
    truth = np.zeros((LENGTH, LENGTH), bool)
    truth[2, 30] = truth[2, 31] = truth[10, 20] = truth[5, 7] = True
    probability = np.zeros((LENGTH, LENGTH))
    probability[2, 30], probability[4, 20], probability[3, 4], probability[0, 39] = 0.95, 0.35, 0.99, np.nan
    return probability, truth


def test_what_is_true_lies_below_and_what_is_predicted_above(drawing, maps):
    drawn = drawing(contacts(*maps, "Contacts", told(*maps)))
    for kind, below in (("fact", True), ("guess", False)):
        corners = [(float(x) - LEFT, float(y) - TOP) for path in drawn.of(kind) for x, y, _ in CELL.findall(path.get("d"))]
        assert all((y > x) == below for x, y in corners)


def test_near_neighbours_are_left_blank_and_all_others_drawn(drawing, maps):
    drawn = drawing(contacts(*maps, "Contacts", "words"))
    assert area(drawn, "fact") == [pytest.approx(3, abs=0.1)]
    assert area(drawn, "guess") == [pytest.approx(1, abs=0.1)] * 2
    dark = [float(path.get("opacity")) for path in drawn.of("guess")]
    assert dark == [pytest.approx(STEPS[1] + 0.1), pytest.approx(1.0)]


def test_the_precision_of_long_contacts_is_told(maps):
    assert told(*maps) == ("2 true contacts at least 24 positions apart; of the 40 most probable, 2 are true (5.0%).")
    assert "no pairs" in told(np.zeros((5, 5)), np.zeros((5, 5), bool))
