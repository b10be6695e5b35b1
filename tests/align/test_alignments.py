"""Figures of an alignment, against counts by hand."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.align.alignments import DIFFERENT, EQUAL, INSERTED, Alignments
from iatros.align.matrices import match
from iatros.align.pairs import align_all
from iatros.align.scoring import Free, Gaps, Scoring

QUERY = "ACGTACGTAC"


@pytest.fixture
def found():
    return align_all([QUERY], ["GG" + QUERY[:4] + "G" + QUERY[4:] + "A"], Scoring(match(2, -3), Gaps(4, 1)))


def test_cigar_and_lines_tell_the_same(found):
    assert found.cigar(0) == "4=1D6="
    lines = found.aligned(0, QUERY, "GG" + QUERY[:4] + "G" + QUERY[4:] + "A")
    assert str(lines).split("\n") == ["ACGT-ACGTAC", "|||| ||||||", "ACGTGACGTAC"]


def test_each_identity_divides_by_what_it_says(found):
    expected = {"columns": 10 / 11, "pairs": 1, "shorter": 1, "longer": 10 / 14, "mean": 10 / 12, "query": 1, "target": 10 / 14}
    for by, value in expected.items():
        assert found.identity(by)[0] == pytest.approx(value), by
    with pytest.raises(ValueError, match="there is no identity by 'blast'"):
        found.identity("blast")


def test_coverage_counts_from_begin_to_end(found):
    assert (found.coverage("query")[0], found.coverage("target")[0]) == (1, 11 / 14)


def test_gaps_are_counted_once_however_long():
    found = align_all(["AAAACCCC"], ["AAAAGGGGGCCCC"], Scoring(match(5, -4), Gaps(2, 0), "global"))
    assert (found.gaps[0], found.columns[0], found.cigar(0)) == (1, 13, "4=5D4=")


def test_m_stands_for_equal_and_different():
    found = align_all(["ACGT"], ["AGGTT"], Scoring(match(1, -1), Gaps(5, 5), "global"))
    assert found.cigar(0, extended=False) in {"4M1D", "3M1D1M"}
    assert sum(len(text) for text in found.cigars(extended=False)) == 4 + 2 * (found.cigar(0, extended=False) == "3M1D1M")


def test_choosing_keeps_rows_with_their_operations():
    texts = ["ACGT", "ACGTACGT", "TTTT"]
    found = align_all(texts, texts, Scoring(match(1, -1), Gaps(2, 1)))
    some = found.chosen(np.array([8, 4, 4]))
    assert (some.cigars(), some.score.tolist()) == (["4=", "8=", "8="], [4, 8, 8])


def test_free_ends_are_left_out_of_the_columns():
    ends = Free(target_begin=True, target_end=True)
    found = align_all(["ACGT"], ["TTTACGTTT"], Scoring(match(1, -1), Gaps(2, 1), "semiglobal", ends))
    assert (found.columns[0], found.target_begin[0], found.target_end[0]) == (4, 3, 7)


def test_columns_with_two_letters_are_pairs():
    one, runs = np.ones(1, np.int64), np.array([2 << 4 | EQUAL, 1 << 4 | INSERTED, 1 << 4 | DIFFERENT], np.uint32)
    found = Alignments(0 * one, 0 * one, one, 3 * one, 7 * one, 5 * one, 8 * one, 9 * one, 9 * one, runs, np.array([0, 3]))
    here, there = found.paired(0)
    assert here.tolist() == [3, 4, 6]
    assert there.tolist() == [5, 6, 7]
