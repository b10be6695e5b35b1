from __future__ import annotations

import numpy as np
import pytest

from iatros.modalities.table_codes import codes, mixed_units
from iatros.modalities.table_limits import is_age, limits

RNG = np.random.default_rng(2)
AGES = RNG.integers(20, 90, 100).astype(float)
CRP = np.exp(RNG.normal(2.6, 0.9, 100))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([*AGES, 999], (999,)),
        ([*AGES, 999, 9999, 9999], (9999, 999)),
        ([*AGES, 99], ()),
        ([*CRP, -1, -1], (-1,)),
        ([*CRP, -9, -99], (-99, -9)),
        ([*RNG.normal(0, 3, 100), -9], ()),
        ([-1, 0, 1] * 30, ()),
        ([*[0, 1] * 40, -1, -1], (-1,)),
        (list(range(2000)), ()),
        ([1, -1], ()),
        ([np.nan] * 20, ()),
    ],
)
def test_a_code_is_told_by_its_place(values, expected):
    assert sorted(codes(np.array(values, float), None)) == sorted(expected)


def test_zero_is_a_code_only_where_the_name_says_that_it_cannot_be():
    pressures = np.array([*RNG.integers(90, 180, 50), 0, 0], float)
    assert codes(pressures, limits("sbp", pressures)) == (0.0,)
    assert codes(pressures, limits("steps", pressures)) == ()


def test_another_unit_is_seen_across_a_gap():
    heights = np.array([*RNG.normal(171, 9, 90), 1.71, 1.62, 1.8])
    found = mixed_units(heights)
    assert found is not None
    assert found.factor == 100
    assert np.flatnonzero(found.mask).tolist() == [90, 91, 92]
    grams = mixed_units(np.array([*RNG.normal(3.4, 0.4, 90), 3400, 3100]))
    assert grams is not None
    assert grams.factor == pytest.approx(1 / 1000)


@pytest.mark.parametrize("values", [CRP, AGES, np.exp(RNG.normal(0, 2, 500)), np.arange(1, 50.0), np.full(20, 3.0)])
def test_skewed_amounts_are_left_in_peace(values):
    assert mixed_units(values) is None


def test_limits_are_found_by_name_and_believed_only_if_most_values_keep_to_them():
    assert limits("Age (years)", AGES).high == 125
    assert limits("patientAge", AGES) is not None
    assert limits("age", AGES * 365) is None
    assert limits("dosage", AGES) is None
    assert is_age("age_at_diagnosis")
    assert not is_age("stage")


def test_numbers_too_large_to_reckon_with_do_no_harm():
    assert mixed_units(np.array([*AGES, 1e308, np.inf])) is None
    assert codes(np.array([*AGES, 1e308, np.inf]), None) == ()
