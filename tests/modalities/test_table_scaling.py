from __future__ import annotations

import numpy as np
import pytest

from iatros.modalities.table_scaling import CUT, fit, known_codes, scaled

RNG = np.random.default_rng(3)
NO_CODES = np.zeros((200, 0), np.int32)


def numbers(*columns):
    return np.stack(columns, axis=1).astype(np.float32)


def test_a_skewed_amount_is_taken_as_a_logarithm_whatever_its_unit():
    crp = np.exp(RNG.normal(2, 1.5, 200))
    fitted = fit(numbers(crp, crp * 1000, RNG.normal(60, 10, 200)), NO_CODES, ())
    assert fitted.log_scale[0] == pytest.approx(np.median(crp), rel=1e-5)
    assert fitted.log_scale[2] == 0
    found = scaled(numbers(crp, crp * 1000, crp), fitted)
    assert np.allclose(found[:, 0], found[:, 1], atol=1e-4)
    taken = np.log1p(crp / np.median(crp))
    assert np.allclose(found[:, 0], (taken - taken.mean()) / taken.std(), atol=1e-4)


def test_a_wild_value_is_cut_and_a_gap_stays_a_gap():
    fitted = fit(numbers(RNG.normal(0, 1, 200)), NO_CODES, ())
    assert scaled(numbers(np.array([1e9, -1e9, np.nan])), fitted)[:2, 0].tolist() == [CUT, -CUT]
    assert np.isnan(scaled(numbers(np.array([np.nan])), fitted)).all()


def test_quantiles_are_those_of_the_training_rows():
    values = RNG.normal(60, 10, 200)
    fitted = fit(numbers(values), NO_CODES, ())
    assert fitted.raw[0][16] == pytest.approx(np.median(values), rel=1e-5)
    assert fitted.quantiles[0][16] == pytest.approx((np.median(values) - values.mean()) / values.std(), abs=1e-4)


def test_a_constant_with_gaps_is_kept_for_its_gaps_and_one_without_is_not():
    gaps = np.where(np.arange(200) % 2, 5.0, np.nan)
    fitted = fit(numbers(gaps, np.full(200, 5.0), np.full(200, np.nan), RNG.normal(0, 1, 200)), NO_CODES, ())
    assert fitted.kept_numbers == (True, False, False, True)
    assert np.nanmax(np.abs(scaled(numbers(gaps, gaps, gaps, gaps), fitted)[:, 0])) == 0


def test_where_nothing_varies_there_is_still_an_input():
    assert fit(numbers(np.full(5, 1.0)), NO_CODES[:5], ()).kept_numbers == (True,)


def test_codes_not_met_in_training_are_unknown():
    codes = np.array([[0], [1], [3], [1]], np.int32)
    fitted = fit(np.zeros((4, 0), np.float32), codes, (5,))
    assert fitted.seen == ((0, 1, 3),)
    assert fitted.shares == ((0.25, 0.5, 0.25),)
    assert known_codes(np.array([[0], [1], [2], [3], [4]], np.int32), fitted)[:, 0].tolist() == [0, 1, 0, 3, 0]
