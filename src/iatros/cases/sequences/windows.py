"""A VCF and its reference -> pairs of windows of equal length, without and with each variant, for models of variant effects.

In: a VCF's path and the reference, `Indexed`. Out: `Windows` in lots, and findings whose rows are lines of the VCF.
A window has the variant's first letter at its middle. An insertion pushes letters out at the right end, a deletion takes in
further ones; beyond the ends of a chromosome stands N. Variants whose REF is not what the reference has are set aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.indexes import Indexed
from iatros.cases.sequences.tally import Tally, Told
from iatros.cases.sequences.variants import Variants, stream_variants

LOT = 4_096  # windows at a time
CALLED = "take the reference that the variants were called on"
MISMATCH: Told = ("aside", "REF is not what the reference has at this place", CALLED)
UNKNOWN: Told = ("aside", "the reference has no such chromosome", "rename it (chr1 and 1 are two names)")
OUTSIDE: Told = ("aside", "a position is beyond the chromosome's end", CALLED)
LONG: Told = ("aside", "an allele is longer than the window's right half", "take wider windows")
PADDED: Told = ("note", "a window reaches beyond its chromosome and is filled with N", "nothing")
CAPITALS = bytes.maketrans(bytes(range(97, 123)), bytes(range(65, 91)))


@dataclass(frozen=True, slots=True)
class Windows:
    """M variants of a lot.

    reference, alternative: [M, W] uint8, capitals of ASCII
    at: the column of the variant's first letter, W // 2
    variants: which they are, in order
    """

    reference: NDArray[np.uint8]
    alternative: NDArray[np.uint8]
    at: int
    variants: Variants


def variant_windows(path: str | Path, reference: Indexed, width: int, tally: Tally) -> Iterator[Windows]:
    """Windows of `width` letters around each variant of a VCF; tally gathers the findings.

    Raises InputError for a file that is no VCF, ValueError for a width below 2.
    """
    if width < 2:
        raise ValueError(f"a window of {width} letters holds no variant and its surroundings")
    lengths = reference.lengths
    for variants in stream_variants(path, tally):
        for begin in range(0, len(variants), LOT):
            found = _windows(variants, range(begin, min(begin + LOT, len(variants))), reference, lengths, width, tally)
            if len(found.variants):
                yield found


def _windows(variants: Variants, rows: range, reference: Indexed, lengths: dict[str, int], width: int, tally: Tally) -> Windows:
    pairs: list[tuple[bytes, bytes]] = []
    kept: list[int] = []
    for i in rows:
        line = int(variants.lines[i])
        fault = _fault(variants, i, lengths, width)
        if fault is None:
            pair = _pair(variants, i, reference, lengths[variants.chromosomes[i]], width)
            fault = ("reference_mismatch", MISMATCH) if pair is None else None
        if fault is not None or pair is None:
            tally.note(*(fault or ("", MISMATCH)), lines=[line])
            continue
        if _padded(variants, i, lengths, width):
            tally.note("padded", PADDED, [line])
        pairs.append(pair)
        kept.append(i)
    sides = [np.frombuffer(b"".join(side), np.uint8).reshape(-1, width) for side in zip(*pairs, strict=True)]
    nothing = np.zeros((0, width), np.uint8)
    return Windows(sides[0] if sides else nothing, sides[1] if sides else nothing, width // 2, _chosen(variants, kept))


def _fault(variants: Variants, i: int, lengths: dict[str, int], width: int) -> tuple[str, Told] | None:
    chromosome, reference = variants.chromosomes[i], variants.reference[i]
    if chromosome not in lengths:
        return "chromosome", UNKNOWN
    if int(variants.begins[i]) + len(reference) > lengths[chromosome]:
        return "position", OUTSIDE
    room = width - width // 2
    return ("long_allele", LONG) if max(len(reference), len(variants.alternative[i])) > room else None


def _pair(variants: Variants, i: int, reference: Indexed, length: int, width: int) -> tuple[bytes, bytes] | None:
    """Both windows; None where the reference has other letters than REF."""
    begin, old, new = int(variants.begins[i]), variants.reference[i], variants.alternative[i].encode()
    left = begin - width // 2
    right = left + width + len(old)  # as far as a deletion needs
    whole = reference.fetch(variants.chromosomes[i], max(0, left), min(right, length)).encode().translate(CAPITALS)
    whole = b"N" * max(0, -left) + whole + b"N" * max(0, right - length)
    at = width // 2
    if whole[at : at + len(old)] != old.encode():
        return None
    return whole[:width], (whole[:at] + new + whole[at + len(old) :])[:width]


def _padded(variants: Variants, i: int, lengths: dict[str, int], width: int) -> bool:
    left = int(variants.begins[i]) - width // 2
    return left < 0 or left + width > lengths[variants.chromosomes[i]]


def _chosen(variants: Variants, rows: list[int]) -> Variants:
    """Some of them."""
    columns = (variants.chromosomes, variants.names, variants.reference, variants.alternative, variants.info)
    chromosomes, names, references, alternatives, info = (tuple(column[i] for i in rows) for column in columns)
    return Variants(chromosomes, variants.begins[rows], names, references, alternatives, variants.lines[rows], info)
