"""Which pairs are kin, against all alignments of small sets; of large ones the significant pairs, and all of those."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from iatros.align import Gaps, Wanted, align_pairs, reverse_complement, score, scores, search
from iatros.align import kin as module
from iatros.align.kin import Rule, candidates_between, candidates_within, chosen, likeness, nucleotides

ACIDS, BASES = list("ACDEFGHIKLMNPQRSTVWY"), list("ACGT")


def drawn(count, letters=ACIDS, seed=0):
    """Random sequences, of which every fourth is a relative of the first."""
    rng = np.random.default_rng(seed)
    first = "".join(rng.choice(letters, 90))
    texts = []
    for i in range(count):
        text = rng.choice(letters, int(rng.integers(40, 120)))
        if i % 4 == 0:
            text = np.where(rng.random(90) < 0.2, rng.choice(letters, 90), list(first))
        texts.append("".join(text))
    return texts


def test_small_sets_give_all_pairs_with_their_scores_and_identities():
    texts, rule = drawn(12), Rule()
    hits = candidates_within(texts, rule)
    pairs = np.array(list(combinations(range(12), 2)))
    assert sorted(zip(hits.query.tolist(), hits.target.tolist(), strict=True)) == [tuple(pair) for pair in pairs.tolist()]
    expected = scores(texts, texts)[hits.query, hits.target]
    assert np.array_equal(hits.score, expected)
    found = likeness(hits, texts, texts, rule)
    aligned = align_pairs(texts, texts, np.stack([hits.query, hits.target], axis=1))
    shorter = np.minimum(aligned.query_length, aligned.target_length)
    assert found.identity == pytest.approx(aligned.identical / shorter)
    lengths = np.array([len(text) for text in texts])
    space = np.minimum(lengths[hits.query], lengths[hits.target]) * lengths.sum()
    assert np.array_equal(found.kin, 0.041 * space * np.exp(-0.267 * expected) <= 1e-3)


@pytest.mark.parametrize("limit", ["ALL_CELLS", "MOST_PAIRS"])
def test_large_sets_give_every_significant_pair(monkeypatch, limit):
    texts, rule = drawn(30), Rule()
    every = candidates_within(texts, rule)
    monkeypatch.setattr(module, limit, 0)
    some = candidates_within(texts, rule)
    assert len(some) < len(every)
    kept = every.e_value <= module.LOOKED_AT
    assert {*zip(some.query.tolist(), some.target.tolist(), strict=True)} == {
        *zip(every.query[kept].tolist(), every.target[kept].tolist(), strict=True)
    }


def test_between_two_sets_the_space_is_the_query_times_all_targets():
    texts, others = drawn(6, seed=1), drawn(9, seed=2)
    hits = candidates_between(texts, others, Rule())
    assert len(hits) == 54
    lengths = np.array([len(text) for text in texts])
    assert np.array_equal(hits.space, lengths[hits.query] * sum(map(len, others)))


@pytest.mark.parametrize(("rule", "kept"), [(Rule(), True), (Rule(identity=0.6), False), (Rule(coverage=0.6), False),
                                            (Rule(identity=0.95, by="columns"), True)])  # fmt: skip
def test_all_conditions_must_hold(rule, kept):
    domain, *rest = drawn(3, seed=3)[0][:50], *("".join(np.random.default_rng(i).choice(ACIDS, 60)) for i in (7, 8))
    pair = [domain + rest[0], rest[1] + domain]
    hits = candidates_within(pair, rule)
    assert likeness(hits, pair, pair, rule).kin.tolist() == [kept]


def test_coverage_is_of_the_shorter_sequence():
    long, rule = drawn(1, seed=4)[0], Rule()
    pair = [long, long[20:60]]
    found = likeness(candidates_within(pair, rule), pair, pair, rule)
    assert (found.coverage.item(), found.identity.item()) == (1.0, 1.0)


def test_the_other_strand_counts_once_a_pair():
    texts = drawn(8, BASES, seed=5)
    texts.append(reverse_complement(texts[1]))
    rule = nucleotides(Rule())
    hits = candidates_within(texts, rule)
    named = [tuple(sorted(pair)) for pair in zip(hits.query.tolist(), hits.target.tolist(), strict=True)]
    assert len(named) == len(set(named)) == 36
    at = named.index((1, 8))
    assert (hits.strand[at], hits.score[at]) == (-1, 2 * len(texts[1]))
    assert likeness(hits, texts, texts, rule).kin[at]


def test_nucleotides_are_scored_as_blast_does():
    rule = nucleotides(Rule(identity=0.5))
    assert rule.identity == 0.5
    assert score("ACGTTGCA", "ACGTTGCA", rule.scoring) == 16
    assert rule.scoring.gaps == Gaps.blast(5, 2)


def test_no_pairs_have_no_likeness():
    texts = drawn(4)
    none = chosen(candidates_within(texts, Rule()), np.zeros(0, np.int64))
    assert len(likeness(none, texts, texts, Rule()).kin) == 0


def test_a_choice_of_hits_keeps_their_columns_together():
    texts = drawn(5)
    hits = search(texts, texts, wanted=Wanted(top=5))
    some = chosen(hits, np.array([3, 1]))
    assert np.array_equal(some.score, scores(texts, texts)[some.query, some.target])
    assert replace(some).statistics == hits.statistics


FILTERED = [(ACIDS, Rule()), (BASES, nucleotides(Rule()))]


@pytest.mark.parametrize(("letters", "rule"), FILTERED, ids=["protein", "dna"])
def test_a_filtered_set_loses_no_clear_pair_and_scores_as_without_a_filter(letters, rule):
    rng = np.random.default_rng(6)
    texts = drawn(24, letters, seed=6)
    texts += ["".join(rng.choice(letters, int(n))) for n in rng.integers(10, 50, 8)]
    texts += [texts[3][5:35], reverse_complement(texts[8]) if letters is BASES else texts[8][::-1]]
    exact, found = candidates_within(texts, rule), candidates_within(texts, rule, filtered=True)
    every = {tuple(sorted((q, t))): (s, e) for q, t, s, e in zip(exact.query.tolist(), exact.target.tolist(),
             exact.score.tolist(), exact.e_value.tolist(), strict=True)}  # fmt: skip
    pairs = [tuple(sorted(pair)) for pair in zip(found.query.tolist(), found.target.tolist(), strict=True)]
    assert len(pairs) == len(set(pairs))
    assert [every[pair] for pair in pairs] == list(zip(found.score.tolist(), found.e_value.tolist(), strict=True))
    short = {i for i, text in enumerate(texts) if len(text) <= module.SHORT}
    must = {pair for pair, (_, e) in every.items() if e <= module.LOOKED_AT and (e <= 1e-9 or short & {*pair})}
    assert must <= set(pairs)
    assert likeness(found, texts, texts, rule).kin.sum() > 20


@pytest.mark.parametrize(("letters", "rule"), FILTERED, ids=["protein", "dna"])
def test_two_filtered_sets_give_what_a_search_gives(letters, rule):
    texts, others = drawn(9, letters, seed=7), [*drawn(12, letters, seed=7), "".join(letters)]
    exact = candidates_between(texts, others, rule)
    found = candidates_between(texts, others, rule, filtered=True)
    every = dict(zip(zip(exact.query.tolist(), exact.target.tolist(), strict=True), exact.score.tolist(), strict=True))
    pairs = list(zip(found.query.tolist(), found.target.tolist(), strict=True))
    assert [every[pair] for pair in pairs] == found.score.tolist()
    clear = exact.e_value <= 1e-9
    assert set(zip(exact.query[clear].tolist(), exact.target[clear].tolist(), strict=True)) <= set(pairs)
    again = candidates_between(texts, others, rule, threads=2, filtered=True)
    assert np.array_equal(again.target, found.target)


def mutated(rng, text, share, letters):
    return "".join(rng.choice(letters) if rng.random() < share else letter for letter in text)


@pytest.mark.parametrize("by", ["columns", "longer", "mean"])
@pytest.mark.parametrize(("letters", "identity"), [(ACIDS, 0.9), (BASES, 0.96)], ids=["protein", "dna"])
def test_where_a_run_is_proven_no_kin_is_lost(letters, identity, by):
    rule = Rule(1e9, identity, 0.9, by)
    rule = rule if letters is ACIDS else nucleotides(rule)
    rng = np.random.default_rng(8)
    texts = drawn(10, letters, seed=8)
    texts += [mutated(rng, text, share, letters) for text in texts for share in (0.02, 0.05, 0.1)]
    texts += [text[:30] + text[31:] for text in texts[:10]]
    exact, found = candidates_within(texts, rule), candidates_within(texts, rule, filtered=True)
    kin = [{tuple(sorted(pair)) for pair in zip(some.query[held].tolist(), some.target[held].tolist(), strict=True)}
           for some in (exact, found) for held in [likeness(some, texts, texts, rule).kin]]  # fmt: skip
    assert kin[0] == kin[1]
    assert len(kin[0]) > 10


def test_runs_are_proven_of_identity_alone_and_of_no_other_divisor():
    assert module.proven_run(Rule(identity=0.9, coverage=0.8, by="columns")) == 8
    assert module.proven_run(Rule(identity=0.95, by="longer")) == 8
    assert module.proven_run(Rule(identity=0.95, by="shorter")) == module.proven_run(Rule(identity=0.95, by="columns")) == 0
