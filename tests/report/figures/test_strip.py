"""Strips of letters: shades, labels and differences are where the numbers say, and no word is lost."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.report.figures.strip import CELL, LEFT, SHADES, levels, runs, spoken, strip

TEXT = "MKTAYIAKQR" * 13
RECT = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)")


def places(elements):
    """(x, y, width, height) of all bars of these paths."""
    return [tuple(map(float, found)) for element in elements for found in RECT.findall(element.get("d"))]


def test_all_letters_are_there_in_order_sixty_a_line(drawing):
    found = drawing(strip(TEXT, "Protein", "130 letters"))
    lines = [element.text for element in found.of("tl", "text")]
    assert "".join(lines) == TEXT
    assert [len(line) for line in lines] == [60, 60, 10]
    assert all(len(element.get("x").split()) == len(element.text) for element in found.of("tl", "text"))
    assert {"1", "61", "121", "130"} <= set(found.texts)


def test_shades_lie_under_their_letters_and_say_which_way(drawing):
    attribution = np.zeros(130)
    attribution[[0, 61]] = 1.0
    attribution[[5, 6]] = -1.0
    found = drawing(strip(TEXT, "Protein", "shaded", attribution))
    raised, lowered = places(found.of("up")), places(found.of("down"))
    assert sorted({x for x, *_ in raised}) == [LEFT, LEFT + CELL]
    assert {(x, width) for x, _, width, _ in lowered} == {(LEFT + 5 * CELL, 2.0 * CELL)}
    tops = {y for _, y, _, tall in lowered if tall > 2}
    edges = {y for _, y, _, tall in lowered if tall < 2}
    assert min(edges) > max(tops), "a line below says that it lowers, without colour"


def test_levels_are_even_steps_of_the_strongest():
    assert levels(np.array([1.0, -1.0, 0.5, 0.09, 0.0, np.nan])).tolist() == [5, -5, 2, 0, 0, 0]
    assert levels(np.zeros(4)).tolist() == [0] * 4


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_levels_keep_signs_and_order(values):
    given = np.array(values)
    found = levels(given)
    assert np.abs(found).max() <= SHADES
    assert (np.sign(found) * np.sign(given) >= 0).all()
    assert (np.diff(found[np.argsort(given)]) >= 0).all()


def test_labels_are_drawn_in_runs_and_differences_marked(drawing):
    truth, said = "HHHHCCEEEE  HH", "HHHCCCEEEE  HE"
    found = drawing(strip("ACDEFGHIKLMNPQ", "Protein", "labels", rows={"truth": truth, "predicted": said}))
    assert {"truth", "predicted"} <= set(found.texts)
    assert places(found.of("miss"))[0][0] == pytest.approx(LEFT + 3 * CELL + 1.5)
    assert len(places(found.of("miss"))) == 2
    assert len(list(found.root.iter("rect"))) == 4  # helices
    assert len(found.of("k2")) == 3  # strands


def test_unknown_positions_are_no_differences(drawing):
    found = drawing(strip("ACD", "Protein", "labels", rows={"truth": "H  ", "predicted": "HHH"}))
    assert not found.of("miss")


def test_labels_of_any_set_are_boxes_with_their_sign(drawing):
    found = drawing(strip("ACGTACGT", "DNA", "labels", rows={"truth": "NNDDNAAN"}, special=False))
    assert len(places(found.of("k3"))) == 2
    assert {"D", "A"} <= set(found.texts)


def test_a_narrow_strip_fits_the_usual_width(drawing):
    assert drawing(strip(TEXT, "Protein", "narrow", per_line=26)).size[0] == 360
    assert drawing(strip(TEXT, "Protein", "wide")).size[0] == 720


def test_hostile_letters_are_escaped(drawing):
    assert drawing(strip("<&>", "<b>", "&")).of("tl", "text")[0].text == "<&>"


def test_rows_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match=r"8 letters; truth has 3"):
        strip("ACGTACGT", "DNA", "labels", rows={"truth": "NNN"})


def test_the_strongest_letters_are_told_in_words():
    assert (
        spoken(np.array([0.0, 2.0, -1.0, 1.0]), "ACGT", first=11) == "C12, T14 raise the score most; G13 lowers the score most."
    )
    assert spoken(np.zeros(2), "AC") == "No letter raises or lowers the score."


@given(st.text(max_size=30))
def test_runs_put_together_give_the_text(text):
    assert "".join(str(what) * (end - begin) for what, begin, end in runs(text)) == text
