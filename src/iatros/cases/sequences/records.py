"""Sequences as they came out of a file: names, letters, where they stood. In: parsed parts. Out: `Records`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import compress, pairwise

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Records:
    """M sequences, end to end.

    names:        [M]     the first word of each header
    descriptions: [M]     the rest of it
    letters:      [N]     ASCII
    offsets:      [M + 1] sequence i is letters[offsets[i]:offsets[i + 1]]
    lines:        [M]     the line on which each begins, from 1
    numbers:      [M]     its number in the file, from 1
    qualities:    [N]     Phred scores + 33 of FASTQ, or None
    """

    names: tuple[str, ...]
    descriptions: tuple[str, ...]
    letters: bytes
    offsets: Integers
    lines: Integers
    numbers: Integers
    qualities: bytes | None = None

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, i: int) -> str:
        return self.letters[self.offsets[i] : self.offsets[i + 1]].decode("ascii")

    @property
    def lengths(self) -> Integers:
        """[M] letters of each."""
        lengths: Integers = np.diff(self.offsets)
        return lengths

    @property
    def codes(self) -> NDArray[np.uint8]:
        """[N] the letters as numbers, without a copy."""
        return np.frombuffer(self.letters, np.uint8)

    def slices(self) -> Iterator[bytes]:
        """The letters of each."""
        return (self.letters[begin:end] for begin, end in pairwise(self.offsets.tolist()))

    def texts(self) -> list[str]:
        """The letters of each, as `iatros.align` takes them."""
        whole = self.letters.decode("ascii")
        return [whole[begin:end] for begin, end in pairwise(self.offsets.tolist())]

    def phred(self, i: int) -> NDArray[np.uint8]:
        """The quality scores of a FASTQ record, one a letter. Raises ValueError where there are none."""
        if self.qualities is None:
            raise ValueError("these records have no qualities")
        return np.frombuffer(self.qualities[self.offsets[i] : self.offsets[i + 1]], np.uint8) - 33

    def rows_of(self, places: Integers) -> Integers:
        """Which records hold these letters, each once, in order. places: ascending."""
        before = np.searchsorted(places, self.offsets)
        return np.flatnonzero(np.diff(before))

    def rows_with(self, flags: NDArray[np.bool_]) -> Integers:
        """The same for a flag a letter, [N], where many are set: no list of places is made."""
        filled = np.flatnonzero(self.lengths)
        held = np.maximum.reduceat(flags.view(np.uint8), self.offsets[:-1][filled]) if len(filled) else filled
        return filled[held > 0]

    def without_letters(self, gone: NDArray[np.bool_]) -> Records:
        """Without some letters. gone: [N]."""
        summed = np.concatenate(([0], np.cumsum(gone)))
        offsets = (self.offsets - summed[self.offsets]).astype(np.int64)
        kept = ~gone
        qualities = None if self.qualities is None else np.frombuffer(self.qualities, np.uint8)[kept].tobytes()
        return replace(self, letters=self.codes[kept].tobytes(), offsets=offsets, qualities=qualities)

    def chosen(self, kept: NDArray[np.bool_]) -> Records:
        """Some of the records. kept: [M]."""
        if kept.all():
            return self
        lengths, which = self.lengths[kept], kept.tolist()
        qualities = None
        if self.qualities is not None:
            spans = zip(self.offsets[:-1][kept].tolist(), self.offsets[1:][kept].tolist(), strict=True)
            qualities = b"".join([self.qualities[begin:end] for begin, end in spans])
        return Records(
            tuple(compress(self.names, which)),
            tuple(compress(self.descriptions, which)),
            b"".join(compress(self.slices(), which)),
            ends_of(lengths),
            self.lines[kept],
            self.numbers[kept],
            qualities,
        )


def ends_of(lengths: Integers) -> Integers:
    """[M + 1] offsets from lengths [M]."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))


def joined(parts: list[Records]) -> Records:
    """Several lots, at least one, as one."""
    if len(parts) == 1:
        return parts[0]
    return Records(
        tuple(name for part in parts for name in part.names),
        tuple(text for part in parts for text in part.descriptions),
        b"".join(part.letters for part in parts),
        ends_of(np.concatenate([part.lengths for part in parts])),
        np.concatenate([part.lines for part in parts]),
        np.concatenate([part.numbers for part in parts]),
        b"".join(part.qualities or b"" for part in parts) if parts[0].qualities is not None else None,
    )
