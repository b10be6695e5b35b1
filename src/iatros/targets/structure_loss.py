"""How far raw scores of pairs and residues are from a true structure.

In: raw [B, L, R + 1, K] of a `PairHead`, CA [B, L, 3] and torsions [B, L, 3], NaN where not known. Out: losses [B].
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from iatros.heads.backbone import build, ideal
from iatros.heads.pairs import taken_apart

OWN = 6  # numbers of a residue: cosine and sine of phi, psi, omega, up to their length
FINE, MIDDLE, WIDE = [4 + 0.5 * k for k in range(16)], [12 + 1.5 * k for k in range(8)], [24 + 4.0 * k for k in range(7)]
EDGES = (*FINE, *MIDDLE, *WIDE)  # angstrom between bins of distance: narrow where contacts are, wide beyond
BINS = len(EDGES) + 1
BOUND = 2  # residues along the chain from which on a distance is learned: neighbours are always 3.8 angstrom apart
NEAR = 16  # residues along the chain within which the built backbone is compared
FARTHEST = 10.0  # angstrom: an error of the built backbone that counts as lost
SMALL = 1e-6


@dataclass(frozen=True, slots=True)
class Shares:
    """What each part counts beside the distances, which count 1."""

    torsions: float
    built: float


def losses(raw: Tensor, ca: Tensor, torsions: Tensor, shares: Shares) -> Tensor:
    """[B] cross-entropy of distances, on average over pairs; 1 - cosine of torsions' errors; error of the built backbone."""
    said = taken_apart(raw, OWN)
    inside = ~said.own[:, :, 0].isnan()
    total = _of_distances(said.bins, ca, said.rows, said.columns, inside)
    total = total + shares.torsions * _of_torsions(said.own, torsions, inside)
    if shares.built:
        total = total + shares.built * _of_built(angles(said.own), ca, inside)
    return total


def angles(own: Tensor) -> Tensor:
    """[B, L, 6] -> phi, psi, omega [B, L, 3] in radians; 0 outside the mask."""
    turned = own.nan_to_num().reshape(*own.shape[:2], 3, 2)
    return torch.atan2(turned[..., 1], turned[..., 0] + SMALL)


def binned(distances: Tensor) -> Tensor:
    """Which bin each distance is in."""
    return torch.bucketize(distances, distances.new_tensor(EDGES))


def _of_distances(bins: Tensor, ca: Tensor, rows: Tensor, columns: Tensor, inside: Tensor) -> Tensor:
    place = columns[:, 0].clamp_max(ca.shape[1] - 1)
    other = ca.gather(1, place[:, :, None].expand(-1, -1, 3))
    distances = (ca[:, :, None] - other[:, None]).square().sum(-1).sqrt()  # [B, L, R], NaN where either is not known
    known = ~distances.isnan() & ((rows - columns).abs() >= BOUND) & (columns < ca.shape[1]) & inside[:, :, None]
    entropy = F.cross_entropy(bins.nan_to_num().movedim(-1, 1), binned(distances.nan_to_num()), reduction="none")
    return _mean(entropy, known)


def _of_torsions(own: Tensor, torsions: Tensor, inside: Tensor) -> Tensor:
    turned = own.nan_to_num().reshape(*own.shape[:2], 3, 2)
    turned = turned / (turned.square().sum(-1, keepdim=True) + SMALL).sqrt()
    true = torsions.nan_to_num()
    agreed = turned[..., 0] * true.cos() + turned[..., 1] * true.sin()
    return _mean(1 - agreed, ~torsions.isnan() & inside[:, :, None])


def _of_built(torsions: Tensor, ca: Tensor, inside: Tensor) -> Tensor:
    """Distances of the built backbone within NEAR residues, error up to FARTHEST, as its share: [B]."""
    built = build(ideal(torsions.float()))[:, :, 1]
    parts, known = [], []
    for step in range(BOUND, min(NEAR, built.shape[1] - 1) + 1):
        true = (ca[:, step:] - ca[:, :-step]).square().sum(-1).sqrt()
        found = ((built[:, step:] - built[:, :-step]).square().sum(-1) + SMALL).sqrt()
        parts.append((found - true.nan_to_num()).abs().clamp_max(FARTHEST) / FARTHEST)
        known.append(~true.isnan() & inside[:, step:])
    if not parts:
        return built.new_zeros(len(built))
    return _mean(torch.cat(parts, 1), torch.cat(known, 1))


def _mean(values: Tensor, known: Tensor) -> Tensor:
    """[B, ...] -> [B], over what is known."""
    return (values * known).flatten(1).sum(1) / known.flatten(1).sum(1).clamp_min(1)
