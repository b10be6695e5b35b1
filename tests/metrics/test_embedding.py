"""Points from distances: known points come back; mirror images are told apart by their helices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.metrics.embedding import embedded, right_handed
from iatros.metrics.geometry import distances
from iatros.metrics.structure import drmsd, rmsd

MIRROR = np.array([1.0, 1.0, -1.0])


def helix(length):
    turn = np.deg2rad(100) * np.arange(length)
    return np.stack([2.3 * np.cos(turn), 2.3 * np.sin(turn), 1.5 * np.arange(length)], axis=1)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), length=st.integers(4, 30))
def test_exact_distances_give_the_points_or_their_mirror_image(seed, length):
    points = np.random.default_rng(seed).normal(scale=10, size=(length, 3))
    found = embedded(distances(points))
    assert drmsd(distances(points), distances(found)) < 0.05
    assert min(rmsd(points, found), rmsd(points, found * MIRROR)) < 0.05


def test_majorisation_comes_nearer_than_eigenvectors_alone():
    rng = np.random.default_rng(0)
    truth = distances(rng.normal(scale=10, size=(40, 3)))
    noise = rng.normal(scale=3, size=truth.shape)
    wanted = np.abs(truth + noise + noise.T)
    np.fill_diagonal(wanted, 0)
    squared = wanted**2
    centre = np.eye(40) - 1 / 40
    values, vectors = np.linalg.eigh(-0.5 * centre @ squared @ centre)
    classical = distances(vectors[:, -3:] * np.sqrt(values[-3:]))
    weights = np.ones_like(wanted)
    assert drmsd(wanted, distances(embedded(wanted, weights))) < 0.95 * drmsd(wanted, classical)


def test_what_counts_more_is_kept_better():
    rng = np.random.default_rng(1)
    wanted = distances(rng.normal(scale=10, size=(20, 3))) + rng.uniform(0, 8, size=(20, 20))
    wanted = (wanted + wanted.T) / 2
    np.fill_diagonal(wanted, 0)
    weights = np.ones_like(wanted)
    weights[:5, :5] = 100
    error = np.abs(distances(embedded(wanted, weights)) - wanted)
    assert error[:5, :5].sum() / 20 < error.sum() / 380 / 2


@pytest.mark.parametrize("length", [1, 2, 3])
def test_few_points_are_placed_too(length):
    points = np.random.default_rng(2).normal(size=(length, 3))
    found = right_handed(embedded(distances(points)))
    assert distances(found) == pytest.approx(distances(points), abs=0.02)


def test_left_handed_helices_are_mirrored_and_right_handed_ones_are_not():
    assert right_handed(helix(20)) is not None
    np.testing.assert_array_equal(right_handed(helix(20)), helix(20))
    np.testing.assert_array_equal(right_handed(helix(20) * MIRROR), helix(20))
