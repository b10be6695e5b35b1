"""A protein's backbone from its torsion angles, and back, differentiable and without a loop over residues.

In: phi, psi and omega of each residue [B, L, 3] in radians. Out: coordinates [B, L, 3, 3] of N, CA and C in angstrom.
Each bond is a rigid motion (turn by the torsion, bend by the angle, go along the bond); a residue is three of them, and the
chain the running product of its residues, found in log2(L) steps by doubling (Hillis & Steele 1986).
Source of a single placement: NeRF, Parsons et al. 2005, doi:10.1002/jcc.20237.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import torch
from torch import Tensor

from iatros.contracts import Tensors

# Ideal geometry: Engh & Huber 1991, doi:10.1107/S0108767391001071; angstrom, degrees.
LENGTHS = (1.458, 1.525, 1.329)  # N-CA, CA-C, C-N of the next residue
ANGLES = (111.0, 117.2, 121.7)  # N-CA-C, CA-C-N, C-N-CA of the next residue


@dataclass(frozen=True)
class Internal(Tensors):
    """A backbone without a place in space.

    torsions: [B, L, 3] phi, psi, omega in radians; phi of the first residue and psi, omega of the last move nothing
    lengths:  [B, L, 3] N-CA, CA-C, C-N(next) in angstrom; angles: [B, L, 3] N-CA-C, CA-C-N(next), C-N-CA(next) in radians
    """

    torsions: Tensor
    lengths: Tensor
    angles: Tensor


def ideal(torsions: Tensor) -> Internal:
    """The backbone with these torsions [B, L, 3] and ideal bonds."""
    lengths = torsions.new_tensor(LENGTHS).expand_as(torsions)
    angles = (torsions.new_tensor(ANGLES) * pi / 180).expand_as(torsions)
    return Internal(torsions, lengths, angles)


def build(internal: Internal) -> Tensor:
    """Coordinates [B, L, 3, 3]: the first CA at the origin, its C on the x axis, its N in the plane of x and y."""
    phi, psi, omega = internal.torsions.unbind(-1)  # [B, L] each
    n_ca, ca_c, c_n = internal.lengths.unbind(-1)
    at_ca, at_c, at_n = internal.angles.unbind(-1)
    to_n = _bond(psi[:, :-1], at_c[:, :-1], c_n[:, :-1])
    to_ca = _bond(omega[:, :-1], at_n[:, :-1], n_ca[:, 1:])
    to_c = _bond(phi[:, 1:], at_ca[:, 1:], ca_c[:, 1:])
    peptide = to_n @ to_ca
    frames = _running(peptide @ to_c)  # [B, L - 1, 4, 4] at the C of residues 2 to L, seen from the first C
    before = torch.cat([torch.eye(4, dtype=frames.dtype, device=frames.device).expand(len(frames), 1, 4, 4), frames], 1)[:, :-1]
    places = torch.stack([before @ to_n, before @ peptide, frames], dim=2)[..., :3, 3]
    zero = torch.zeros_like(n_ca[:, 0])
    back = ca_c[:, 0]
    first_n = torch.stack([n_ca[:, 0] * at_ca[:, 0].cos() - back, n_ca[:, 0] * at_ca[:, 0].sin(), zero], dim=-1)
    first_ca = torch.stack([-back, zero, zero], dim=-1)
    first = torch.stack([first_n, first_ca, torch.zeros_like(first_ca)], dim=1)  # [B, 3, 3]
    coordinates = torch.cat([first[:, None], places], dim=1)
    return coordinates - first_ca[:, None, None]


def measured(coordinates: Tensor) -> Internal:
    """Torsions, lengths and angles of coordinates [B, L, 3, 3]; 0 where there is none, at the ends.

    `build` of them gives the same backbone, turned and shifted.
    """
    n, ca, c = coordinates.unbind(2)  # [B, L, 3] each
    after_n, after_ca = n[:, 1:], ca[:, 1:]
    phi = dihedral(c[:, :-1], after_n, after_ca, c[:, 1:])
    psi = dihedral(n[:, :-1], ca[:, :-1], c[:, :-1], after_n)
    omega = dihedral(ca[:, :-1], c[:, :-1], after_n, after_ca)
    none = coordinates.new_zeros(len(coordinates), 1)
    torsions = [torch.cat(parts, 1) for parts in ((none, phi), (psi, none), (omega, none))]
    lengths = [_length(ca - n), _length(c - ca), torch.cat([_length(after_n - c[:, :-1]), none], 1)]
    at_c = _angle(ca[:, :-1], c[:, :-1], after_n)
    at_n = _angle(c[:, :-1], after_n, after_ca)
    angles = [_angle(n, ca, c), torch.cat([at_c, none], 1), torch.cat([at_n, none], 1)]
    return Internal(*(torch.stack(parts, dim=-1) for parts in (torsions, lengths, angles)))


def dihedral(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """Torsion angle of points [..., 3] about b-c, in radians."""
    axis = c - b
    before, after = torch.cross(b - a, axis, dim=-1), torch.cross(axis, d - c, dim=-1)
    sine = (torch.cross(before, after, dim=-1) * axis).sum(-1) / _length(axis)
    return torch.atan2(sine, (before * after).sum(-1))


def _bond(torsion: Tensor, angle: Tensor, length: Tensor) -> Tensor:
    """[..., 4, 4] from the frame of an atom, x along the bond to it, to that of the next atom. The torsion is about x."""
    cos, sin, bent, up = torsion.cos(), torsion.sin(), -angle.cos(), angle.sin()  # the chain turns by pi - angle
    none, one = torch.zeros_like(cos), torch.ones_like(cos)
    rows = [
        [bent, -up, none, length * bent],
        [cos * up, cos * bent, -sin, length * cos * up],
        [sin * up, sin * bent, cos, length * sin * up],
        [none, none, none, one],
    ]
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)


def _running(motions: Tensor) -> Tensor:
    """[B, L, 4, 4] -> products of the first 1, 2, ... L."""
    done, step = motions, 1
    while step < done.shape[1]:
        done = torch.cat([done[:, :step], done[:, :-step] @ done[:, step:]], dim=1)
        step *= 2
    return done


def _length(vectors: Tensor) -> Tensor:
    lengths: Tensor = torch.linalg.vector_norm(vectors, dim=-1)
    return lengths


def _angle(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """At b, in radians."""
    one, other = a - b, c - b
    return torch.atan2(_length(torch.cross(one, other, dim=-1)), (one * other).sum(-1))
