"""Whole groups are dealt out by share and class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from iatros.splits.deal import deal

SHARES = st.lists(st.floats(0.05, 1), min_size=2, max_size=6)


@st.composite
def grouped(draw):
    size = draw(st.integers(1, 120))
    group = draw(st.lists(st.integers(0, 40), min_size=size, max_size=size))
    strata = draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size))
    return np.array(group), np.array(strata)


@given(grouped(), SHARES, st.integers(0, 1000))
def test_groups_never_straddle_and_parts_are_filled_as_far_as_groups_go(cases, shares, seed):
    group, strata = cases
    part = deal(group, strata, shares, np.random.default_rng(seed))
    assert all(len(np.unique(part[group == g])) == 1 for g in np.unique(group))
    assert len(np.unique(part)) == min(len(shares), len(np.unique(group)))


@given(grouped(), SHARES, st.integers(0, 1000))
def test_the_order_of_rows_plays_no_part(cases, shares, seed):
    group, strata = cases
    order = np.random.default_rng(seed + 1).permutation(len(group))
    there = deal(group, strata, shares, np.random.default_rng(seed))
    assert np.array_equal(deal(group[order], strata[order], shares, np.random.default_rng(seed)), there[order])


@given(st.lists(st.integers(0, 3), min_size=20, max_size=200), st.integers(2, 6), st.integers(0, 99))
def test_single_cases_are_shared_out_to_within_one_of_each_class(strata, parts, seed):
    strata = np.array(strata)
    part = deal(np.arange(len(strata)), strata, [1] * parts, np.random.default_rng(seed))
    for code in np.unique(strata):
        counts = np.bincount(part[strata == code], minlength=parts)
        assert abs(counts - counts.sum() / parts).max() < 2
    assert np.ptp(np.bincount(part, minlength=parts)) <= 4


def test_classes_of_unequal_groups_are_balanced_about_as_well_as_by_scikit_learn():
    pairs = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(80), rng.integers(1, 12, 80))
        strata = (rng.random(80) < 0.3).astype(int)[group]
        ours = deal(group, strata, [1] * 5, np.random.default_rng(seed))
        theirs = np.empty(len(group), int)
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(group, strata, group)
        for fold, (_, test) in enumerate(folds):
            theirs[test] = fold
        pairs.append((_distance(ours, strata), _distance(theirs, strata)))
    ours, theirs = np.array(pairs).T
    assert ours.mean() < theirs.mean() + 0.005  # both within about one hundredth of a fifth
    assert ours.max() < 0.05


def _distance(part, strata):
    """Mean relative distance of class counts and sizes from a fifth."""
    counts = np.array([np.bincount(strata[part == p], minlength=2) for p in range(5)])
    counts = np.column_stack([counts, counts.sum(axis=1)])
    return np.abs(counts / counts.mean(axis=0) - 1).mean()


def test_unequal_shares_are_met():
    strata = np.repeat([0, 1], [800, 200])
    part = deal(np.arange(1000), strata, [0.75, 0.15, 0.1], np.random.default_rng(0))
    assert np.bincount(part).tolist() == [750, 150, 100]
    assert np.bincount(part[strata == 1]).tolist() == [150, 30, 20]


def test_no_cases_give_no_parts():
    assert len(deal(np.zeros(0, np.int64), np.zeros(0, np.int64), [1, 1], np.random.default_rng(0))) == 0


def test_a_hundred_thousand_cases_take_seconds_at_most():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 50_000, 100_000)
    part = deal(group, rng.integers(0, 5, 100_000), [1] * 5, rng)
    assert np.bincount(part) == pytest.approx([20_000] * 5, abs=2)
