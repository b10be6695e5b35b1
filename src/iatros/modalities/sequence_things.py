"""Which sequences are the same, letter by letter or as the other strand?

In: packed letters. Out: what tells them apart.
"""

from __future__ import annotations

import numpy as np

from iatros.modalities.alphabets import COMPLEMENT
from iatros.modalities.sequence_cells import SequencePlan
from iatros.packed import Packed, slices


def things_of(packed: Packed, plan: SequencePlan) -> list[bytes | None]:
    """The letters of each case; of DNA and RNA those of the strand that comes first in the order of letters."""
    found: list[bytes | None] = [None] * len(packed)
    stranded, there = plan.alphabet in ("dna", "rna"), np.flatnonzero(packed.present)
    for case, own in zip(there.tolist(), slices(packed, "signs", there), strict=True):
        found[case] = min(own.tobytes(), COMPLEMENT[own[::-1]].astype(np.uint8).tobytes()) if stranded else own.tobytes()
    return found
