"""The geometry of a backbone: distances, torsion angles, superposition.

In: coordinates in angstrom, NaN where a residue or an atom is missing. Out: arrays that are NaN where they cannot be known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats

N, CA, C = 0, 1, 2  # order of atoms in coordinates [L, 3, 3]


def distances(points: Floats) -> Floats:
    """[L, L] from points [L, 3]."""
    found: Floats = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=-1))
    return found


def dihedral(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Torsion angle of four points [..., 3] about b-c, in radians, -pi to pi; 0 is cis, positive clockwise (IUPAC 1970)."""
    axis = c - b
    before, after = np.cross(b - a, axis), np.cross(axis, d - c)
    sine = (np.cross(before, after) * axis).sum(axis=-1) / np.linalg.norm(axis, axis=-1)
    found: Floats = np.arctan2(sine, (before * after).sum(axis=-1))
    return found


def torsions(coordinates: Floats, breaks: NDArray[np.bool_] | None = None) -> Floats:
    """[L, 3] phi, psi and omega of each residue, in radians; omega is that of the bond to the next residue.

    coordinates: [L, 3, 3] (N, CA, C); breaks: [L - 1], True where a residue is not bound to the next.
    NaN: phi of the first residue, psi and omega of the last, at breaks, and where atoms are missing.
    """
    found = np.full((len(coordinates), 3), np.nan)
    n, ca, c = coordinates[:, N], coordinates[:, CA], coordinates[:, C]
    found[1:, 0] = dihedral(c[:-1], n[1:], ca[1:], c[1:])
    found[:-1, 1] = dihedral(n[:-1], ca[:-1], c[:-1], n[1:])
    found[:-1, 2] = dihedral(ca[:-1], c[:-1], n[1:], ca[1:])
    if breaks is not None:
        gaps = np.flatnonzero(breaks)
        found[gaps + 1, 0] = np.nan
        found[gaps, 1:] = np.nan
    return found


def superposed(moving: Floats, fixed: Floats, weights: Floats | None = None) -> Floats:
    """`moving` turned and shifted onto `fixed`, so that the weighted squared distance is least; never mirrored.

    moving, fixed: [L, 3], all known. weights: [L] -> [L, 3], or [S, L] for S superpositions at once -> [S, L, 3].
    Source: Kabsch 1978, doi:10.1107/S0567739478001680.
    """
    given = np.ones(len(moving)) if weights is None else weights
    share = np.atleast_2d(given) / np.atleast_2d(given).sum(axis=1, keepdims=True)
    a, b = moving - moving.mean(axis=0), fixed - fixed.mean(axis=0)
    from_, to = share @ a, share @ b  # [S, 3]
    products = (a[:, :, None] * b[:, None]).reshape(len(a), 9)
    covariance = (share @ products).reshape(-1, 3, 3) - from_[:, :, None] * to[:, None]
    u, _, vt = np.linalg.svd(covariance)
    u[:, :, 2] *= np.sign(np.linalg.det(u) * np.linalg.det(vt))[:, None]
    moved = (a - from_[:, None]) @ (u @ vt) + to[:, None] + fixed.mean(axis=0)
    found: Floats = moved if given.ndim == 2 else moved[0]
    return found
