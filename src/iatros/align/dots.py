"""Where do two sequences resemble each other? Windows along all diagonals that score enough, joined to runs.

In: two texts, a matrix, a window and a threshold. Out: `Dots`. Source: Maizel & Lenk 1981, doi:10.1073/pnas.78.12.7665.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.align.matrices import Matrix
from iatros.align.sequences import encode, reverse_complement
from iatros.findings import Finding, InputError

MOST = 10**9  # pairs of letters: about ten seconds
Run = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Dots:
    """Runs of letters covered by windows that score at least `threshold`, as (row, column, length).

    forward: query letters row, row + 1, ... along target letters column, column + 1, ...
    reverse: query letters row, row + 1, ... along target letters column, column - 1, ... , complemented
    lengths: letters of the query and of the target
    """

    forward: tuple[Run, ...]
    reverse: tuple[Run, ...]
    lengths: tuple[int, int]
    window: int
    threshold: int


def dots(
    query: str, target: str, matrix: Matrix, window: int = 11, threshold: int | None = None, both_strands: bool = False
) -> Dots:
    """Runs along every diagonal.

    window: letters whose scores are summed; threshold: the sum from which a window counts, by default what one window in 10,000
    of unrelated letters of these two sequences would reach
    Raises InputError for a window longer than a sequence, for more than 10^9 pairs of letters, for another strand of proteins.
    """
    encoded = encode([query, target], matrix)
    a, b = encoded[0], encoded[1]
    if not 1 <= window <= min(len(a), len(b)):
        todo = f"take 1 to {min(len(a), len(b))}, the letters of the shorter sequence"
        raise InputError(Finding("error", f"a window of {window} letters", todo, column="window"))
    if len(a) * len(b) > MOST:
        what = f"{len(a):,} by {len(b):,} letters are too many for a dot plot"
        raise InputError(Finding("error", what, "plot parts of them", column="window"))
    if both_strands and not matrix.nucleotides:
        what = f"{matrix.name} does not score nucleotides, which alone have another strand"
        raise InputError(Finding("error", what, "plot the given strand", column="strands"))
    least = chance(a, b, matrix, window) if threshold is None else threshold
    forward = _diagonals(a, b, matrix.scores, window, least)
    reverse: tuple[Run, ...] = ()
    if both_strands:
        turned = encode([reverse_complement(target)], matrix)[0]
        back = _diagonals(a, turned, matrix.scores, window, least)
        reverse = tuple((row, len(b) - 1 - column, length) for row, column, length in back)
    return Dots(forward, reverse, (len(a), len(b)), window, least)


def chance(query: NDArray[np.uint8], target: NDArray[np.uint8], matrix: Matrix, window: int, share: float = 1e-4) -> int:
    """The least sum that at most `share` of windows of unrelated letters reach: exact, from the letters' frequencies."""
    pairs = np.outer(*(np.bincount(codes, minlength=len(matrix.letters)) / len(codes) for codes in (query, target)))
    low = matrix.smallest
    single = np.bincount((matrix.scores - low).ravel(), pairs.ravel())  # of the sum of one pair, less its lowest
    whole = np.ones(1)
    for _ in range(window):
        whole = np.convolve(whole, single)
    beyond = whole[::-1].cumsum()[::-1]  # chance of at least this sum
    reached = np.flatnonzero(beyond <= share)
    return int(reached[0] if len(reached) else len(whole) - 1) + window * low


def _diagonals(
    a: NDArray[np.uint8], b: NDArray[np.uint8], scores: NDArray[np.int16], window: int, least: int
) -> tuple[Run, ...]:
    runs: list[Run] = []
    for shift in range(window - len(a), len(b) - window + 1):
        row, column = max(0, -shift), max(0, shift)
        length = min(len(a) - row, len(b) - column)
        along = scores[a[row : row + length], b[column : column + length]]
        summed = np.concatenate(([0], np.cumsum(along, dtype=np.int64)))
        good = summed[window:] - summed[:-window] >= least
        if good.any():
            opened = np.concatenate((good, np.zeros(window, np.bool_))).astype(np.int64)
            opened[window:] -= good  # a window covers its letters
            inside = np.cumsum(opened) > 0
            edges = np.flatnonzero(np.diff(inside.astype(np.int8), prepend=0))
            runs += [
                (row + int(begin), column + int(begin), int(end - begin))
                for begin, end in zip(edges[::2], edges[1::2], strict=True)
            ]
    return tuple(sorted(runs))
