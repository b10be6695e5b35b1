"""Runs of a dot plot against all windows scored by hand; what chance reaches against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.align.dots import chance, dots
from iatros.align.matrices import match, named
from iatros.align.sequences import encode, reverse_complement
from iatros.findings import InputError

DNA = match(2, -3)
texts = st.text("ACGT", min_size=4, max_size=25)


def covered(query, target, matrix, window, least):
    """Pairs of letters that lie in a window that scores enough, by brute force."""
    pairs = set()
    for i in range(len(query) - window + 1):
        for j in range(len(target) - window + 1):
            if sum(matrix.score(query[i + k], target[j + k]) for k in range(window)) >= least:
                pairs |= {(i + k, j + k) for k in range(window)}
    return pairs


@given(texts, texts, st.integers(1, 4), st.integers(-4, 8))
def test_runs_cover_what_windows_cover(query, target, window, least):
    found = dots(query, target, DNA, window, least)
    pairs = [(i + k, j + k) for i, j, length in found.forward for k in range(length)]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == covered(query, target, DNA, window, least)


@given(texts, texts, st.integers(1, 4))
def test_the_other_strand_is_that_of_the_turned_target(query, target, window):
    found = dots(query, target, DNA, window, 2 * window, both_strands=True)
    turned = dots(query, reverse_complement(target), DNA, window, 2 * window)
    assert set(found.reverse) == {(i, len(target) - 1 - j, length) for i, j, length in turned.forward}


def test_a_sequence_lies_on_its_own_diagonal():
    text = named("BLOSUM62").letters[:20] * 3
    assert (0, 0, 60) in dots(text, text, named("BLOSUM62")).forward


def test_chance_is_what_random_letters_reach():
    matrix, draw = named("BLOSUM62"), np.random.default_rng(0)
    query, target = ("".join(draw.choice(list("ACDEFGHIKLMNPQRSTVWY"), 4_000)) for _ in range(2))
    codes = encode([query, target], matrix)
    least = chance(codes[0], codes[1], matrix, 11, share=0.01)
    scores = matrix.scores[codes[0], codes[1]].astype(int)  # one diagonal of unrelated letters
    sums = np.convolve(scores, np.ones(11, int), "valid")
    assert (sums >= least).mean() == pytest.approx(0.01, abs=0.006)
    assert (sums >= least - 1).mean() > (sums >= least).mean()


@pytest.mark.parametrize("window", [0, 5])
def test_windows_must_fit(window):
    with pytest.raises(InputError, match="1 to 4"):
        dots("ACGT", "ACGTA", DNA, window)


def test_proteins_have_no_other_strand():
    with pytest.raises(InputError, match="another strand"):
        dots("MKV", "MKV", named("BLOSUM62"), 2, both_strands=True)


def test_too_many_letters_are_refused_before_they_take_minutes():
    with pytest.raises(InputError, match="too many"):
        dots("A" * 40_000, "A" * 40_000, DNA)
