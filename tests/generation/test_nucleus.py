"""Temperature, nucleus and draws against their closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.generation.nucleus import drawn, tempered, within

SHARE = np.array([[0.1, 0.4, 0.2, 0.3], [0.7, 0.1, 0.1, 0.1]])


def test_the_nucleus_is_the_smallest_set_that_reaches_its_share():
    assert within(SHARE, 0.7) == pytest.approx(np.array([[0, 4 / 7, 0, 3 / 7], [1, 0, 0, 0]]))
    assert within(SHARE, 0.71) == pytest.approx(np.array([[0, 4 / 9, 2 / 9, 3 / 9], [7 / 8, 1 / 8, 0, 0]]))
    assert np.array_equal(within(SHARE, 1.0), SHARE)
    assert within(SHARE, 1e-9) == pytest.approx(np.array([[0, 1, 0, 0], [1, 0, 0, 0]]))


@given(st.lists(st.floats(0.001, 1), min_size=2, max_size=9), st.floats(0.01, 1))
def test_what_is_kept_reaches_the_nucleus_and_would_not_without_its_last(weights, nucleus):
    share = np.array([weights]) / np.sum(weights)
    kept = share[0][within(share, nucleus)[0] > 0]
    assert kept.sum() >= nucleus - 1e-9
    assert kept.sum() - kept.min() < nucleus + 1e-9
    assert kept.min() >= np.setdiff1d(share[0], kept).max(initial=0)


def test_temperature_raises_probabilities_to_a_power():
    for temperature in (0.5, 1.0, 2.0):
        power = SHARE ** (1 / temperature)
        assert tempered(SHARE, temperature) == pytest.approx(power / power.sum(1, keepdims=True))
    assert tempered(SHARE, 0).tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]
    assert tempered(SHARE, 0.01) == pytest.approx(tempered(SHARE, 0), abs=1e-9)
    assert tempered(np.array([[0.0, 1.0]]), 3).tolist() == [[0, 1]]


@pytest.mark.parametrize(("work", "value"), [(tempered, -0.1), (tempered, np.nan), (within, 0), (within, 1.1)])
def test_what_cannot_be_is_refused(work, value):
    with pytest.raises(ValueError, match="this is"):
        work(SHARE, value)


def test_codes_are_drawn_as_often_as_they_are_likely_and_never_if_impossible():
    uniform = (np.arange(10_000) + 0.5) / 10_000
    share = np.tile([0.0, 0.25, 0.0, 0.75, 0.0], (10_000, 1))
    assert np.bincount(drawn(share, uniform), minlength=5).tolist() == [0, 2500, 0, 7500, 0]
    assert drawn(share[:2], np.array([0.0, np.nextafter(1, 0)])).tolist() == [1, 3]
