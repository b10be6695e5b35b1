"""E-values and bits, against the formula, BLAST's numbers, and chance itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatros.align.hits import Wanted, search
from iatros.align.matrices import match, named
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


def random_dna(seed, count, length):
    return ["".join(row) for row in np.random.default_rng(seed).choice(list("ACGT"), (count, length))]


def test_nucleotides_have_the_parameters_of_blastn():
    """NCBI, blast_stat.c, blastn_values_2_3, _1_2, _1_3; what blastn prints under `Gapped`."""
    for (reward, penalty), gaps, expected in (((2, -3), (5, 2), (0.625, 0.41)), ((1, -2), (2, 2), (1.33, 0.62)),
                                              ((1, -3), (2, 2), (1.37, 0.70))):  # fmt: skip
        known = statistics(Scoring(match(reward, penalty), Gaps.blast(*gaps)))
        assert (known.lambda_, known.k) == expected


def test_random_dna_reaches_each_score_as_often_as_its_e_value_says():
    """Even and odd scores alike. Alignments cannot begin near an end: BLAST's correction for 400 letters is about 12 each."""
    scoring = Scoring(match(2, -3), Gaps.blast(5, 2))
    texts, known = random_dna(3, 700, 400), statistics(scoring)
    found = scores(texts[:550], texts[550:], scoring)
    for score in range(20, 28):
        happened = -math.log1p(-float((found >= score).mean()))
        assert happened / known.e_values(score, (400 - 12) ** 2) == pytest.approx(1, abs=0.13), score


def test_on_both_strands_chance_has_twice_as_many_tries():
    """As in BLAST, whose E-values are of one strand."""
    scoring = Scoring(match(2, -3), Gaps.blast(5, 2))
    texts = random_dna(4, 500, 200)
    shares = []
    for strands in ("given", "both"):
        found = search(texts[:350], texts[350:], scoring, Wanted(least_score=20), strands)
        shares.append(len(found) / (350 * 150))
    assert shares[1] / shares[0] == pytest.approx(2, rel=0.1)


def test_what_has_no_statistics_says_what_would():
    with pytest.raises(InputError, match=r"take open/extend of .*12/1"):
        statistics(Scoring(gaps=Gaps(4, 1)))
    with pytest.raises(InputError, match="no theory"):
        statistics(Scoring(mode="global"))
    with pytest.raises(InputError, match="Statistics of your own"):
        statistics(Scoring(named("PAM120")))
