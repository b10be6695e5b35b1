"""Errors along the chain and the worth of a confidence: by planted errors, and SciPy's rank correlation."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from iatros.explain.chains import shapes_of
from iatros.explain.shapes import EDGES, errors_by_separation, shape_evidence
from iatros.metrics.geometry import CA, distances
from iatros.metrics.structure import lddt_per_residue

CASES, LENGTH = 12, 60


def table(promise: float = 0.0, told: bool = True) -> pl.DataFrame:
    """Chains whose second half is badly predicted, and whose confidence may know it; and a simple model, twice too long."""
    draw = np.random.default_rng(0)
    rows = []
    for case in range(CASES):
        truth = np.cumsum(draw.normal(0, 2.2, (LENGTH, 1, 3)), axis=0) + draw.normal(0, 0.5, (LENGTH, 3, 3))
        bad = np.arange(LENGTH) >= LENGTH // 2
        moved = truth + draw.normal(0, 1, (LENGTH, 1, 3)) * np.where(bad, 4.0, 0.2)[:, None, None]
        trust = np.where(bad, 0.2, 0.8) + draw.normal(0, 0.05, LENGTH) if told else draw.random(LENGTH)
        who = {"case": case, "patient": f"p{case // 2}", "truth": truth.ravel().tolist()}
        rows.append({**who, "model": "iatros", "score": moved.ravel().tolist(), "confidence": (trust + promise).tolist()})
        rows.append({**who, "model": "nearest template", "score": (2 * truth).ravel().tolist(), "confidence": None})
    return pl.DataFrame(rows)


def found(given: pl.DataFrame):
    return shape_evidence("fold", given, lambda case: case + 2, lambda case: np.zeros((LENGTH, LENGTH)))


def test_errors_are_means_over_chains_of_each_chains_mean():
    chains = shapes_of(table().filter(pl.col("model") == "iatros"))
    line = errors_by_separation(chains, np.ones((2, CASES)))
    low, high = EDGES[6], EDGES[7]
    apart = np.abs(np.arange(LENGTH)[:, None] - np.arange(LENGTH))
    inside = (apart >= low) & (apart < high)
    expected = np.mean([np.abs(distances(one.truth[:, CA]) - distances(one.predicted[:, CA]))[inside].mean() for one in chains])
    assert line.y[6] == pytest.approx(expected, abs=1e-3)
    assert line.x[6] == pytest.approx(np.sqrt(low * (high - 1)), abs=1e-3)
    assert set(line.n) == {CASES}
    assert max(line.x) < LENGTH


def test_a_model_that_is_twice_too_long_is_off_by_the_true_distance():
    (kept,) = found(table())
    chains = shapes_of(table().filter(pl.col("model") == "iatros"))
    apart = [np.diag(distances(one.truth[:, CA]), 2).mean() for one in chains]
    assert kept.errors["nearest template"].y[0] == pytest.approx(np.mean(apart), abs=1e-3)
    low, high = kept.errors["iatros"].low, kept.errors["iatros"].high
    assert all(a <= y <= b for a, y, b in zip(low, kept.errors["iatros"].y, high, strict=True))


def test_a_confidence_that_knows_and_one_that_does_not_are_told_apart():
    (knows,), (guesses,) = found(table()), found(table(told=False))
    assert knows.rank[1] > 0.6
    assert guesses.rank[1] <= 0.05
    assert knows.trust.y[-1] - knows.trust.y[0] > 0.3
    assert sum(knows.trust.n) == knows.residues == CASES * LENGTH


def test_the_rank_correlation_is_spearmans_but_for_ties():
    (kept,) = found(table())
    chains = shapes_of(table().filter(pl.col("model") == "iatros"))
    real = [lddt_per_residue(distances(one.truth[:, CA]), distances(one.predicted[:, CA])) for one in chains]
    expected = spearmanr(np.concatenate([one.confidence for one in chains]), np.concatenate(real)).statistic
    assert kept.rank[0] == pytest.approx(expected, abs=1e-3)


def test_a_promise_too_much_is_told_with_limits():
    (fair,), (bold,) = found(table()), found(table(promise=0.3))
    assert bold.excess[0] - fair.excess[0] == pytest.approx(0.3, abs=2e-3)
    assert bold.excess[1] > 0


def test_without_a_chain_that_can_be_judged_there_is_nothing():
    assert found(table().filter(pl.col("model") != "iatros")) == ()
