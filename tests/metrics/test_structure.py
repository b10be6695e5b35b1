"""Figures of structures against closed forms, mirror images, naive loops, and what is published of the TM-score."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.metrics import structure
from iatros.metrics.geometry import dihedral, distances, superposed, torsions

DATA = Path(os.environ.get("IATROS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
CHAINS = DATA / "sequences" / "bm5_structures" / "chains.npz"
MIRROR = np.array([1.0, 1.0, -1.0])


def helix(length):
    """CA of an ideal alpha helix: 100 degrees and 1.5 angstrom a residue, 2.3 angstrom from the axis."""
    turn = np.deg2rad(100) * np.arange(length)
    return np.stack([2.3 * np.cos(turn), 2.3 * np.sin(turn), 1.5 * np.arange(length)], axis=1)


def walk(rng, length):
    """A chain about as compact as a protein: steps of 3.8 angstrom, drawn towards the begin."""
    points = np.zeros((length, 3))
    for i in range(1, length):
        step = rng.normal(size=3) - 0.01 * points[i - 1]
        points[i] = points[i - 1] + 3.8 * step / np.linalg.norm(step)
    return points


def turned(rng, points):
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    return points @ (q * np.sign(np.linalg.det(q))) + rng.normal(size=3) * 50


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_structure_is_like_itself_wherever_it_lies(rng):
    points = walk(rng, 60)
    moved = turned(rng, points)
    assert structure.lddt(distances(points), distances(moved)) == 1
    assert structure.drmsd(distances(points), distances(moved)) == pytest.approx(0, abs=1e-6)
    assert structure.rmsd(points, moved) == pytest.approx(0, abs=1e-6)
    assert structure.tm_score(points, moved) == pytest.approx(1)


def test_a_mirror_image_has_the_same_distances_but_is_not_superposed(rng):
    points = walk(rng, 60)
    assert structure.lddt(distances(points), distances(points * MIRROR)) == 1
    assert structure.drmsd(distances(points), distances(points * MIRROR)) == 0
    assert structure.rmsd(points, points * MIRROR) > 3
    assert structure.tm_score(points, points * MIRROR) < 0.6


def test_lddt_is_a_loop_over_pairs(rng):
    truth, predicted = walk(rng, 40), walk(rng, 40)
    truth[7] = np.nan
    predicted[9] = np.nan
    kept, count = np.zeros(40), np.zeros(40)
    for i in range(40):
        for j in range(40):
            d = np.linalg.norm(truth[i] - truth[j])
            if i != j and d < 15:  # NaN is not
                error = abs(d - np.linalg.norm(predicted[i] - predicted[j]))
                kept[i] += sum(error < tolerance for tolerance in (0.5, 1, 2, 4)) / 4
                count[i] += 1
    with np.errstate(invalid="ignore"):
        expected = kept / count
    given_ = distances(truth), distances(predicted)
    np.testing.assert_allclose(structure.lddt_per_residue(*given_), expected)
    assert structure.lddt(*given_) == pytest.approx(kept.sum() / count.sum())
    assert np.isnan(expected[7])
    assert expected[9] == 0


def test_lddt_of_an_error_between_two_tolerances_is_the_share_of_those_above_it():
    truth = np.array([[0, 0, 0], [5.0, 0, 0]])
    predicted = np.array([[0, 0, 0], [6.5, 0, 0]])
    assert structure.lddt(distances(truth), distances(predicted)) == 0.5


def test_drmsd_of_a_scaled_line_has_a_closed_form():
    line = np.arange(10)[:, None] * np.array([3.8, 0, 0])
    gaps = np.array([j - i for i in range(10) for j in range(i + 1, 10)])
    expected = 0.1 * 3.8 * np.sqrt((gaps**2).mean())
    assert structure.drmsd(distances(line), distances(1.1 * line)) == pytest.approx(expected)


def test_rmsd_of_two_points_swapped_on_a_triangle_has_a_closed_form():
    """An isosceles triangle with its apex moved along the axis by 3h: centred, each coordinate is off by a known amount."""
    truth = np.array([[-1.0, 0, 0], [1.0, 0, 0], [0, 3.0, 0]])
    predicted = truth + np.array([[0, 0, 0], [0, 0, 0], [0, 3.0, 0]])
    assert structure.rmsd(truth, predicted) == pytest.approx(np.sqrt((1 + 1 + 4) / 3))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), weighted=st.booleans())
def test_no_turned_copy_lies_nearer_than_the_superposed_one(seed, weighted):
    rng = np.random.default_rng(seed)
    moving, fixed = rng.normal(size=(12, 3)), rng.normal(size=(12, 3))
    weights = rng.uniform(size=12) if weighted else np.ones(12)

    def error(points):
        return (weights[:, None] * (points - fixed) ** 2).sum()

    best = superposed(moving, fixed, weights)
    np.testing.assert_allclose(distances(best), distances(moving), atol=1e-9)
    for _ in range(20):
        small = turned(rng, moving)
        aligned = small - np.average(small - fixed, axis=0, weights=weights)
        assert error(best) <= error(aligned) + 1e-9


def test_several_superpositions_at_once_are_those_one_by_one(rng):
    moving, fixed, weights = rng.normal(size=(9, 3)), rng.normal(size=(9, 3)), rng.uniform(size=(5, 9))
    together = superposed(moving, fixed, weights)
    for one, weight in zip(together, weights, strict=True):
        np.testing.assert_allclose(one, superposed(moving, fixed, weight), atol=1e-12)


def test_superposition_undoes_a_turn(rng):
    points = rng.normal(size=(7, 3))
    np.testing.assert_allclose(superposed(turned(rng, points), points), points, atol=1e-9)


def test_the_tm_score_finds_the_half_that_agrees(rng):
    """Two halves, one of which is moved away: no superposition of all shows it, that of a fragment does."""
    truth = walk(rng, 120)
    predicted = turned(rng, truth)
    predicted[60:] = turned(rng, walk(rng, 60)) + 500
    found = structure.tm_score(truth, predicted)
    assert 0.5 <= found < 0.53
    assert structure.rmsd(truth, predicted) > 100


def test_the_tm_score_is_at_least_that_of_the_best_superposition_of_all(rng):
    for length in (12, 40, 90):
        truth = walk(rng, length)
        predicted = truth + rng.normal(size=truth.shape) * 2
        d = np.linalg.norm(superposed(predicted, truth) - truth, axis=1)
        at_rmsd = (1 / (1 + (d / structure.tm_scale(length)) ** 2)).mean()
        assert structure.tm_score(truth, predicted) >= at_rmsd - 1e-12


def test_a_residue_that_is_not_predicted_covers_nothing(rng):
    truth = walk(rng, 50)
    predicted = truth.copy()
    predicted[40:] = np.nan
    assert structure.tm_score(truth, predicted) == pytest.approx(0.8)
    truth[:5] = np.nan
    assert structure.tm_score(truth, predicted) == pytest.approx(35 / 45)
    assert structure.rmsd(truth, predicted) == pytest.approx(0, abs=1e-6)


def test_unrelated_compact_chains_have_about_the_published_tm_score(rng):
    """.17 for random pairs of proteins (Zhang & Skolnick 2004); walks are no proteins, so within .05."""
    found = [structure.tm_score(walk(rng, length), walk(rng, length)) for length in (60, 100) for _ in range(4)]
    assert np.mean(found) == pytest.approx(0.17, abs=0.05)


@pytest.mark.skipif(not CHAINS.is_file(), reason="the 300 chains of ../shared/data/sequences/bm5_structures are not here")
def test_random_pairs_of_real_chains_have_the_published_tm_score(rng):
    theirs = np.load(CHAINS)
    begins = np.concatenate(([0], np.cumsum(theirs["length"])[:-1]))[theirs["length"] >= 100]
    points = theirs["coords"][:, 1].astype(np.float64)
    pairs = rng.choice(begins, (12, 2), replace=False)
    found = [structure.tm_score(points[a : a + 100], points[b : b + 100]) for a, b in pairs]
    assert np.mean(found) == pytest.approx(0.17, abs=0.03)


def test_d0_is_the_published_one():
    assert structure.tm_scale(10) == 0.5
    assert structure.tm_scale(115) == pytest.approx(1.24 * 100 ** (1 / 3) - 1.8)


def contacts(rng, length):
    d = distances(walk(rng, length))
    return np.where(np.isnan(d), np.nan, d)


def test_contact_precision_is_a_sort_of_all_pairs(rng):
    truth, score = contacts(rng, 80), rng.normal(size=(80, 80))
    truth[3] = truth[:, 3] = np.nan
    pairs = [(i, j) for i in range(80) for j in range(i + 24, 80) if 3 not in (i, j)]
    pairs.sort(key=lambda pair: -score[pair])
    for share in (1, 0.5, 0.2):
        top = pairs[: round(80 * share)]
        expected = np.mean([truth[pair] < 8 for pair in top])
        assert structure.contact_precision(truth, score, share) == pytest.approx(expected)


def test_equal_scores_count_as_expected(rng):
    truth = contacts(rng, 70)
    upper = np.triu_indices(70, 24)
    assert structure.contact_precision(truth, np.zeros((70, 70))) == pytest.approx((truth[upper] < 8).mean())


def test_perfect_scores_find_as_many_contacts_as_there_are(rng):
    truth = contacts(rng, 70)
    there = (truth[np.triu_indices(70, 24)] < 8).sum()
    assert structure.contact_precision(truth, -truth) == pytest.approx(min(1, there / 70))


def test_what_cannot_be_judged_is_nan(rng):
    nothing, short = np.full((5, 3), np.nan), walk(rng, 20)
    assert np.isnan(structure.tm_score(nothing, nothing))
    assert np.isnan(structure.rmsd(nothing, nothing))
    assert np.isnan(structure.lddt(distances(nothing), distances(nothing)))
    assert np.isnan(structure.drmsd(distances(nothing), distances(nothing)))
    assert np.isnan(structure.contact_precision(distances(short), -distances(short)))
    assert structure.tm_score(short, np.full((20, 3), np.nan)) == 0


def test_four_points_have_the_angle_they_were_drawn_with():
    for angle in np.linspace(-3.1, 3.1, 15):
        a, b, c = np.array([1.0, 0, 0]), np.zeros(3), np.array([0, 0, 1.0])
        d = np.array([np.cos(angle), np.sin(angle), 1.0])
        assert dihedral(a, b, c, d) == pytest.approx(angle)


def test_a_helix_is_right_handed_and_its_mirror_image_is_not():
    points = helix(4)
    assert np.rad2deg(dihedral(*points)) == pytest.approx(50, abs=3)
    assert dihedral(*(points * MIRROR)) == pytest.approx(-dihedral(*points))


def test_torsions_stop_at_ends_breaks_and_missing_atoms(rng):
    coordinates = rng.normal(size=(6, 3, 3))
    coordinates[4, 0] = np.nan
    found = torsions(coordinates, np.array([False, True, False, False, False]))
    there = ~np.isnan(found)
    assert there.tolist() == [
        [False, True, True], [True, False, False], [False, True, True], [True, False, False], [False, False, True],
        [True, False, False],
    ]  # fmt: skip


def test_all_figures_of_a_chain_are_those_one_by_one(rng):
    truth, predicted = walk(rng, 70), walk(rng, 70)
    truth[4] = np.nan
    score = rng.normal(size=(70, 70))
    rows, columns = np.triu_indices(70, 24)
    ranked = np.argsort(-score[rows, columns])[:70]
    pairs = rows[ranked] * 70 + columns[ranked]
    found = dict(zip(structure.FIGURES, structure.figures(truth, predicted, pairs), strict=True))
    assert found["lddt"] == structure.lddt(distances(truth), distances(predicted))
    assert found["drmsd"] == structure.drmsd(distances(truth), distances(predicted))
    assert found["tm_score"] == structure.tm_score(truth, predicted)
    near = [np.linalg.norm(truth[p // 70] - truth[p % 70]) for p in pairs]
    known = [d < 8 for d in near if not np.isnan(d)]
    assert found["contact_precision"] == pytest.approx(np.mean(known))
    assert found["contact_precision_fifth"] == pytest.approx(np.mean(known[:14]))
