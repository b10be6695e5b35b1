"""What is said of a filter: the limit against the binomial's tail, and the words that a record quotes."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from iatros.splits.filtered import Filtered


@pytest.mark.parametrize(("drawn", "hurt"), [(200, 0), (200, 3), (50, 49)])
def test_at_the_limit_so_few_are_drawn_once_in_twenty_times(drawn, hurt):
    assert binom.cdf(hurt, drawn, Filtered(drawn, 10**6, 80, hurt, hurt, 0).limit) == pytest.approx(0.05)


def test_a_proof_or_a_full_count_leaves_nothing_open():
    assert Filtered(200, 30_000, 80, 0, 0, 14).limit == 0
    assert Filtered(200, 200, 80, 9, 4, 0).limit == 0


def test_words_quote_the_counts():
    said = Filtered(200, 30_000, 80, 4, 2, 0).told("elsewhere")
    assert "of 200 sequences drawn at random" in said
    assert "4 of 80 pairs of homologs (5.0%) had been missed, by which 2 would have been elsewhere" in said
    assert "at most 3.1% of all (95 %)" in said
    assert "at most" not in Filtered(200, 200, 80, 4, 2, 0).told("elsewhere")
    assert "200 sequences drawn at random, scored with all, have no homolog" in Filtered(200, 300, 0, 0, 0, 0).told("elsewhere")
    assert "share 14 equal letters in a row" in Filtered(200, 30_000, 80, 0, 0, 14).told("elsewhere")
