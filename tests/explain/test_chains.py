"""Chains beside the truth: laid over it, chosen by rule, bounded in size."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.explain.chains import SHOWN, Shape, chain_evidence, chosen, laid_over, likely_pairs, shapes_of
from iatros.metrics.geometry import CA


def backbone(length: int, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return np.cumsum(draw.normal(0, 2.2, (length, 1, 3)), axis=0) + draw.normal(0, 1, (length, 3, 3))


def turned(places: np.ndarray, seed: int = 1) -> np.ndarray:
    """The same structure elsewhere."""
    draw = np.random.default_rng(seed)
    turn = np.linalg.qr(draw.normal(size=(3, 3)))[0]
    return places @ (turn * np.sign(np.linalg.det(turn))) + draw.normal(0, 20, 3)


@given(st.integers(0, 50))
def test_a_structure_that_lies_elsewhere_is_brought_back_with_all_its_atoms(seed):
    truth = backbone(12)
    np.testing.assert_allclose(laid_over(turned(truth, seed), truth), truth, atol=1e-6)


def test_residues_that_truth_lacks_move_along_and_do_not_count():
    whole = backbone(20)
    truth = whole.copy()
    truth[5:9] = np.nan
    truth[0, 0] = np.nan
    np.testing.assert_allclose(laid_over(turned(whole), truth), whole, atol=1e-6)


def test_a_mirror_image_is_not_turned_into_the_truth():
    truth = backbone(12)
    assert np.abs(laid_over(truth * [1, 1, -1], truth) - truth).max() > 1


def test_too_few_known_residues_leave_a_chain_where_it_is():
    truth = np.full((6, 3, 3), np.nan)
    truth[:2] = 1.0
    given_places = backbone(6)
    assert laid_over(given_places, truth) is given_places


def shape(case: int, noise: float) -> Shape:
    truth = backbone(30, case)
    moved = truth + np.random.default_rng(case).normal(0, noise, truth.shape)
    return Shape(case, f"p{case}", truth, moved, np.linspace(0, 1, 30))


def test_the_best_the_median_and_the_worst_are_chosen():
    found = chosen([shape(case, noise) for case, noise in enumerate((1.0, 9.0, 0.1, 3.0, 0.5))])
    assert [(role, one.case) for role, one in found] == [("best", 2), ("median", 0), ("worst", 1)]


def test_chains_without_neighbours_are_never_chosen_and_few_are_all_shown():
    lonely = Shape(9, "p", np.full((5, 3, 3), np.nan), backbone(5), np.zeros(5))
    assert chosen([lonely]) == []
    assert [role for role, _ in chosen([lonely, shape(0, 1.0)])] == ["best"]
    assert [role for role, _ in chosen([shape(0, 1.0), shape(1, 2.0)])] == ["best", "worst"]


def test_a_long_chain_keeps_its_first_residues_and_its_figures_are_of_the_whole():
    length = SHOWN + 60
    truth = backbone(length)
    one = Shape(3, "p", truth, np.concatenate([truth[:SHOWN], truth[SHOWN:] + 50]), np.full(length, 0.5))
    kept = chain_evidence("worst", one, 7, np.random.default_rng(0).random((length, length)))
    assert (kept.length, len(kept.truth), len(kept.right), len(kept.confidence)) == (length, SHOWN, SHOWN, SHOWN)
    assert kept.rmsd > 5
    assert max(j for _, j, _ in kept.contacts) < SHOWN
    assert len(kept.contacts) <= 4 * SHOWN
    assert len(kept.model_dump_json()) < 120_000


def test_missing_residues_are_kept_as_unknown():
    truth = backbone(40)
    truth[4] = np.nan
    kept = chain_evidence("best", Shape(0, "p", truth, truth.copy(), np.ones(40)), 2, np.zeros((40, 40)))
    assert kept.truth[4] is None
    assert kept.right[4] is None
    assert kept.lddt == pytest.approx(1)


def test_the_likeliest_pairs_hold_the_top_of_long_range():
    contact = np.zeros((60, 60))
    contact[2, 9], contact[1, 50], contact[3, 40] = 0.9, 0.2, 0.1
    found = likely_pairs(contact)
    assert found[:3] == ((2, 9, 0.9), (1, 50, 0.2), (3, 40, 0.1))
    assert all(j - i >= 6 for i, j, _ in found)
    assert sum(j - i >= 24 for i, j, _ in found) >= 60


def test_rows_without_truth_or_confidence_are_read():
    cell = backbone(4).ravel().tolist()
    table = pl.DataFrame({"case": [0, 1], "patient": ["a", "b"], "truth": [cell, None], "score": [cell, cell]})
    (one,) = shapes_of(table)
    assert one.truth.shape == (4, 3, 3)
    assert len(one.confidence) == 0
    np.testing.assert_allclose(one.predicted[:, CA], np.array(cell).reshape(-1, 3, 3)[:, 1])
