"""The nearest training sequence is what aligning every pair gives; bands are named so that they sort."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.align import Scoring, align_pairs
from iatros.align.kin import Rule, nucleotides
from iatros.predictions import NO_HOMOLOG
from iatros.splits import nearest as module
from iatros.splits.families import relations
from iatros.splits.nearest import BANDS, Sides, band, nearest

ACIDS = list("ACDEFGHIKLMNPQRSTVWY")


def relatives(seed, count=6, members=4, length=70):
    """Families of relatives of very different nearness."""
    rng = np.random.default_rng(seed)
    texts = []
    for founder in rng.choice(ACIDS, (count, length)):
        shares = rng.random(members)[:, None]
        texts += ["".join(np.where(rng.random(length) < share, rng.choice(ACIDS, length), founder)) for share in shares]
    return tuple(sorted(set(texts)))


def divided(seed, count):
    part = np.random.default_rng(seed).integers(0, 3, count)  # 0 tested, 1 trained, 2 neither
    return Sides(part == 0, part == 1)


def one_by_one(texts, sides):
    """The same by hand: every pair aligned alone, E from the formula."""
    total, best = sum(map(len, texts)), np.zeros(len(texts))
    for side in sides:
        for a in np.flatnonzero(side.tested):
            for b in np.flatnonzero(side.trained):
                if a == b:
                    best[a] = 1.0
                    continue
                made = align_pairs([texts[min(a, b)]], [texts[max(a, b)]], [[0, 0]], Scoring())
                shorter = min(len(texts[a]), len(texts[b]))
                e_value = 0.041 * shorter * total * np.exp(-0.267 * made.score[0])
                identity = made.identity("shorter")[0]
                if e_value <= 1e-3 or (shorter <= 50 and e_value <= 10 and identity >= 0.4):
                    best[a] = max(best[a], identity)
    return best


@settings(max_examples=10)
@given(st.integers(0, 1000), st.sampled_from([70, 30]))
def test_it_is_what_aligning_every_pair_gives(seed, length):
    texts = relatives(seed, length=length)
    sides = [divided(seed + i, len(texts)) for i in range(2)]
    found, wanted = nearest(relations(texts, Rule()), sides, Rule()), one_by_one(texts, sides)
    assert [band(value) for value in found] == [band(value) for value in wanted]
    open_ = wanted < BANDS[-2]
    assert found[open_] == pytest.approx(wanted[open_])


def test_what_is_settled_is_left_out_and_lots_change_nothing(monkeypatch):
    texts = relatives(3)
    sides = [divided(3, len(texts))]
    whole = nearest(relations(texts, Rule()), sides, Rule())
    monkeypatch.setattr(module, "LOT", 3)
    assert [band(value) for value in nearest(relations(texts, Rule()), sides, Rule())] == [band(value) for value in whole]


def test_a_copy_on_both_sides_is_wholly_identical():
    texts = relatives(4)
    all_of_it = np.ones(len(texts), np.bool_)
    assert (nearest(relations(texts, Rule()), [Sides(all_of_it, all_of_it)], Rule()) == 1).all()


def test_of_dna_the_other_strand_counts():
    rng = np.random.default_rng(5)
    text, other = ("".join(rng.choice(list("ACGT"), 80)) for _ in range(2))
    turned = text.translate(str.maketrans("ACGT", "TGCA"))[::-1]
    texts = tuple(sorted([text, other, turned]))
    tested = np.array([one == text for one in texts])
    found = nearest(relations(texts, nucleotides(Rule())), [Sides(tested, ~tested)], nucleotides(Rule()))
    assert found[tested].tolist() == [1.0]


def test_bands_sort_by_identity_and_no_homolog_comes_last():
    names = [band((low + high) / 2) for low, high in pairwise(BANDS)]
    assert sorted([NO_HOMOLOG, *names[::-1]]) == [*names, NO_HOMOLOG]
    assert [band(low) for low in BANDS[1:-1]] == names[1:]
