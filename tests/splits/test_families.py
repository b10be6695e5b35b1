"""Families are connected components of kin, whatever is left unaligned; they come back from the cache as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from iatros.align.kin import LOOKED_AT, Rule, candidates_within, chosen, likeness
from iatros.splits import families
from iatros.splits.families import components, crossing, relations, significant, threads
from iatros.splits.filtered import Filtered

ACIDS = list("ACDEFGHIKLMNPQRSTVWY")


def relatives(seed, count=6, members=3, share=0.4):
    rng = np.random.default_rng(seed)
    founders = [rng.choice(ACIDS, 70) for _ in range(count)]
    return ["".join(np.where(rng.random(70) < share, rng.choice(ACIDS, 70), f)) for f in founders for _ in range(members)]


def joined_one_by_one(texts, rule):
    """The same by hand: all pairs aligned, and families merged pair by pair."""
    hits = candidates_within(texts, rule)
    kin = likeness(hits, texts, texts, rule).kin
    family = list(range(len(texts)))
    for a, b in zip(hits.query[kin].tolist(), hits.target[kin].tolist(), strict=True):
        family = [family[a] if one == family[b] else one for one in family]
    return family


@settings(max_examples=10)
@given(st.integers(0, 1000), st.sampled_from([Rule(), Rule(identity=0.5), Rule(1e6, identity=0.4, coverage=0.5)]))
def test_families_are_what_merging_pair_by_pair_gives(seed, rule):
    texts = relatives(seed)
    found = relations(texts, rule)
    assert found.complete
    assert adjusted_rand_score(joined_one_by_one(list(found.texts), rule), found.family) == 1


def test_lots_change_nothing(monkeypatch):
    texts, rule = relatives(1), Rule(identity=0.45)
    whole = relations(texts, rule).family
    monkeypatch.setattr(families, "LOT", 2)
    monkeypatch.setattr(families, "VERSION", -1)
    assert adjusted_rand_score(whole, relations(texts, rule).family) == 1


def test_order_and_copies_play_no_part_and_the_cache_gives_the_same():
    texts = relatives(2)
    one, other = relations(texts, Rule()), relations([*texts[::-1], texts[0]], Rule())
    assert one.texts == other.texts
    assert np.array_equal(one.family, other.family)
    assert np.array_equal(one.hits.score, other.hits.score)


def test_one_sequence_is_a_family():
    found = relations(["MKLVWF"] * 3, Rule())
    assert (found.texts, found.family.tolist(), len(found.hits), found.complete) == (("MKLVWF",), [0], 0, True)


def test_only_pairs_of_a_tested_and_an_untested_sequence_cross():
    found = relations(relatives(3, 2, 2), Rule())
    left = crossing(found, [np.array([1, 0, -1, 0]), np.array([0, 0, -1, 1])], Rule())
    assert {frozenset(pair) for pair in zip(left.hits.query.tolist(), left.hits.target.tolist(), strict=True)} == {
        frozenset(pair) for pair in ((0, 1), (0, 3), (1, 3))
    }


@pytest.mark.parametrize("rule", [Rule(), Rule(1e6, identity=0.9, by="longer")])
def test_a_filter_changes_no_family_of_a_set_that_is_drawn_whole(rule):
    texts = relatives(4, share=0.5)
    found = relations(texts, rule, prefilter=True)
    assert adjusted_rand_score(relations(texts, rule).family, found.family) == 1
    assert (found.complete, found.filtered.drawn, found.filtered.of_all) == (False, 18, 18)


def test_pairs_that_a_filter_loses_are_counted_and_put_right(monkeypatch):
    texts, rule = relatives(5, 4, 2, 0.2), Rule()
    whole = relations(texts, rule)
    assert whole.filtered is None

    def lossy(*asked, **more):
        hits = candidates_within(*asked, **more)
        return chosen(hits, np.flatnonzero(hits.e_value > rule.e_value)[:5])

    monkeypatch.setattr(families, "candidates_within", lossy)
    found = relations(texts, rule, prefilter=True)
    assert found.filtered == Filtered(drawn=8, of_all=8, pairs=4, missed=4, hurt=8, proven=0)
    assert adjusted_rand_score(whole.family, found.family) == 1
    kin = found.hits.e_value <= rule.e_value
    assert np.allclose(np.sort(found.hits.e_value[kin]), np.sort(whole.hits.e_value[whole.hits.e_value <= rule.e_value]))


def test_many_sequences_are_filtered_unless_it_is_forbidden(monkeypatch):
    texts = relatives(6)
    monkeypatch.setattr("iatros.align.kin.MANY", len(texts) - 1)
    assert relations(texts, Rule(), prefilter="auto").filtered is not None
    assert relations(texts, Rule(), prefilter=False).filtered is None
    monkeypatch.setattr("iatros.align.kin.MANY", len(texts))
    assert relations(texts, Rule(), prefilter="auto").filtered is None


def test_significant_pairs_are_those_of_the_rule_and_come_back_from_the_cache():
    texts, rule = tuple(sorted(relatives(8))), Rule(1e-6)
    every = candidates_within(texts, rule)
    for _ in range(2):
        found = significant(texts, rule)
        assert set(zip(found.query.tolist(), found.target.tolist(), strict=True)) == {
            (int(q), int(t)) for q, t, e in zip(every.query, every.target, every.e_value, strict=True) if e <= 1e-6
        }


def test_significant_pairs_are_taken_from_all_that_a_split_has_scored(monkeypatch):
    texts, rule = tuple(sorted(relatives(18))), Rule(LOOKED_AT)
    every = candidates_within(texts, rule)
    relations(texts, Rule(1e-3, identity=0.4))
    monkeypatch.setattr(families, "candidates_within", None)
    found = significant(texts, rule)
    assert len(found) == (every.e_value <= LOOKED_AT).sum() < len(every)
    assert found.score.sum() == every.score[every.e_value <= LOOKED_AT].sum()


def test_components_join_chains():
    codes = components((np.array([0, 1, 4]), np.array([1, 2, 5])), 6)
    assert codes[0] == codes[1] == codes[2] != codes[3]
    assert codes[4] == codes[5] != codes[3]


def test_threads_are_those_asked_for(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    assert threads() >= 1
