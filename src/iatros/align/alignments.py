"""Alignments, many in a few arrays: where they lie, their operations, and figures under names that say what they divide by.

In: what the kernels found. Out: `Alignments`, with CIGAR strings, identities, coverages and aligned texts of any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iatros.align.spelling import spelled

INSERTED, DELETED, EQUAL, DIFFERENT = 1, 2, 7, 8  # as in BAM files
Identity = Literal["columns", "pairs", "shorter", "longer", "mean", "query", "target"]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alignments:
    """N alignments.

    query, target: [N] which sequences; score: [N]
    query_begin, query_end, target_begin, target_end: [N] the aligned letters, from 0, the end not included
    query_length, target_length: [N] all letters
    runs:    [R]     uint32, length << 4 | operation (1 letters of the query alone, 2 of the target alone, 7 equal, 8 different)
    offsets: [N + 1] alignment i has runs[offsets[i]:offsets[i + 1]]
    """

    query: Integers
    target: Integers
    score: Integers
    query_begin: Integers
    query_end: Integers
    target_begin: Integers
    target_end: Integers
    query_length: Integers
    target_length: Integers
    runs: NDArray[np.uint32]
    offsets: Integers

    def __len__(self) -> int:
        return len(self.query)

    def count(self, *operations: int) -> Integers:
        """[N] letters under these operations."""
        wanted = np.isin(self.runs & 15, operations)
        summed = np.concatenate(([0], np.cumsum(np.where(wanted, self.runs >> 4, 0).astype(np.int64))))
        counted: Integers = summed[self.offsets[1:]] - summed[self.offsets[:-1]]
        return counted

    @property
    def identical(self) -> Integers:
        """[N] pairs of equal letters; the unknown letter equals none."""
        return self.count(EQUAL)

    @property
    def columns(self) -> Integers:
        """[N] columns of the alignment, gaps included, free ends not."""
        return self.count(INSERTED, DELETED, EQUAL, DIFFERENT)

    @property
    def gaps(self) -> Integers:
        """[N] gaps, however long."""
        opened = np.concatenate(([0], np.cumsum(np.isin(self.runs & 15, (INSERTED, DELETED)))))
        found: Integers = opened[self.offsets[1:]] - opened[self.offsets[:-1]]
        return found

    def identity(self, by: Identity) -> Floats:
        """[N] identical pairs divided by what `by` says; nan where that is 0. There is no default: the choice matters.

        columns: columns of the alignment (BLAST); pairs: columns without a gap; shorter: letters of the shorter sequence
        (CD-HIT); longer; mean: of both lengths; query, target: letters of that sequence.
        See May 2004, doi:10.1093/protein/gzh062, for how far they differ.
        """
        shorter, longer = np.minimum(self.query_length, self.target_length), np.maximum(self.query_length, self.target_length)
        divisors: dict[str, Integers | Floats] = {
            "columns": self.columns,
            "pairs": self.count(EQUAL, DIFFERENT),
            "shorter": shorter,
            "longer": longer,
            "mean": (shorter + longer) / 2,
            "query": self.query_length,
            "target": self.target_length,
        }
        if by not in divisors:
            raise ValueError(f"there is no identity by {by!r}; there are {', '.join(divisors)}")
        return _shares(self.identical, divisors[by])

    def coverage(self, of: Literal["query", "target"]) -> Floats:
        """[N] share of the sequence's letters from the alignment's begin to its end, gaps in it included."""
        if of == "query":
            return _shares(self.query_end - self.query_begin, self.query_length)
        return _shares(self.target_end - self.target_begin, self.target_length)

    def cigar(self, i: int, extended: bool = True) -> str:
        """Of alignment i, in SAM's signs: = and X (or M for both), I for letters of the query alone, D of the target alone.

        Free ends are not in it: they are `query_begin` and so on. An empty local alignment has "".
        """
        runs = self.runs[self.offsets[i] : self.offsets[i + 1]]
        text, _ = spelled(runs, np.array([0, len(runs)], np.int64), extended)
        return text.tobytes().decode("ascii")

    def cigars(self, extended: bool = True) -> list[str]:
        """All of them."""
        text, ends = spelled(self.runs, self.offsets, extended)
        whole = text.tobytes().decode("ascii")
        return [whole[begin:end] for begin, end in pairwise(ends.tolist())]

    def operations(self, i: int) -> Iterator[tuple[int, int]]:
        """(length, operation) of alignment i, from its begin."""
        for run in self.runs[self.offsets[i] : self.offsets[i + 1]].tolist():
            yield run >> 4, run & 15

    def paired(self, i: int) -> tuple[Integers, Integers]:
        """Which letters of the query and of the target stand in one column of alignment i: [.] places each, from 0."""
        p, q = int(self.query_begin[i]), int(self.target_begin[i])
        here, there = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for length, operation in self.operations(i):
            if operation not in (INSERTED, DELETED):
                here.append(np.arange(p, p + length))
                there.append(np.arange(q, q + length))
            p += length * (operation != DELETED)
            q += length * (operation != INSERTED)
        return np.concatenate(here), np.concatenate(there)

    def aligned(self, i: int, query: str, target: str) -> Aligned:
        """Alignment i as lines of text, from the texts that were aligned."""
        above, middle, below = [], [], []
        p, q = int(self.query_begin[i]), int(self.target_begin[i])
        for length, operation in self.operations(i):
            left = query[p : p + length] if operation != DELETED else "-" * length
            right = target[q : q + length] if operation != INSERTED else "-" * length
            above.append(left)
            below.append(right)
            middle.append({EQUAL: "|", DIFFERENT: "."}.get(operation, " ") * length)
            p += length * (operation != DELETED)
            q += length * (operation != INSERTED)
        return Aligned("".join(above), "".join(middle), "".join(below))

    def chosen(self, which: Integers) -> Alignments:
        """Some of them, in that order."""
        counts = np.diff(self.offsets)[which]
        ends = np.cumsum(counts)
        places = np.repeat(self.offsets[:-1][which] - ends + counts, counts) + np.arange(counts.sum())
        table = np.stack([getattr(self, name)[which] for name in ROWS])
        return assembled(table, self.runs[places], counts)


ROWS = ("query", "target", "score", "query_begin", "query_end", "target_begin", "target_end", "query_length", "target_length")


@dataclass(frozen=True, slots=True)
class Aligned:
    """One alignment as three lines of equal length; `middle` has | under equal letters, . under different, blank at gaps."""

    query: str
    middle: str
    target: str

    def __str__(self) -> str:
        return f"{self.query}\n{self.middle}\n{self.target}"


def assembled(table: Integers, runs: NDArray[np.uint32], counts: Integers) -> Alignments:
    """From a table [9, N] with a row for each of ROWS, all runs end to end, and the number of runs of each."""
    columns = dict(zip(ROWS, table, strict=True))
    offsets: Integers = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
    return Alignments(runs=runs, offsets=offsets, **columns)


def joined(parts: list[Alignments]) -> Alignments:
    """Several lots as one."""
    if not parts:
        return assembled(np.zeros((len(ROWS), 0), np.int64), np.zeros(0, np.uint32), np.zeros(0, np.int64))
    table = np.concatenate([np.stack([getattr(part, name) for name in ROWS]) for part in parts], axis=1)
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    return assembled(table, np.concatenate([part.runs for part in parts]), counts)


def _shares(part: Integers, whole: Integers | Floats) -> Floats:
    """part / whole, nan where whole is 0."""
    shares = np.full(len(part), np.nan)
    np.divide(part, whole, out=shares, where=np.asarray(whole) > 0)
    return shares
