"""Made-up sequences with a known answer: does an explanation find the motif?

In: how many, how long, a seed. Out: `Planted`. A sequence with the outcome holds the motif; one without holds its letters in
another order, at such a place, so that no count of letters tells the two apart. A decoy, a motif of its own, is in half of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LETTERS = "ACGT"
MOTIF = np.array(  # TGACTCA, as AP-1 binds it, softened as such motifs are; rows are positions, columns A, C, G, T
    [
        [0.02, 0.03, 0.05, 0.90],
        [0.03, 0.02, 0.92, 0.03],
        [0.94, 0.02, 0.02, 0.02],
        [0.05, 0.55, 0.35, 0.05],
        [0.03, 0.02, 0.02, 0.93],
        [0.03, 0.92, 0.03, 0.02],
        [0.90, 0.05, 0.03, 0.02],
    ]
)
DECOY = "CCACGTGG"  # as E-boxes are; says nothing


@dataclass(frozen=True, slots=True)
class Planted:
    """texts: n; labels [n] int64, 1 with the motif; begins [n] int64, where it (or its shuffled letters) begins."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    begins: NDArray[np.int64]
    motif: NDArray[np.float64]


def motif_sequences(n: int, length: int = 100, seed: int = 0) -> Planted:
    """n sequences of `length` letters; every other one, in random order, holds the motif. Needs 20 letters or more."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 2)
    background = np.array([0.28, 0.22, 0.22, 0.28])
    codes = rng.choice(len(LETTERS), (n, length), p=background)
    begins = np.empty(n, np.int64)
    for i, label in enumerate(labels):
        word = np.array([rng.choice(len(LETTERS), p=row) for row in MOTIF])
        begins[i], decoy = _places(length, rng)
        codes[i, begins[i] : begins[i] + len(word)] = word if label else rng.permutation(word)
        if rng.random() < 0.5:
            codes[i, decoy : decoy + len(DECOY)] = [LETTERS.index(letter) for letter in DECOY]
    signs = np.frombuffer(LETTERS.encode(), np.uint8)[codes]
    return Planted(tuple(row.tobytes().decode() for row in signs), labels.astype(np.int64), begins, MOTIF.copy())


def _places(length: int, rng: np.random.Generator) -> tuple[int, int]:
    """Beginnings of the motif and of the decoy, which do not touch."""
    room = length - len(DECOY)
    while True:
        motif, decoy = (int(place) for place in rng.integers(0, room + 1, 2))
        if abs(motif - decoy) >= len(DECOY):
            return motif, decoy
