"""Seeds against plain search for what they stand for, and the proof of equal runs against random alignments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.align import Scoring, encode, match, named, reverse_complement
from iatros.align.seeds import ACIDS, BASES, Filter, Seeds, assured_run, equal_run, related

BLOSUM = named("BLOSUM62")


def drawn(rng, letters, *lengths):
    return ["".join(rng.choice(list(letters), length)) for length in lengths]


@given(st.lists(st.booleans(), min_size=1, max_size=300), st.integers(0, 20))
def test_every_alignment_holds_the_assured_run(identical, spare):
    columns, share = len(identical), sum(identical) / len(identical)
    longest = max(map(len, "".join("=" if same else " " for same in identical).split()), default=0)
    assert longest >= assured_run(share, max(0, columns - spare))


@pytest.mark.parametrize(("identity", "columns", "run"), [(0.9, 100, 9), (1.0, 30, 30), (0.5, 1000, 1), (0.95, 400, 19)])
def test_the_assured_run_has_a_closed_form(identity, columns, run):
    assert assured_run(identity, columns) == run


DNA = match(2, -3)


@pytest.mark.parametrize(("letters", "matrix", "run"), [(ACIDS, BLOSUM, 4), (BASES, DNA, 7), (BASES, DNA, 14)])
def test_an_equal_run_passes_exactly_the_pairs_that_share_one(letters, matrix, run):
    rng = np.random.default_rng(run)
    texts = drawn(rng, letters, *rng.integers(5, 90, 30))
    texts += [text[3:40] + text[:3] for text in texts[:8]]
    coded = encode(texts, matrix)
    found = Filter(coded, coded, matrix, equal_run(matrix, run))
    words = [{text[i : i + run] for i in range(len(text) - run + 1)} for text in texts]
    for query, own in enumerate(words):
        assert found.passing(query).tolist() == [t for t, other in enumerate(words) if own & other]
        assert found.passing(query, before=query).tolist() == [t for t, other in enumerate(words[:query]) if own & other]


def plain_score(query, target, scores):
    """The best sum along any diagonal, by Kadane's recurrence."""
    best = 0
    for shift in range(-len(target) + 1, len(query)):
        here = 0
        for i in range(max(0, shift), min(len(query), len(target) + shift)):
            here = max(0, here + scores[query[i], target[i - shift]])
            best = max(best, here)
    return best


def test_what_passes_has_an_ungapped_score_beyond_chance():
    rng = np.random.default_rng(3)
    texts = drawn(rng, ACIDS, *rng.integers(60, 120, 24))
    texts += [texts[i][10:35] + drawn(rng, ACIDS, 40)[0] for i in range(12)]
    coded, scores = encode(texts, BLOSUM), BLOSUM.scores.astype(int)
    seeds = Seeds(ACIDS, (0, 1, 2, 3), similar=3.0, core=3.0)
    found = Filter(coded, coded, BLOSUM, seeds)
    scale, lengths = found.asked.scale, coded.lengths
    for query in range(0, len(texts), 3):
        known = [scale * plain_score(coded[query], coded[t], scores) for t in range(len(texts))]
        enough = {t for t, nats in enumerate(known) if nats >= np.log(lengths[query] * lengths[t]) + seeds.rare}
        passed = set(found.passing(query).tolist())
        assert passed <= enough
        assert {query, *([query + 24] if query < 12 else [])} <= passed


def test_the_other_strand_passes_too():
    rng = np.random.default_rng(5)
    matrix = match(2, -3)
    texts = drawn(rng, BASES, 200, 300, 250)
    texts.append(drawn(rng, BASES, 50)[0] + reverse_complement(texts[1][100:160]) + drawn(rng, BASES, 80)[0])
    coded = encode(texts, matrix)
    assert Filter(coded, coded, matrix, related(matrix)).passing(3).tolist() == [3]
    assert Filter(coded, coded, matrix, related(matrix), both_strands=True).passing(3).tolist() == [1, 3]


def test_letters_that_match_nothing_are_in_no_word():
    matrix = match(2, -3)
    coded = encode(["N" * 60, "N" * 60, "ACGT" * 15], matrix)
    assert Filter(coded, coded, matrix, related(matrix)).passing(0).tolist() == []
    assert Filter(coded, coded, matrix, equal_run(matrix, 14)).passing(1).tolist() == []


def test_sequences_shorter_than_a_word_share_none():
    coded = encode(["ACD", "ACDEFG", "ACD"], Scoring().matrix)
    found = Filter(coded, coded, BLOSUM, related(BLOSUM))
    assert [found.passing(query).tolist() for query in range(3)] == [[], [1], []]
