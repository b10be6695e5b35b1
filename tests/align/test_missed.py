"""What a filter missed, of hits from which pairs were taken out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.align.kin import Rule, candidates_between, candidates_within, chosen, likeness, nucleotides
from iatros.align.missed import joined, missed_between, missed_within


def family(letters, count=9, seed=0):
    """Three families of three, each a text and two copies with a tenth of the letters drawn anew."""
    rng = np.random.default_rng(seed)
    first = [rng.choice(list(letters), 80) for _ in range(count // 3)]
    shares = [(text, 0.1 * i) for text in first for i in range(3)]
    return ["".join(np.where(rng.random(80) < share, rng.choice(list(letters), 80), text)) for text, share in shares]


@pytest.mark.parametrize(("letters", "rule"), [("ACDEFGHIKLMNPQRSTVWY", Rule()), ("ACGT", nucleotides(Rule()))])
def test_pairs_that_were_taken_out_are_found_again(letters, rule):
    texts = family(letters)
    hits = candidates_within(texts, rule)
    kin = np.flatnonzero(likeness(hits, texts, texts, rule).kin)
    assert len(kin) == 9
    told = missed_within(texts, chosen(hits, kin[2:]), rule)
    assert (told.kin, len(told.hits), told.recall) == (9, 2, pytest.approx(7 / 9))
    gone = chosen(hits, kin[:2])
    assert {*zip(told.hits.query, told.hits.target, strict=True)} == {*zip(gone.query, gone.target, strict=True)}
    assert np.allclose(np.sort(told.hits.e_value), np.sort(gone.e_value))
    assert told.concerned() == len({*gone.query.tolist(), *gone.target.tolist()})
    assert told.concerned(np.zeros(2, np.bool_)) == 0


def test_nothing_is_missed_without_a_filter():
    texts = family("ACDEFGHIKLMNPQRSTVWY")
    told = missed_within(texts, candidates_within(texts, Rule()), Rule(), drawn=4)
    assert (len(told.sequences), len(told.hits), told.recall, told.concerned()) == (4, 0, 1.0, 0)


def test_between_two_sets_queries_are_drawn():
    texts, others = family("ACDEFGHIKLMNPQRSTVWY")[::3], family("ACDEFGHIKLMNPQRSTVWY")
    hits = candidates_between(texts, others, Rule())
    none = chosen(hits, np.zeros(0, np.int64))
    told = missed_between(texts, others, none, Rule(), drawn=2)
    assert (told.kin, len(told.hits), told.recall, told.concerned()) == (6, 6, 0.0, 2)
    assert set(told.hits.query.tolist()) == set(told.sequences.tolist())
    assert len(joined(hits, told.hits)) == len(hits) + 6
