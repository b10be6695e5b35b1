"""Targets laid out in the lanes of a vector register, one after the other in each lane.

In: encoded targets. Out: `Packed`, which every query then runs against.
Longest first, each to the lane that is free first, so that lanes end together (Graham 1969, doi:10.1137/0117039): hardly a lane
idles, whatever the lengths. A target begins at a sweep's first column; what is left of its last sweep is padding.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from iatros.align.compiled import compiled

COLUMNS = 4  # a sweep; `profiles` has the same number
ALIGNMENT = 64  # bytes of a register
Integers = NDArray[np.int64]


class Packed(NamedTuple):
    """Targets side by side, W lanes wide, S sweeps of four columns long. (A NamedTuple, which compiled code can read.)

    letters: [4 S, W]  uint8 codes, the padding letter where there is no target
    starts:  [S]       uint64, bit l: a target begins in lane l
    lane:    [T]       where target t lies
    sweep:   [T]       its first sweep
    length:  [T]       its letters
    """

    letters: NDArray[np.uint8]
    starts: NDArray[np.uint64]
    lane: NDArray[np.int64]
    sweep: NDArray[np.int64]
    length: NDArray[np.int64]


def pack(codes: NDArray[np.uint8], offsets: NDArray[np.int64], chosen: NDArray[np.int64], width: int, padding: int) -> Packed:
    """Lay the chosen targets out in `width` lanes; result t is target chosen[t]. No target may be empty."""
    length = np.diff(offsets)[chosen]
    needed = (length + COLUMNS - 1) // COLUMNS
    lane, sweep, sweeps = _places(needed, np.argsort(-needed, kind="stable"), width)
    letters = aligned((sweeps * COLUMNS, width), np.uint8)
    letters[:] = padding
    row = np.repeat(sweep * COLUMNS - np.concatenate(([0], np.cumsum(length)[:-1])), length) + np.arange(length.sum())
    letters[row, np.repeat(lane, length)] = gather(codes, offsets[chosen], length)
    starts = np.zeros(sweeps, np.uint64)
    np.bitwise_or.at(starts, sweep, np.uint64(1) << lane.astype(np.uint64))
    return Packed(letters, starts, lane, sweep, length)


def gather(codes: NDArray[np.uint8], begins: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The letters of some sequences end to end."""
    ends = np.cumsum(lengths)
    picked: NDArray[np.uint8] = codes[np.repeat(begins - ends + lengths, lengths) + np.arange(lengths.sum())]
    return picked


def aligned(shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
    """An empty array that begins at a multiple of 64 bytes, as registers like it."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    begin = -room.ctypes.data % ALIGNMENT
    return room[begin : begin + size].view(kind).reshape(shape)


@compiled
def _places(
    sweeps: NDArray[np.int64], order: NDArray[np.int64], width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Lane and first sweep of each target, dealt in this order, and how many sweeps there are."""
    lane, first, free = np.zeros(len(sweeps), np.int64), np.zeros(len(sweeps), np.int64), np.zeros(width, np.int64)
    for target in order:
        number = free.argmin()
        lane[target], first[target] = number, free[number]
        free[number] += sweeps[target]
    return lane, first, free.max()
