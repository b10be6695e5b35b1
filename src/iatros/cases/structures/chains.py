"""Protein chains as they came out of a file: letters and the backbone's coordinates. In: read atoms. Out: `Chain`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BACKBONE = ("N", "CA", "C")  # order of the atoms in `Chain.coordinates`
LONGEST_BOND = 2.0  # angstrom from C to the next N; a peptide bond has 1.33, and models are seldom worse than 1.6
LONGEST_STEP = 4.5  # angstrom from one CA to the next, where N or C are not there; 3.8 if trans, 2.9 if cis
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chain:
    """One protein chain of L residues, in the file's order.

    name:        as the file has it, "" where it has none
    letters:     [L]        one a residue, X where it is unknown
    numbers:     [L]        int64, the residues' numbers in the file; not always ascending, nor unique
    insertions:  [L]        one sign each (52A), "" mostly
    coordinates: [L, 3, 3]  angstrom, of N, CA and C; NaN where an atom is missing
    confidence:  [L]        the B-factor column of CA: of a predicted structure its confidence; NaN where there is none
    lines:       [L]        line of the file on which the residue begins, from 1
    """

    name: str
    letters: str
    numbers: NDArray[np.int64]
    insertions: tuple[str, ...]
    coordinates: Floats
    confidence: Floats
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.letters)

    @property
    def known(self) -> Bools:
        """[L] whether all three atoms of the backbone are there."""
        return np.logical_not(np.isnan(self.coordinates).any(axis=(1, 2)))

    @property
    def breaks(self) -> Bools:
        """[L - 1] whether residue i is not bound to i + 1, by the distance from C to N, or from CA to CA; False if unknown."""
        return broken(self.coordinates)


def broken(coordinates: Floats) -> Bools:
    """Where a chain [L, 3, 3] (N, CA, C) is interrupted: [L - 1]; see `Chain.breaks`."""
    bond = np.linalg.norm(coordinates[1:, 0] - coordinates[:-1, 2], axis=-1)
    step = np.linalg.norm(coordinates[1:, 1] - coordinates[:-1, 1], axis=-1)
    found: Bools = np.where(np.isnan(bond), step > LONGEST_STEP, bond > LONGEST_BOND)
    return found


def chain_of(letters: str, coordinates: Floats, confidence: Floats | None = None, name: str = "A") -> Chain:
    """A chain of one's own, numbered from 1. coordinates: [L, 3, 3]. Raises ValueError where lengths differ."""
    length = len(letters)
    if coordinates.shape != (length, len(BACKBONE), 3):
        raise ValueError(f"{length} letters have coordinates [{length}, 3, 3], not {list(coordinates.shape)}")
    trust = np.zeros(length) if confidence is None else np.asarray(confidence, np.float64)
    if len(trust) != length:
        raise ValueError(f"{length} letters have {length} confidences, not {len(trust)}")
    numbers = np.arange(1, length + 1)
    return Chain(name, letters, numbers, ("",) * length, np.asarray(coordinates, np.float64), trust, np.zeros(length, np.int64))
