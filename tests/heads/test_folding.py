"""Bending a backbone towards distances: it comes nearer, and keeps its bonds and its hand."""

import math

import torch

from iatros.heads.backbone import LENGTHS, build, ideal, measured
from iatros.heads.folding import folded


def drawn(length, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, length, 3, generator=generator) * 0.2 + torch.tensor([-57.8, -47.0, 180.0]) * math.pi / 180


def test_true_distances_bring_wrong_torsions_nearer():
    truth = build(ideal(drawn(40)))
    distances = torch.cdist(truth[:, :, 1], truth[:, :, 1])
    begin = drawn(40, seed=1)
    weights = torch.ones_like(distances)

    def error(coordinates):
        ca = coordinates[:, :, 1]
        return float((torch.cdist(ca, ca) - distances).square().mean().sqrt())

    found = folded(begin, distances, weights, steps=80)
    assert error(found) < 0.5 * error(build(ideal(begin)))
    assert not found.requires_grad
    lengths = measured(found).lengths
    torch.testing.assert_close(lengths[:, :, 0], torch.full_like(lengths[:, :, 0], LENGTHS[0]), atol=1e-3, rtol=0)


def test_no_steps_and_no_weights_leave_the_torsions():
    begin = drawn(12)
    none = torch.zeros(1, 12, 12)
    torch.testing.assert_close(folded(begin, none, none, steps=0), build(ideal(begin)))
    torch.testing.assert_close(folded(begin, none + 5, none, steps=5), build(ideal(begin)), atol=1e-3, rtol=0)


def test_chains_are_bent_each_by_itself():
    one, other = drawn(15), drawn(15, seed=2)
    far = torch.full((1, 15, 15), 9.0)
    together = folded(torch.cat([one, other]), far.expand(2, -1, -1), torch.ones(2, 15, 15), steps=20)
    torch.testing.assert_close(together[:1], folded(one, far, torch.ones(1, 15, 15), steps=20), atol=2e-3, rtol=1e-3)
