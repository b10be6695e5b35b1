"""Portions: every case once, like lengths together, no portion over its positions."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from iatros.training.portions import INFERENCE_CASES, INFERENCE_POSITIONS, POOL, by_length, in_turn, shuffled

LENGTHS = st.lists(st.integers(1, 300), min_size=1, max_size=80).map(np.array)
SIZES = st.integers(1, 20)


def drawn(rows, size, lengths=None, seed=0, chosen=None):
    return shuffled(rows, size, lengths, torch.Generator().manual_seed(seed), chosen)


def positions(portion, lengths):
    """With padding."""
    return len(portion) * int(lengths[portion].max())


@given(LENGTHS, SIZES, st.booleans(), st.data())
def test_an_epoch_goes_through_every_case_once(lengths, size, ragged, data):
    rows = np.array(sorted(data.draw(st.sets(st.sampled_from(range(len(lengths))), min_size=1))))
    found = drawn(rows, size, lengths if ragged else None)
    assert sorted(np.concatenate(found).tolist()) == rows.tolist()
    assert all(len(portion) for portion in found)


@given(LENGTHS, SIZES)
def test_no_portion_has_more_positions_than_its_share_unless_it_is_one_case(lengths, size):
    rows = np.arange(len(lengths))
    limit = size * lengths.mean()
    assert all(positions(portion, lengths) <= limit or len(portion) == 1 for portion in drawn(rows, size, lengths))


@given(LENGTHS, st.integers(1, 2_000), SIZES)
def test_cases_by_length_are_in_order_and_within_both_limits(lengths, limit, most):
    found = list(by_length(np.arange(len(lengths)), lengths, limit, most))
    assert lengths[np.concatenate(found)].tolist() == sorted(lengths.tolist())
    for portion, after in zip(found, [*found[1:], None], strict=True):
        assert len(portion) <= most
        assert positions(portion, lengths) <= limit or len(portion) == 1
        if after is not None:  # one more would not have fitted
            assert len(portion) == most or positions(np.append(portion, after[0]), lengths) > limit


@given(LENGTHS, SIZES, st.integers(0, 9))
def test_an_epoch_is_the_same_for_the_same_generator(lengths, size, seed):
    rows = np.arange(len(lengths))
    for given_lengths in (lengths, None):
        first, second = (drawn(rows, size, given_lengths, seed) for _ in range(2))
        assert [one.tolist() for one in first] == [one.tolist() for one in second]


def test_another_seed_gives_other_company_in_another_order():
    rows, lengths = np.arange(400), np.random.default_rng(0).integers(10, 500, 400)
    first, second = (drawn(rows, 4, lengths, seed) for seed in (0, 1))
    assert {tuple(sorted(p)) for p in map(np.ndarray.tolist, first)} != {
        tuple(sorted(p)) for p in map(np.ndarray.tolist, second)
    }
    means = [lengths[portion].mean() for portion in first]
    assert abs(np.corrcoef(means, np.arange(len(means)))[0, 1]) < 0.3  # short and long portions take turns


def test_sorting_within_pools_wastes_little_on_padding():
    lengths = np.random.default_rng(0).integers(10, 500, 2_000)
    found = drawn(np.arange(2_000), 16, lengths)
    assert sum(positions(portion, lengths) for portion in found) < 1.1 * lengths.sum()
    unsorted = drawn(np.arange(2_000), 16)
    assert sum(positions(portion, lengths) for portion in unsorted) > 1.7 * lengths.sum()


def test_portions_are_of_cases_from_one_pool():
    lengths = np.full(POOL * 2 * 3, 5)
    assert [len(portion) for portion in drawn(np.arange(len(lengths)), 2, lengths)] == [2] * POOL * 3


def test_a_small_last_portion_joins_the_one_before():
    assert [len(portion) for portion in drawn(np.arange(33), 16)] == [16, 17]
    assert [len(portion) for portion in drawn(np.arange(36), 16)] == [16, 16, 4]
    assert [len(portion) for portion in drawn(np.arange(1), 16)] == [1]


def test_what_a_safeguard_draws_is_taken_in_place_of_all():
    chosen = np.array([2, 2, 0])
    assert np.concatenate(drawn(np.array([10, 11, 12]), 2, chosen=chosen)).tolist() == [12, 12, 10]
    lengths = np.arange(20) + 1
    assert sorted(np.concatenate(drawn(np.array([10, 11, 12]), 2, lengths, chosen=chosen)).tolist()) == [10, 12, 12]


@given(st.integers(0, 2_000))
def test_prediction_goes_in_turn_where_all_cases_are_alike(count):
    found = list(in_turn(np.arange(count), None))
    assert np.concatenate(found).tolist() == list(range(count))
    assert all(len(portion) <= INFERENCE_CASES for portion in found)


@given(st.lists(st.integers(1, 70_000), max_size=40).map(lambda many: np.array(many, np.int64)), st.data())
def test_prediction_gives_places_among_the_rows_each_once(lengths, data):
    rows = np.array(data.draw(st.permutations(range(len(lengths)))), np.int64)
    found = list(in_turn(rows, lengths))
    assert sorted(place for portion in found for place in portion.tolist()) == list(range(len(rows)))
    assert all(positions(rows[portion], lengths) <= INFERENCE_POSITIONS or len(portion) == 1 for portion in found)
