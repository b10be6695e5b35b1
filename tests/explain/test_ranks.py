"""Genes and positions ranked by their mean effects: by closed forms, and limits that hold the planted mean."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.explain.ranks import ranked_genes, ranked_positions


def test_a_genes_effect_is_the_mean_absolute_effect_of_its_variants():
    found = ranked_genes([("A",), ("A", "B"), (), ("B",), ("C",)], np.array([1.0, -3.0, 9.0, 4.0, -0.5]))
    assert found["gene"].to_list() == ["B", "A", "C"]
    assert found["effect"].to_list() == [3.5, 2.0, 0.5]
    assert found["variants"].to_list() == [2, 2, 1]


def test_a_gene_with_one_variant_has_no_limits_and_others_are_within_the_range_of_theirs():
    found = ranked_genes([("A",)] * 3 + [("B",)], np.array([1.0, 2.0, 3.0, 9.0]))
    assert found.row(0, named=True) == {"gene": "B", "variants": 1, "effect": 9.0, "low": None, "high": None}
    low, high = found.select("low", "high").row(1)
    assert 1 <= low < 2 < high <= 3


def test_limits_are_those_of_a_mean():
    """Against the normal approximation: 1.96 standard errors of many draws."""
    effects = np.abs(np.random.default_rng(0).normal(2, 0.5, 400))
    found = ranked_genes([("A",)] * 400, effects).row(0, named=True)
    half = 1.96 * effects.std() / 20
    assert (found["high"] - found["low"]) / 2 == pytest.approx(half, rel=0.08)


def test_positions_are_ranked_whichever_way_they_go_with_their_usual_letter():
    effects = np.array([[0.1, -2.0, 0.5], [0.1, -1.0, 0.7]])
    found = ranked_positions(["ACG", "ATG"], effects)
    assert found["position"].to_list() == [2, 3, 1]
    assert found["effect"].to_list() == pytest.approx([-1.5, 0.6, 0.1])
    assert found["share"].to_list() == [0.5, 1.0, 1.0]
    assert found["letter"].to_list()[1:] == ["G", "A"]
    assert found["low"][0] == -2.0
    assert found["low"][2] == pytest.approx(found["high"][2])


def test_no_genes_give_an_empty_table():
    assert ranked_genes([(), ()], np.zeros(2)).height == 0
