"""Perplexity from sums of cases, against numbers computed over all letters at once."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.metrics import perplexity

NAN = np.nan
PROBABILITY = [np.array([0.5, 0.25, 0.125]), np.array([0.5, NAN, 0.5, NAN])]
RIGHT = [np.array([1.0, 0.0, 1.0]), np.array([1.0, 1.0, NAN, 0.0])]
SUMS = perplexity.statistics(PROBABILITY, RIGHT, np.array([2.0, 9.0]))


def pooled() -> np.ndarray:
    return SUMS.sum(0)[None]


def test_figures_are_those_over_all_letters():
    logs = np.log([0.5, 0.25, 0.125, 0.5, 0.5])
    assert perplexity.mean_log_likelihood(pooled()) == pytest.approx(logs.mean())
    assert perplexity.perplexity(pooled()) == pytest.approx(np.exp(-logs.mean()))
    assert perplexity.bits(pooled()) == pytest.approx((1 + 2 + 3 + 1 + 1) / 5)
    assert perplexity.accuracy(pooled()) == pytest.approx(3 / 4)  # of those that could be right and are judged


def test_bits_a_sign_are_of_cases_read_to_their_end():
    assert perplexity.bits_a_sign(pooled()) == pytest.approx(6 / 2)


def test_a_uniform_guess_has_as_many_letters_as_there_are():
    sums = perplexity.statistics([np.full(50, 1 / 7)], [np.zeros(50)], np.array([49.0]))
    assert perplexity.perplexity(sums) == pytest.approx(7)


def test_weights_of_cases_are_as_good_as_copies():
    weighted = np.array([[3.0, 1.0]]) @ SUMS
    copied = perplexity.statistics([PROBABILITY[0]] * 3 + PROBABILITY[1:], [RIGHT[0]] * 3 + RIGHT[1:], np.array([2, 2, 2, 9.0]))
    assert weighted == pytest.approx(copied.sum(0)[None])


def test_nothing_judged_has_no_figure():
    sums = perplexity.statistics([np.array([NAN])], [np.array([NAN])], np.array([0.0]))
    assert np.isnan([perplexity.bits(sums)[0], perplexity.accuracy(sums)[0], perplexity.bits_a_sign(sums)[0]]).all()
