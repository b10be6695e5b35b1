"""CIGAR strings of many alignments at once.

In: runs of operations. Out: their letters end to end, and where each alignment's begin.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled

SIGNS = np.frombuffer(b"MIDNSHP=X", np.uint8)  # by operation, as in BAM files
Integers = NDArray[np.int64]
DIGITS = 10  # of a run's length at most, and its sign


@compiled
def spelled(
    runs: NDArray[np.uint32], offsets: NDArray[np.int64], extended: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The text as bytes, and [N + 1] where the alignments' parts begin. extended: = and X; otherwise M for both."""
    text = np.empty(DIGITS * len(runs), np.uint8)
    places = np.zeros(len(offsets), np.int64)
    at = 0
    for i in range(len(offsets) - 1):
        length = np.int64(0)
        for k in range(offsets[i], offsets[i + 1]):
            operation = np.int64(runs[k] & np.uint32(15))
            length += np.int64(runs[k] >> np.uint32(4))
            following = np.int64(runs[k + 1] & np.uint32(15)) if k + 1 < offsets[i + 1] else -1
            if not extended and operation >= 7 and following >= 7:
                continue
            at = _digits(text, at, length)
            text[at] = SIGNS[0 if operation >= 7 and not extended else operation]
            at += 1
            length = np.int64(0)
        places[i + 1] = at
    return text[:at], places


@compiled
def _digits(text: NDArray[np.uint8], at: int, number: Any) -> int:
    """Write a whole number; returns the place behind it."""
    begin = at
    while number > 0:
        text[at] = 48 + number % 10
        number //= 10
        at += 1
    for k in range((at - begin) // 2):
        text[begin + k], text[at - 1 - k] = text[at - 1 - k], text[begin + k]
    return at
