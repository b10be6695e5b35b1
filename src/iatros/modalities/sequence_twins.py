"""Which sequences are the same, letter by letter or as the other strand?

In: packed letters. Out: groups of positions of cases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.modalities.alphabets import COMPLEMENT
from iatros.modalities.sequence_cells import SequencePlan
from iatros.packed import Packed, slices


def twins_of(packed: Packed, plan: SequencePlan) -> list[NDArray[np.int64]]:
    """Groups of cases with equal letters; DNA and RNA count as equal to their reverse complements."""
    places: dict[bytes, list[int]] = {}
    stranded, there = plan.alphabet in ("dna", "rna"), np.flatnonzero(packed.present)
    for case, own in zip(there.tolist(), slices(packed, "signs", there), strict=True):
        told = min(own.tobytes(), COMPLEMENT[own[::-1]].astype(np.uint8).tobytes()) if stranded else own.tobytes()
        places.setdefault(told, []).append(case)
    return [np.array(group, np.int64) for group in places.values() if len(group) > 1]
