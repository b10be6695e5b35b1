"""A band finds the best alignment inside it, and says only what is proven."""

from __future__ import annotations

import pytest

from iatros.align.banded import align_banded
from iatros.align.scored import score
from iatros.align.scoring import Gaps, Scoring
from iatros.findings import InputError

GLOBAL = Scoring(gaps=Gaps(11, 1), mode="global")


def test_a_band_as_wide_as_the_matrix_is_exact(families, rescored):
    for query, target in zip(*families(20, seed=10), strict=True):
        banded = align_banded(query, target, GLOBAL, width=100)
        assert banded.proven
        assert banded.found.score[0] == score(query, target, GLOBAL)
        assert rescored(banded.found, 0, query, target, GLOBAL) == banded.found.score[0]


def test_a_proven_band_is_never_wrong_and_an_unproven_never_better(families, rescored):
    proven = 0
    for query, target in zip(*families(60, seed=11), strict=True):
        for width in (0, 1, 3, 10):
            banded = align_banded(query, target, GLOBAL, width)
            exact = score(query, target, GLOBAL)
            assert banded.found.score[0] <= exact
            assert rescored(banded.found, 0, query, target, GLOBAL) == banded.found.score[0]
            proven += banded.proven
            if banded.proven:
                assert banded.found.score[0] == exact
    assert proven > 10


def test_equal_texts_are_proven_in_a_narrow_band():
    text = "MKTAYIAKQRQISFVKSHFSRQ" * 20
    assert align_banded(text, text, GLOBAL, width=2).proven


def test_a_band_wants_a_global_mode_and_some_width():
    with pytest.raises(InputError, match="global"):
        align_banded("A", "A", Scoring())
    with pytest.raises(InputError, match="band of width -1"):
        align_banded("A", "A", GLOBAL, width=-1)
