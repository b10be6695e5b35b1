"""Counts of strata, which weights and logit adjustment share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.registry import load
from iatros.safeguards.strata import Counts, count

STRATA = {"ill": np.array([0, 1, 1, -1, 1]), "stage": np.array([2, 2, 0, -1, -1])}


@given(st.lists(st.integers(-1, 5), max_size=40))
def test_known_strata_are_counted_one_by_one(codes):
    counted = count({"ill": np.array(codes, np.int64)}).of("ill")
    assert counted.tolist() == [codes.count(code) for code in range(max([-1, *codes]) + 1)]


def test_a_target_that_was_not_counted_has_no_counts():
    assert len(Counts().of("ill")) == 0


def test_counts_come_back_from_json():
    counted = count(STRATA)
    assert Counts.model_validate_json(counted.model_dump_json()) == counted
    assert counted.counts == {"ill": (1, 3), "stage": (1, 0, 2)}


@pytest.mark.parametrize("kind", ["weights", "logit_adjustment"])
def test_a_guard_counts_all_targets_or_those_it_is_told(kind):
    assert load("safeguards", kind)().fit(STRATA) == count(STRATA)
    assert load("safeguards", kind)(targets=("ill",)).fit(STRATA).counts == {"ill": (1, 3)}
