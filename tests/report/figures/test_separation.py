"""Errors by separation: three lines on one scale that begins at 0, with round numbers of residues beneath."""

from iatros.report.figures.separation import separation, told
from iatros.report.reading import Curve

OURS = Curve([2.0, 8.0, 30.0, 100.0], [0.5, 2.0, 5.0, 9.0], [0.4, 1.5, 4.0, 8.0], [0.6, 2.5, 6.0, 11.0], [9, 9, 9, 4])
SIMPLE = Curve([2.0, 8.0, 30.0], [0.7, 2.5, 6.0], [None] * 3, [None] * 3, [9, 9, 9])


def test_the_model_has_a_band_and_the_others_a_line_each(drawing):
    drawn = drawing(separation(OURS, SIMPLE, [SIMPLE], "told"))
    assert [len(drawn.of(kind)) for kind in ("m", "b", "p2", "band")] == [1, 1, 1, 1]
    assert {"2", "4", "8", "16", "32", "64", "0.0"} <= set(drawn.texts)
    assert "128" not in drawn.texts


def test_no_baseline_is_no_line(drawing):
    drawn = drawing(separation(OURS, Curve([], [], [], [], []), [], "told"))
    assert drawn.of("b") == []


def test_the_error_at_a_distance_is_that_of_the_nearest_point():
    assert told({"iatros": OURS, "other": SIMPLE}, 24) == {"iatros": 5.0, "other": 6.0}
