"""Motifs: planted attributions come back, aligned and counted; noise gives none; likeness against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.cases.simulated_sequences import LETTERS, MOTIF
from iatros.explain.motifs import find_motifs, likeness, significant


def planted(n, sign=1.0, turned=False, seed=0, text="TGACTCA"):
    """n sequences with noise, and the word with attribution 1 a letter at a random place."""
    draw, forth = np.random.default_rng(seed), [LETTERS.index(letter) + 1 for letter in text]
    codes = [draw.integers(1, 5, 60) for _ in range(n)]
    attributions = [draw.normal(0, 0.1, 60) for _ in range(n)]
    for i, (code, attribution) in enumerate(zip(codes, attributions, strict=True)):
        at = int(draw.integers(0, 54))
        word = [5 - letter for letter in reversed(forth)] if turned and i % 2 else forth
        code[at : at + 7], attribution[at : at + 7] = word, sign
    return codes, attributions


def found_in(codes, attributions, **how):
    return find_motifs(codes, attributions, 4, np.random.default_rng(0), **how)


def test_a_planted_motif_comes_back_aligned():
    motif = found_in(*planted(100))[0]
    assert motif.raises
    assert motif.sequences >= 95
    assert "".join(LETTERS[k] for k in motif.counts.argmax(1)) == "TGACTCA"
    assert motif.counts.max(1) == pytest.approx(motif.windows, rel=0.02)
    assert motif.contributions.max(1) == pytest.approx(1, abs=0.1)


def test_what_lowers_the_score_is_told_apart():
    motifs = found_in(*planted(60, sign=-1.0))
    strongest = max(motifs, key=lambda motif: np.abs(motif.contributions).sum())
    assert not strongest.raises
    assert strongest.contributions.min() == pytest.approx(-1, abs=0.1)


def test_both_strands_make_one_motif():
    apart, joined = (found_in(*planted(100, turned=True, text="GCCATTA"), both_strands=both) for both in (False, True))
    assert [motif.windows for motif in apart[:2]] == pytest.approx([50, 50], abs=6)
    assert joined[0].windows >= 95


def test_noise_has_few_windows_and_no_motif_that_many_share():
    draw = np.random.default_rng(1)
    motifs = found_in([draw.integers(1, 5, 60) for _ in range(100)], [draw.normal(size=60) for _ in range(100)])
    assert all(motif.windows < 30 for motif in motifs)


def test_few_or_short_sequences_have_no_motif():
    assert found_in(*planted(5)) == []
    assert found_in([np.array([1, 2])], [np.array([1.0, 1.0])]) == []


def test_a_window_is_significant_by_shuffling_its_own_sequence():
    flat = np.ones(50)
    assert significant(flat, 10, np.random.default_rng(0)) == pytest.approx(10)
    peak = np.zeros(50)
    peak[20:30] = 1
    assert significant(peak, 10, np.random.default_rng(0)) < 8


def test_a_motif_is_wholly_like_itself_wherever_it_stands():
    assert likeness(MOTIF, MOTIF) == pytest.approx(1)
    flanked = np.concatenate([np.full((3, 4), 0.25), MOTIF, np.full((2, 4), 0.25)])
    assert likeness(flanked, MOTIF) == pytest.approx(1, abs=1e-6)
    assert likeness(MOTIF[::-1, ::-1], MOTIF, both_strands=True) == pytest.approx(1)


def test_other_letters_are_not_alike():
    assert likeness(MOTIF[:, [1, 0, 3, 2]], MOTIF) < 0.5


@given(st.integers(0, 10_000))
def test_random_motifs_are_rarely_alike(seed):
    draw = np.random.default_rng(seed)
    assert likeness(draw.dirichlet([0.3] * 4, 8), MOTIF) < 0.95
