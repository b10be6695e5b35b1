"""What is written judged against planted copies and known distributions."""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
import pytest

from iatros.generation.judging import distance, judge, nearest, repeating, windows


def letters(count: int, seed: int, share: tuple[float, ...] = (0.25,) * 4) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT"), 120, p=share)) for _ in range(count)]


TRAINING, HELD = letters(40, 0), letters(30, 1)


def test_planted_copies_and_repeats_are_counted():
    fresh = letters(6, 2)
    made = [*fresh, TRAINING[3], TRAINING[3], fresh[0][:60] + TRAINING[5][20:80]]
    found = judge(made, TRAINING, HELD, "dna")
    assert (found.count, found.valid) == (9, 1.0)
    assert found.unique == pytest.approx(8 / 9)
    assert found.new == pytest.approx(7 / 8)
    assert found.copying == pytest.approx(3 / 9)
    assert found.held_copying == 0
    assert found.copies
    assert found.near == pytest.approx(1 / 8)


def test_sequences_of_another_make_up_are_further_apart():
    alike, skewed = (judge(letters(30, 4, share), TRAINING, HELD, "dna") for share in ((0.25,) * 4, (0.4, 0.1, 0.1, 0.4)))
    assert not alike.copies
    assert alike.apart == pytest.approx(alike.held_apart, abs=0.03)
    assert skewed.apart > alike.apart + 0.1


def test_the_distance_has_its_closed_form():
    assert distance(Counter("aab"), Counter("aab")) == 0
    assert distance(Counter("aa"), Counter("bb")) == 1
    half = (np.log2(4 / 3) + (0.5 * np.log2(2 / 3) + 0.5 * np.log2(2))) / 2
    assert distance(Counter("a"), Counter("ab")) == pytest.approx(np.sqrt(half))
    assert np.isnan(distance(Counter(), Counter("a")))


def test_the_nearest_is_found_by_alignment_on_either_strand():
    turned = TRAINING[7].translate(str.maketrans("ACGT", "TGCA"))[::-1]
    found = nearest([TRAINING[2][:60] + "T" + TRAINING[2][60:], turned], TRAINING, "dna")
    assert found == pytest.approx([1.0, 1.0], abs=0.02)


def test_a_stretch_is_found_wherever_it_stands():
    stretches = windows(["abcdefgh", "xy"], 4)
    assert len(stretches) == 5
    assert repeating(["zzdefgzz", "abc", "abdc efg"], stretches, 4) == pytest.approx(1 / 3)


def test_molecules_are_valid_only_if_rdkit_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    found = judge(["CCO", "C1CC"], ["CCN"], ["CCC"], "smiles")
    assert found.valid is None
    assert "RDKit is not installed" in found.unjudged
    assert found.identity is None


def test_a_text_of_broken_bytes_is_not_valid():
    assert judge(["fine", "br\ufffdken"], ["fine"], [], "text").valid == 0.5
    with pytest.raises(ValueError, match="nothing was written"):
        judge([], [], [], "text")
