"""Words of texts: pieces joined, one sum a text, intervals against SciPy, rare words left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from iatros.explain.words import common, gathered


def test_pieces_of_one_word_are_joined_and_their_effects_added():
    found = gathered(["No", " pneu", "monia", " or", " fe", "ver", "."], np.array([1.0, 2, 3, 0, 1, 1, 5]))
    assert found.pieces == ("No", " pneumonia", " or", " fever", ".")
    assert found.effects.tolist() == [1, 5, 0, 2, 5]


@given(st.lists(st.tuples(st.text("ab .\n", max_size=4), st.integers(-9, 9)), max_size=20))
def test_nothing_is_lost_in_joining(pieces):
    texts, effects = [text for text, _ in pieces], np.array([effect for _, effect in pieces], float)
    found = gathered(texts, effects)
    assert "".join(found.pieces) == "".join(texts)
    assert found.effects.sum() == pytest.approx(effects.sum())


def test_a_word_counts_once_a_text_with_limits_of_student():
    draw = np.random.default_rng(0)
    effects = draw.normal(1, 0.5, (12, 2))
    texts = [gathered(["Fever", " and", " fever"], np.array([a, 0.0, b])) for a, b in effects]
    first = common(texts)[0]
    assert (first.word, first.cases) == ("fever", 12)
    expected = ttest_1samp(effects.sum(axis=1), 0).confidence_interval()
    assert first.mean == pytest.approx(effects.sum(axis=1).mean())
    assert (first.low, first.high) == pytest.approx((expected.low, expected.high))


def test_rare_words_are_left_out():
    texts = [gathered(["Smith" if i < 9 else "Jones", " coughs"], np.array([9.0, 1.0])) for i in range(18)]
    assert [word.word for word in common(texts)] == ["coughs"]
