"""The k-gram model: Witten and Bell's formula by hand, a planted chain, and sums over all strings."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.baselines import kgram

LONG = 1_000


def codes(text: str) -> np.ndarray:
    return np.array(["?ab".index(letter) for letter in text], np.int64)


def test_the_formula_by_hand():
    """Of `aab` and `ab`: letters a, a, b, end, a, b, end."""
    model = kgram.fit([codes("aab"), codes("ab")], 3, LONG, 1)
    end, a, b = (np.array([2, 3, 2]) + 3 * (1 / 3)) / (7 + 3)
    found = kgram.foretell(model.shortened(0), [codes("ab")], LONG)
    assert found.score[0] == pytest.approx([a, b, end])
    after_a = [(0 + 2 * end) / 5, (1 + 2 * a) / 5, (2 + 2 * b) / 5]  # behind a: a once, b twice
    after_b, at_first = (2 + 1 * end) / 3, (2 + 1 * a) / 3
    assert kgram.foretell(model, [codes("ab")], LONG).score[0] == pytest.approx([at_first, after_a[2], after_b])


@given(st.lists(st.text("ab?", min_size=1, max_size=8), min_size=1, max_size=6), st.integers(0, 4))
def test_likelihoods_of_all_strings_sum_to_one(texts, before):
    model = kgram.fit([codes(text) for text in texts], 3, LONG, before)
    strings = [codes("".join(s)) for n in range(4) for s in product("ab", repeat=n)]
    whole = sum(np.prod(score) for score in kgram.foretell(model, strings, LONG).score)
    longer = [codes("".join(s)) for s in product("ab", repeat=4)]
    begun = sum(np.prod(score[:4]) for score in kgram.foretell(model, longer, LONG).score)
    assert whole + begun == pytest.approx(1)


def test_a_chain_that_looks_two_letters_back_is_found_and_its_entropy_reached():
    """The next letter is that before the last one, but for one time in ten: .469 bits a letter."""
    rng = np.random.default_rng(0)
    cases = []
    for _ in range(80):
        case = [1, 2]
        for changed in rng.random(198) < 0.1:
            case.append(3 - case[-2] if changed else case[-2])
        cases.append(np.array(case))
    before = kgram.choose(cases[:50], cases[50:60], 3, 200)
    assert before in (2, 3)
    found = kgram.foretell(kgram.fit(cases[:60], 3, 200, before), cases[60:], 200)
    bits = -np.mean([np.log2(score[2:200]).mean() for score in found.score])
    assert bits == pytest.approx(-0.1 * np.log2(0.1) - 0.9 * np.log2(0.9), abs=0.03)
    assert np.mean([right[2:200].mean() for right in found.right]) == pytest.approx(0.9, abs=0.02)


def test_what_is_not_known_is_not_judged_nor_an_end_that_may_be_none():
    model = kgram.fit([codes("ab")], 3, LONG, 1)
    score = kgram.foretell(model, [codes("a?b"), codes("ab")], 2).score
    assert np.isnan(score[0]).tolist() == [False, True, False, True]
    assert np.isnan(score[1]).tolist() == [False, False, True]


def test_words_whose_number_would_not_fit_are_not_counted():
    model = kgram.fit([np.arange(1, 3_000)], 8_000, LONG, 12)
    assert model.before == 3
    assert kgram.foretell(model, [], LONG).score == []
