"""Alignments: what they say they score is what their operations score, and the best there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from iatros.align import pairs
from iatros.align.matrices import match
from iatros.align.pairs import align_all, align_pairs
from iatros.align.scored import scores
from iatros.align.scoring import Free, Gaps, Scoring

ENDS = [Free(*ends) for ends in itertools.product([False, True], repeat=4) if any(ends)]
MODES = [("global", Free()), ("local", Free()), *(("semiglobal", free) for free in ENDS)]


@pytest.mark.parametrize("gaps", [Gaps(11, 1), Gaps(4, 4), Gaps(2, 1), Gaps(0, 0)], ids=str)
def test_every_alignment_scores_what_the_kernels_say_is_best(gaps, families, proteins, rescored):
    queries, targets = families(5, seed=1)
    targets += proteins(68, 1, 40, seed=2)
    for mode, free in MODES:
        scoring = Scoring(gaps=gaps, mode=mode, free=free)
        found = align_all(queries, targets, scoring)
        assert np.array_equal(found.score.reshape(5, -1), scores(queries, targets, scoring))
        for i in range(len(found)):
            assert rescored(found, i, queries[found.query[i]], targets[found.target[i]], scoring) == found.score[i]


def test_ends_that_are_not_free_are_aligned(families):
    queries, targets = families(6, seed=3)
    for free in ENDS:
        found = align_all(queries, targets, Scoring(mode="semiglobal", free=free))
        assert free.query_begin or not found.query_begin.any()
        assert free.target_begin or not found.target_begin.any()
        assert free.query_end or np.array_equal(found.query_end, found.query_length)
        assert free.target_end or np.array_equal(found.target_end, found.target_length)


def test_large_local_scores_get_their_alignments_in_wider_lanes(rescored):
    texts = ["W" * 30, "W" * 29 + "A", "W" * 6_500]
    found = align_all(texts, texts, Scoring())
    assert found.score.reshape(3, 3).diagonal().tolist() == [330, 323, 71_500]
    assert found.cigar(8) == "6500="


def test_neither_company_nor_threads_change_an_alignment(families):
    queries, targets = families(30, seed=4)
    for mode in ("local", "global"):
        scoring = Scoring(mode=mode)
        together = align_all(queries, targets, scoring)
        threaded = align_all(queries, targets, scoring, threads=3)
        assert together.cigars() == threaded.cigars()
        alone = [align_all([queries[i]], [targets[j]], scoring).cigar(0) for i, j in ((3, 4), (3, 3), (29, 0))]
        assert alone == [together.cigar(30 * i + j) for i, j in ((3, 4), (3, 3), (29, 0))]


def test_pairs_come_in_the_order_asked_for(families):
    queries, targets = families(8, seed=5)
    wanted = np.array([[5, 1], [0, 7], [5, 5], [0, 0], [5, 1]])
    found = align_pairs(queries, targets, wanted)
    assert np.array_equal(np.stack([found.query, found.target], axis=1), wanted)
    assert found.cigar(0) == found.cigar(4)
    assert len(align_pairs(queries, targets, np.zeros((0, 2), np.int64))) == 0


def test_small_batches_give_the_same_alignments(families, monkeypatch):
    queries, targets = families(12, seed=6)
    scoring = Scoring(mode="global")
    whole = align_all(queries, targets, scoring).cigars()
    monkeypatch.setattr(pairs, "MEMORY", 1)
    assert align_all(queries, targets, scoring).cigars() == whole


def test_nothing_in_common_is_an_empty_local_alignment():
    found = align_all(["AAAA"], ["CCCC"], Scoring(match(1, -2), Gaps(3, 1)))
    assert (found.score[0], found.cigar(0), found.columns[0]) == (0, "", 0)
    assert np.isnan(found.identity("columns")[0])
    assert found.identity("shorter")[0] == 0


def test_the_unknown_letter_equals_nothing():
    assert align_all(["WWXWW"], ["WWXWW"], Scoring(mode="global")).cigar(0) == "2=1X2="
