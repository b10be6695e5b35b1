"""Which cases go through a network together: about as many positions at a time, of cases that are alike in length.

In: cases, their lengths where these differ. Out: portions of them, at random for training, or in order of length.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

POOL = 32  # portions whose cases are sorted by length together; the order of the portions stays random
INFERENCE_CASES = 512
INFERENCE_POSITIONS = 65_536
Rows = NDArray[np.int64]


def shuffled(
    rows: Rows, size: int, lengths: Rows | None, generator: torch.Generator, drawn: NDArray[np.int64] | None = None
) -> list[Rows]:
    """An epoch's portions of about `size` cases, in random order; a small last portion joins the one before (BatchNorm).

    lengths: [M] of all cases of the study, or None. drawn: positions among `rows` to use in place of all of them.
    With lengths, a portion holds as many cases as have the positions of `size` cases of mean length.
    """
    order = torch.randperm(len(rows), generator=generator).numpy() if drawn is None else drawn
    mixed = rows[order]
    if lengths is None:
        cuts = list(range(0, len(mixed), size))
        if len(cuts) > 1 and len(mixed) - cuts[-1] < max(2, size // 4):
            cuts.pop()
        return np.split(mixed, cuts[1:])
    positions = size * float(lengths[rows].mean())
    pools = np.split(mixed, range(POOL * size, len(mixed), POOL * size))
    portions = [portion for pool in pools for portion in by_length(pool, lengths, positions, len(pool))]
    return [portions[i] for i in torch.randperm(len(portions), generator=generator).tolist()]


def by_length(rows: Rows, lengths: Rows, positions: float, most: int) -> Iterator[Rows]:
    """Cases in order of length, cut so that no portion has more than `positions`, padding included, or `most` cases."""
    ordered = rows[np.argsort(lengths[rows], kind="stable")]
    begin = 0
    for end in range(1, len(ordered) + 1):
        longest = int(lengths[ordered[end]]) if end < len(ordered) else 0
        full = (end + 1 - begin) * max(1, longest) > positions or end - begin >= most
        if end == len(ordered) or full:
            yield ordered[begin:end]
            begin = end


def in_turn(rows: Rows, lengths: Rows | None) -> Iterator[Rows]:
    """Portions for prediction, where nothing is random: places among `rows` [n], every one once."""
    if lengths is None:
        yield from np.split(np.arange(len(rows)), range(INFERENCE_CASES, len(rows), INFERENCE_CASES))
    else:
        yield from by_length(np.arange(len(rows)), lengths[rows], INFERENCE_POSITIONS, INFERENCE_CASES)
