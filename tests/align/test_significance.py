"""E-values and bits, against the formula, BLAST's numbers, and chance itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatros.align.matrices import named
from iatros.align.scored import scores
from iatros.align.scoring import Gaps, Scoring
from iatros.align.significance import Statistics, statistics, ungapped_lambda
from iatros.findings import InputError

# Robinson & Robinson 1991, doi:10.1073/pnas.88.20.8880: how often each amino acid occurs, in thousandths, ARNDCQEGHILKMFPSTWYV.
BACKGROUND = [78.05, 51.29, 44.87, 53.64, 19.25, 42.64, 62.95, 73.77, 21.99, 51.42,
              90.19, 57.44, 22.43, 38.56, 52.03, 71.20, 58.41, 13.30, 32.16, 64.41]  # fmt: skip


def test_blasts_defaults_are_found_by_either_name_of_the_costs():
    for gaps in (Gaps.blast(11, 1), Gaps(12, 1)):
        assert (statistics(Scoring(gaps=gaps)).lambda_, statistics(Scoring(gaps=gaps)).k) == (0.267, 0.041)


def test_bits_and_e_values_follow_the_formula():
    known = Statistics(0.267, 0.041, "test")
    assert known.bits(100).item() == pytest.approx((0.267 * 100 - math.log(0.041)) / math.log(2))
    assert known.e_values(100, 1e9).item() == pytest.approx(1e9 * 2 ** -known.bits(100).item())


def test_the_least_score_is_the_first_that_is_rare_enough():
    known = Statistics(0.267, 0.041, "test")
    for e_value in (10, 1, 1e-3, 1e-10):
        least = known.least_score(e_value, 1e8).item()
        assert known.e_values(least, 1e8) <= e_value < known.e_values(least - 1, 1e8)


def test_lambda_without_gaps_is_blasts():
    frequencies = np.array(BACKGROUND) / sum(BACKGROUND)
    for name, published in (("BLOSUM62", 0.3176), ("BLOSUM45", 0.2291), ("PAM30", 0.3400), ("BLOSUM90", 0.3346)):
        found = ungapped_lambda(named(name).scores[:20, :20], frequencies, frequencies)
        assert found == pytest.approx(published, abs=6e-4), name
    with pytest.raises(ValueError, match="mean score must be negative"):
        ungapped_lambda(np.ones((2, 2), np.int64), np.array([0.5, 0.5]), np.array([0.5, 0.5]))


def test_chance_reaches_an_e_value_as_often_as_it_says():
    """Of 500 x 200 random pairs 1 % would reach E = 0.01, less what the ends of short texts take (a third at 300 letters)."""
    generator = np.random.default_rng(12)
    letters, chances = list("ARNDCQEGHILKMFPSTWYV"), np.array(BACKGROUND) / sum(BACKGROUND)
    texts = ["".join(row) for row in generator.choice(letters, (700, 300), p=chances)]
    found = scores(texts[:500], texts[500:], Scoring())
    known = statistics(Scoring())
    share = (known.e_values(found, 300 * 300) <= 0.01).mean()
    assert 0.004 < share < 0.01


def test_what_has_no_statistics_says_what_would():
    with pytest.raises(InputError, match=r"take open/extend of .*12/1"):
        statistics(Scoring(gaps=Gaps(4, 1)))
    with pytest.raises(InputError, match="no theory"):
        statistics(Scoring(mode="global"))
    with pytest.raises(InputError, match="Statistics of your own"):
        statistics(Scoring(named("PAM120")))
