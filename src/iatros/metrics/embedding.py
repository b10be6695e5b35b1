"""Points in space from their distances. In: distances [L, L] and how much each counts. Out: points [L, 3].

Distances do not tell a structure from its mirror image; `right_handed` takes the one whose helices turn as proteins' do.
"""

from __future__ import annotations

import numpy as np

from iatros.metrics.geometry import dihedral, distances
from iatros.metrics.ranking import Floats

STEPS = 150  # of majorisation
SETTLED = 1e-4  # relative decrease of the stress below which it ends
HELICAL = (0.35, 1.75)  # radians: torsions of four CA in a row in helices of either hand (alpha: .87)
SMALLEST = 1e-9


def embedded(wanted: Floats, weights: Floats | None = None) -> Floats:
    """Points [L, 3] whose distances are near to those wanted: least sum of weights (wanted - distance)^2 that is found.

    wanted: [L, L] angstrom, symmetric, all known; weights: [L, L], positive off the diagonal, by default 1 / wanted.
    Starts from the largest eigenvectors (Torgerson 1952), goes on by majorisation (de Leeuw 1977, "SMACOF").
    """
    length = len(wanted)
    counted = (1 / np.maximum(wanted, 1.0) if weights is None else weights) * (1 - np.eye(length))
    points, last = _largest_axes(wanted), np.inf
    laplacian = np.diag(counted.sum(axis=1)) - counted
    inverse = np.linalg.inv(laplacian + 1 / length) - 1 / length  # its pseudo-inverse: constants are its kernel
    for _ in range(STEPS):
        found = distances(points)
        stress = float((counted * (found - wanted) ** 2).sum())
        if last - stress <= SETTLED * stress:
            break
        last = stress
        ratio = -counted * wanted / np.maximum(found, SMALLEST)
        np.fill_diagonal(ratio, 0)
        np.fill_diagonal(ratio, -ratio.sum(axis=1))
        points = inverse @ (ratio @ points)
    return points


def right_handed(points: Floats) -> Floats:
    """Points [L, 3] of CA, mirrored if more of their helices are left-handed than right-handed."""
    if len(points) < 4:
        return points
    turns = dihedral(points[:-3], points[1:-2], points[2:-1], points[3:])
    low, high = HELICAL
    right = ((turns > low) & (turns < high)).sum()
    left = ((turns < -low) & (turns > -high)).sum()
    return points * np.array([1.0, 1.0, -1.0]) if left > right else points


def _largest_axes(wanted: Floats) -> Floats:
    """[L, 3] classical scaling; random in what little it leaves flat, so that no step is stuck in a plane."""
    squared = wanted**2
    centred = -0.5 * (squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean())
    values, vectors = np.linalg.eigh(centred)
    axes: Floats = vectors[:, -3:] * np.sqrt(np.maximum(values[-3:], 0))
    noise = np.random.default_rng(0).normal(scale=1e-3, size=(len(wanted), 3))
    noise[:, : axes.shape[1]] += axes
    return noise
