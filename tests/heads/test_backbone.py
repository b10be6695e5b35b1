"""Backbones from torsions: there and back, atom by atom as NeRF places them, real chains, gradients."""

import math
import os
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.heads.backbone import ANGLES, LENGTHS, Internal, build, ideal, measured
from iatros.metrics.geometry import superposed, torsions

DATA = Path(os.environ.get("IATROS_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
CHAINS = DATA / "sequences" / "bm5_structures" / "chains.npz"
HELIX = torch.tensor([-57.8, -47.0, 180.0]).mul(math.pi / 180)


def drawn(cases, length, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(cases, length, 3, generator=generator, dtype=dtype) * 2 - 1) * math.pi


def apart(one, other):
    """Largest difference of two angles, around the circle."""
    return float(((one - other + math.pi).remainder(2 * math.pi) - math.pi).abs().max())


@settings(max_examples=20, deadline=None)
@given(cases=st.integers(1, 3), length=st.integers(2, 40), seed=st.integers(0, 10**6))
def test_the_torsions_measured_are_those_given(cases, length, seed):
    given_ = drawn(cases, length, seed=seed)
    found = measured(build(ideal(given_)))
    assert apart(found.torsions[:, 1:, 0], given_[:, 1:, 0]) < 1e-6
    assert apart(found.torsions[:, :-1, 1:], given_[:, :-1, 1:]) < 1e-6
    by_numpy = torch.from_numpy(torsions(build(ideal(given_))[0].numpy()))
    assert apart(by_numpy[1:, 0], given_[0, 1:, 0]) < 1e-6
    assert apart(by_numpy[:-1, 1:], given_[0, :-1, 1:]) < 1e-6


def test_bonds_and_angles_are_ideal():
    found = measured(build(ideal(drawn(2, 30))))
    for k, (length, angle) in enumerate(zip(LENGTHS, ANGLES, strict=True)):
        there = slice(None) if k == 0 else slice(None, -1)
        inner = found.lengths[:, :, k] if k < 2 else found.lengths[:, :-1, k]
        torch.testing.assert_close(inner, torch.full_like(inner, length))
        bent = found.angles[:, there, k]
        torch.testing.assert_close(bent, torch.full_like(bent, math.radians(angle)))


def placed_one_by_one(internal):
    """NeRF, one atom after another (Parsons et al. 2005)."""
    (phi, psi, omega), lengths, angles = internal.torsions[0].T, internal.lengths[0], internal.angles[0]
    atoms = list(build(internal)[0, 0])

    def place(length, angle, torsion):
        a, b, c = atoms[-3:]
        x = (c - b) / (c - b).norm()
        normal = torch.linalg.cross(b - a, x)
        normal = normal / normal.norm()
        axes = torch.stack([x, torch.linalg.cross(normal, x), normal], dim=1)
        there = torch.stack([-angle.cos(), angle.sin() * torsion.cos(), angle.sin() * torsion.sin()]) * length
        atoms.append(c + axes @ there)

    for i in range(1, len(phi)):
        place(lengths[i - 1, 2], angles[i - 1, 1], psi[i - 1])
        place(lengths[i, 0], angles[i - 1, 2], omega[i - 1])
        place(lengths[i, 1], angles[i, 0], phi[i])
    return torch.stack(atoms).view(-1, 3, 3)


def test_all_at_once_is_one_by_one():
    internal = ideal(drawn(1, 25))
    torch.testing.assert_close(build(internal)[0], placed_one_by_one(internal))


def test_one_residue_is_a_triangle():
    found = build(ideal(drawn(1, 1)))[0, 0]
    assert found[1].tolist() == [0, 0, 0]
    assert float((found[0] - found[1]).norm()) == pytest.approx(LENGTHS[0])
    assert float((found[2] - found[1]).norm()) == pytest.approx(LENGTHS[1])


def test_an_alpha_helix_rises_by_1_5_angstrom_a_residue():
    """Pauling, Corey & Branson 1951: 1.5 angstrom and 100 degrees a residue."""
    ca = build(ideal(HELIX.double().expand(1, 37, 3)))[0, :, 1]
    assert float((ca[36] - ca[0]).norm()) / 36 == pytest.approx(1.5, abs=0.06)
    assert float((ca[4] - ca[0]).norm()) == pytest.approx(6.2, abs=0.3)


def test_padding_behind_a_chain_moves_none_of_it():
    long = drawn(1, 20)
    torch.testing.assert_close(build(ideal(long))[:, :12], build(ideal(long[:, :12])))


def test_gradients_are_finite_and_those_of_small_differences():
    given_ = drawn(1, 6).requires_grad_()
    weights = torch.randn(1, 6, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert torch.autograd.gradcheck(lambda t: (build(ideal(t)) * weights).sum(), given_)


def test_gradients_of_a_long_chain_stay_finite_in_single_precision():
    given_ = drawn(2, 350, torch.float32).requires_grad_()
    coordinates = build(ideal(given_))
    torch.cdist(coordinates[:, :, 1], coordinates[:, :, 1]).square().mean().backward()
    assert bool(given_.grad.isfinite().all())
    exact = build(ideal(given_.detach().double()))
    assert float((coordinates.detach().double() - exact).norm(dim=-1).max()) < 0.02


def test_a_chain_of_350_residues_takes_milliseconds():
    given_ = drawn(1, 350, torch.float32)
    build(ideal(given_))
    begun = time.process_time()
    for _ in range(5):
        build(ideal(given_))
    assert (time.process_time() - begun) / 5 < 0.2


@pytest.mark.skipif(not CHAINS.is_file(), reason="the 300 chains of ../shared/data/sequences/bm5_structures are not here")
def test_a_real_chain_is_rebuilt_from_its_own_internal_coordinates():
    theirs = np.load(CHAINS)
    ends = np.concatenate(([0], np.cumsum(theirs["length"])))
    for i in range(0, 300, 50):
        real = theirs["coords"][ends[i] : ends[i + 1]].astype(np.float64)
        internal = measured(torch.from_numpy(real)[None])
        built = build(internal)[0].numpy().reshape(-1, 3)
        moved = superposed(built, real.reshape(-1, 3))
        assert np.abs(moved - real.reshape(-1, 3)).max() < 1e-4
        near = build(ideal(internal.torsions))[0, :20].numpy().reshape(-1, 3)  # ideal bonds: near at first, then astray
        error = superposed(near, real[:20].reshape(-1, 3)) - real[:20].reshape(-1, 3)
        assert np.sqrt((error**2).sum(1).mean()) < 2.5


def test_internal_coordinates_move_as_one():
    one = ideal(drawn(1, 3)).to(torch.float32)
    assert isinstance(one, Internal)
    assert one.angles.dtype == torch.float32
