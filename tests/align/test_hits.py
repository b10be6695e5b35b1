"""Hits against all scores, sorted in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.align.hits import Wanted, align_hits, all_pairs, search
from iatros.align.matrices import made, match, named
from iatros.align.scored import scores
from iatros.align.scoring import Free, Gaps, Scoring
from iatros.align.sequences import reverse_complement
from iatros.align.significance import Statistics
from iatros.findings import InputError


def test_the_best_few_are_the_best_few(families, proteins):
    queries, targets = families(6, seed=1)
    targets += proteins(100, 20, 60, seed=2)
    table = scores(queries, targets)
    hits = search(queries, targets, wanted=Wanted(top=7))
    for q in range(6):
        expected = np.lexsort((np.arange(len(targets)), -table[q]))[:7]
        assert hits.target[hits.query == q].tolist() == expected.tolist()
    assert np.array_equal(hits.score, table[hits.query, hits.target])


def test_thresholds_keep_all_that_reach_them(families):
    queries, targets = families(10, seed=3)
    table = scores(queries, targets)
    assert len(search(queries, targets, wanted=Wanted(least_score=30))) == (table >= 30).sum()
    hits = search(queries, targets, wanted=Wanted(e_value=1e-4))
    space = np.array([len(query) for query in queries])[:, None] * sum(map(len, targets))
    assert len(hits) == (0.041 * space * np.exp(-0.267 * table) <= 1e-4).sum() > 3
    assert np.all(hits.e_value <= 1e-4)
    assert np.array_equal(hits.space, space[hits.query, 0])


def test_e_values_may_have_parameters_of_ones_own(families):
    queries, targets = families(10, seed=3)
    wanted = Wanted(e_value=1e-4, statistics=Statistics(0.3, 0.1, "mine"))
    hits = search(queries, targets, Scoring(gaps=Gaps(3, 3)), wanted)
    assert np.allclose(hits.e_value, 0.1 * hits.space * np.exp(-0.3 * hits.score))
    assert len(hits) > 3


def test_every_pair_of_a_set_comes_once(proteins, families):
    texts = [*families(20, seed=4)[0], *families(20, seed=4)[1], *proteins(1_200, 5, 30, seed=5)]
    table = scores(texts, texts)
    hits = all_pairs(texts, wanted=Wanted(least_score=25), threads=2)
    expected = {(i, j) for i, j in np.argwhere(table >= 25).tolist() if i < j}
    assert set(zip(hits.query.tolist(), hits.target.tolist(), strict=True)) == expected
    assert len(hits) == len(expected) > 10
    assert np.array_equal(hits.score, table[hits.query, hits.target])


def test_the_other_strand_is_found_and_aligned(proteins):
    query = proteins(1, 60, 60, seed=6, letters="ACGT")[0]
    targets = [*proteins(20, 50, 80, seed=7, letters="ACGT"), reverse_complement(query), query]
    scoring = Scoring(match(2, -3), Gaps(5, 2))
    given = search([query], targets, scoring, Wanted(top=2))
    both = search([query], targets, scoring, Wanted(top=2), strands="both")
    assert (given.target[0], given.score[1] < 60) == (21, True)
    assert (both.target.tolist(), both.strand.tolist(), both.score.tolist()) == ([20, 21], [-1, 1], [120, 120])
    assert align_hits(both, [query], targets, scoring).cigars() == ["60=", "60="]


def test_hits_are_aligned_in_their_order(families):
    queries, targets = families(9, seed=8)
    hits = search(queries, targets, wanted=Wanted(top=3))
    found = align_hits(hits, queries, targets)
    assert np.array_equal(found.score, hits.score)
    assert np.array_equal(found.target, hits.target)


def test_what_cannot_be_searched_for_says_why(proteins):
    texts = proteins(3)
    with pytest.raises(InputError, match="no published lambda"):
        search(texts, texts, Scoring(gaps=Gaps(3, 3)), Wanted(e_value=1))
    with pytest.raises(InputError, match="does not score nucleotides"):
        search(texts, texts, strands="both")
    with pytest.raises(InputError, match="at least 1"):
        Wanted(top=0)
    with pytest.raises(InputError, match="above 0"):
        Wanted(e_value=float("nan"))
    uneven = made("uneven", "AC", np.array([[1, -1], [-2, 1]]), "")
    with pytest.raises(InputError, match="which sequence is the query"):
        all_pairs(["AC", "CA"], Scoring(uneven), Wanted(least_score=0))
    with pytest.raises(InputError, match="which sequence is the query"):
        all_pairs(texts, Scoring(named("PAM250"), mode="semiglobal", free=Free(query_end=True)), Wanted(least_score=0))
