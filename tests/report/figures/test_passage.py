"""Words of a text: the text stays whole, is escaped, and the strongest words are named."""

import re
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.report.figures.passage import passage, strongest

PIECES = ["Severe", " chest", " pain", ",", " no", " fever", ".\n"]
EFFECTS = np.array([0.1, 0.8, 1.0, 0.0, -0.5, -0.9, 0.0])


def body(markup):
    return re.search(r'<p class="passage">(.*)</p>', str(markup), re.DOTALL).group(1)


def test_the_text_stays_as_it_was():
    assert unescape(re.sub(r"<[^>]*>", "", body(passage(PIECES, EFFECTS)))) == "".join(PIECES)


@given(st.lists(st.text(max_size=6), min_size=1, max_size=8))
def test_no_text_is_lost_or_breaks_the_page(pieces):
    made = body(passage(pieces, np.linspace(-1, 1, len(pieces))))
    assert unescape(re.sub(r"</?span[^>]*>", "", made)) == "".join(pieces)


def test_blanks_and_weak_words_are_not_shaded():
    made = body(passage(["Severe", " pain ", "at", " night"], np.array([0.01, 1.0, -1.0, 0.0])))
    assert made == 'Severe <span class="rose s5">pain</span> <span class="fell s5">at</span> night'


def test_the_strongest_words_are_named_with_their_sums():
    said = strongest(["a", " pain", " or", " pain"], np.array([0.0, 0.25, -0.125, 0.5]))
    assert said == "Raised the score: “pain” (+0.750). Lowered it: “or” (−0.125)."
    assert strongest(["."], np.array([1.0])) == "No word raised or lowered the score."


def test_as_many_numbers_as_pieces():
    with pytest.raises(ValueError, match="7 pieces"):
        passage(PIECES, EFFECTS[:3])
