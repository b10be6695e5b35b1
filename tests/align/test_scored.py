"""Scores of the kernels against the plain recurrence: every mode, width, free end, and costs that strain each of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatros.align import blocks
from iatros.align.matrices import made, match, named
from iatros.align.scored import score, scores
from iatros.align.scoring import Free, Gaps, Scoring
from iatros.align.sequences import encode
from iatros.findings import InputError

ENDS = [Free(*ends) for ends in itertools.product([False, True], repeat=4) if any(ends)]
MODES = [("global", Free()), ("local", Free()), *(("semiglobal", free) for free in ENDS)]
GAPS = [Gaps(11, 1), Gaps(5, 5), Gaps(1, 1), Gaps(0, 0), Gaps(60, 20), Gaps(2, 0), Gaps(900, 300)]


@pytest.fixture(autouse=True, params=[0, 4], ids=["lanes", "rows of single pairs"])
def few(request, monkeypatch):
    """Both ways of scoring a few targets."""
    monkeypatch.setattr(blocks, "FEW", request.param)


@pytest.mark.parametrize("gaps", GAPS, ids=str)
def test_every_mode_equals_the_plain_recurrence(gaps, oracle, proteins):
    queries, targets = proteins(3, 1, 30, seed=1), proteins(70, 1, 24, seed=2)
    targets[4], targets[5] = queries[0], queries[1] * 2
    for mode, free in MODES:
        scoring = Scoring(named("BLOSUM62"), gaps, mode, free)
        found = scores(queries, targets, scoring)
        for q, t in [(0, 4), (1, 5), (2, 69), (0, 0), (2, 33), (1, 17)]:
            assert found[q, t] == oracle(queries[q], targets[t], scoring), (mode, free, q, t)


@pytest.mark.parametrize("name", ["BLOSUM45", "PAM30", "PAM250", "NUC.4.4"])
def test_every_matrix_equals_the_plain_recurrence(name, oracle, proteins):
    matrix = named(name)
    queries = proteins(2, 5, 40, seed=3, letters=matrix.letters)
    targets = proteins(66, 5, 40, seed=4, letters=matrix.letters)
    for mode, free in (("global", Free()), ("local", Free()), ("semiglobal", Free(target_begin=True, target_end=True))):
        scoring = Scoring(matrix, Gaps(10, 2), mode, free)
        found = scores(queries, targets, scoring)
        assert all(found[q, t] == oracle(queries[q], targets[t], scoring) for q in range(2) for t in range(0, 66, 7))


def test_rows_and_columns_of_an_uneven_matrix_are_not_swapped(oracle):
    matrix = made("uneven", "ACGT", np.array([[5, -9, 3, -2], [4, 6, 1, 2], [-1, -8, 7, 2], [0, 1, 2, 3]]), "")
    for mode, free in MODES:
        scoring = Scoring(matrix, Gaps(3, 2), mode, free)
        assert score("ACGTTGCA", "CATTGACGG", scoring) == oracle("ACGTTGCA", "CATTGACGG", scoring)


def test_scores_that_fill_eight_and_sixteen_bits_are_found_again_in_wider_lanes():
    queries = ["W" * n for n in (1, 19, 20, 21, 22, 23, 24, 400, 2977, 2978, 2979, 2980, 5000)]
    found = scores(queries, ["W" * 6000], Scoring())
    assert found[:, 0].tolist() == [11 * len(query) for query in queries]  # 8 bits end near 230, 16 near 65,500


def test_every_local_score_near_the_end_of_eight_bits_is_right():
    matrix = match(1, -1)
    queries = ["A" * n for n in range(225, 260)]
    assert scores(queries, ["A" * 300, "C" + "A" * 299], Scoring(matrix, Gaps(2, 1)))[:, 0].tolist() == list(range(225, 260))


def test_a_score_too_large_may_follow_one_that_fits_in_the_same_lane(oracle, proteins):
    targets = [*proteins(200, 1, 9, seed=5), "W" * 30, *proteins(200, 1, 9, seed=6)]
    scoring = Scoring()
    found = scores(["W" * 40], targets, scoring)
    assert all(found[0, t] == oracle("W" * 40, target, scoring) for t, target in enumerate(targets))


@pytest.mark.parametrize(("largest", "gap"), [(90, 55), (91, 54), (1000, 40), (255, 0), (253, 0), (127, 42), (120, 45)])
def test_differences_at_the_edge_of_a_byte_are_exact(largest, gap, oracle):
    """max(largest + 2 extend, extend) + 3 (open - extend) just fits 255, or just does not."""
    generator = np.random.default_rng(largest)
    values = generator.choice([largest, -largest // 3, 0, 1, -gap - 1, -gap - 3], (4, 4))
    matrix = made("edge", "ACGT", np.clip(values, -1000, 1000), "")
    texts = ["".join(generator.choice(list("ACGT"), 30)) for _ in range(4)]
    for extend in (0, 1):
        for mode, free in MODES:
            scoring = Scoring(matrix, Gaps(gap + extend, extend), mode, free)
            found = scores(texts[:2], texts[2:], scoring)
            expected = [[oracle(query, target, scoring) for target in texts[2:]] for query in texts[:2]]
            assert found.tolist() == expected, (mode, free)


def test_long_pairs_leave_sixteen_bits_unharmed():
    query, target = "A" * 9_000, "A" * 8_500 + "R" * 4_000
    ends = Free(query_end=True, target_end=True)
    assert score(query, target, Scoring(mode="semiglobal", free=ends)) == 8_500 * 4 - 500
    assert score(query, target, Scoring(gaps=Gaps(11, 1), mode="global")) == 8_500 * 4 - 500 - (11 + 3_499)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.text("ACGT", min_size=1, max_size=20),
    targets=st.lists(st.text("ACGT", min_size=1, max_size=20), min_size=1, max_size=5),
    costs=st.tuples(st.integers(0, 30), st.integers(0, 30)),
    numbers=st.lists(st.integers(-40, 40), min_size=16, max_size=16),
    mode=st.sampled_from(MODES),
)
def test_any_costs_equal_the_plain_recurrence(oracle, query, targets, costs, numbers, mode):
    matrix = made("any", "ACGT", np.array(numbers).reshape(4, 4), "")
    scoring = Scoring(matrix, Gaps(max(costs), min(costs)), *mode)
    assert scores([query], targets, scoring)[0].tolist() == [oracle(query, target, scoring) for target in targets]


def test_threads_and_company_do_not_change_a_score(proteins):
    queries, targets = proteins(40, 1, 80, seed=7), proteins(150, 1, 80, seed=8)
    for mode in ("local", "global"):
        together = scores(queries, targets, Scoring(mode=mode), threads=3)
        assert np.array_equal(together, scores(queries, targets, Scoring(mode=mode)))
        assert together[7, 9] == score(queries[7], targets[9], Scoring(mode=mode))


def test_pairs_beyond_32_bits_are_refused():
    matrix = made("steep", "AC", np.array([[1000, -1000], [-1000, 1000]]), "")
    with pytest.raises(InputError, match="32 bits"):
        score("A" * 2_200_000, "A" * 2_200_000, Scoring(matrix))


def test_published_examples():
    """Durbin et al. 1998, Biological Sequence Analysis, figures 2.5 and 2.6 (BLOSUM50, linear gaps of 8)."""
    scoring: Callable[..., Scoring] = lambda mode: Scoring(named("BLOSUM50"), Gaps.linear(8), mode)  # noqa: E731
    assert score("HEAGAWGHEE", "PAWHEAE", scoring("global")) == 1
    assert score("HEAGAWGHEE", "PAWHEAE", scoring("local")) == 28


def test_codes_of_another_alphabet_are_refused(proteins):
    given = encode(proteins(2), named("BLOSUM62"))
    assert np.array_equal(scores(given, given), scores(proteins(2), proteins(2)))
    with pytest.raises(InputError, match="other letters than those of PAM120"):
        scores(given, given, Scoring(named("PAM120")))
