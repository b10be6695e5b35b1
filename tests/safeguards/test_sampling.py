"""Balanced drawing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from iatros.contracts import Learned
from iatros.safeguards.sampling import Sampling

STRATA = np.array([0] * 90 + [1] * 10)


def drawn(guard: Sampling, strata: np.ndarray, seed: int = 0) -> np.ndarray:
    rows = guard.draw({"died": strata}, Learned(), torch.Generator().manual_seed(seed))
    assert rows is not None
    return rows


def test_classes_are_drawn_alike_often():
    assert np.bincount(STRATA[drawn(Sampling(), STRATA)]).tolist() == [50, 50]


def test_every_rare_case_is_drawn_equally_often():
    rows = drawn(Sampling(), STRATA)
    assert np.bincount(rows)[90:].tolist() == [5] * 10


def test_no_case_of_a_frequent_class_is_drawn_twice():
    rows = drawn(Sampling(), STRATA)
    assert np.bincount(rows)[:90].max() == 1


def test_no_strength_draws_every_case_once():
    assert sorted(drawn(Sampling(strength=0.0), STRATA)) == list(range(100))


def test_cases_without_a_class_keep_their_share():
    rows = drawn(Sampling(), np.concatenate([STRATA, [-1] * 7]))
    assert sorted(rows[rows >= 100]) == list(range(100, 107))


def test_the_draw_follows_the_generator():
    assert (drawn(Sampling(), STRATA, 1) == drawn(Sampling(), STRATA, 1)).all()
    assert (drawn(Sampling(), STRATA, 1) != drawn(Sampling(), STRATA, 2)).any()


@pytest.mark.parametrize("strata", [np.zeros(5, np.int64), np.full(5, -1)])
def test_one_class_cannot_be_balanced(strata):
    assert Sampling().draw({"died": strata}, Learned(), torch.Generator()) is None
