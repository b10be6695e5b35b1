"""Variants of a VCF file, those that replace letters by letters: SNVs, insertions, deletions and both at once.

In: a path. Out: `Variants`, and findings whose rows are lines of the file. Set aside with their reason: several alternative
alleles, symbolic ones (<DEL>, breakends, *, none), alleles that are no nucleotides, lines that are none of VCF.
Source: VCF 4.4; Tan, Abecasis & Kang 2015, doi:10.1093/bioinformatics/btv112, for when an allele is left-aligned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.streams import lines as lines_of
from iatros.cases.sequences.tally import Tally, Told
from iatros.findings import Finding, InputError

NUCLEOTIDES = b"ACGTN"
COLUMNS = 5  # of a line that are read: CHROM, POS, ID, REF, ALT
INFO = 7  # place of the column that is kept as it is
DIGITS = 13  # of a position
LOT = 100_000  # lines
BROKEN: Told = ("aside", "a line has not the columns CHROM, POS, ID, REF, ALT with a position from 1", "mend or remove it")
SEVERAL: Told = ("aside", "a line has several alternative alleles", "split it: bcftools norm -m-")
SYMBOLIC: Told = ("aside", "an alternative allele is symbolic (<DEL>, a breakend, * or none)", "its letters are needed")
LETTERS: Told = ("aside", "an allele holds other letters than A, C, G, T, N", "write nucleotides")
SAME: Told = ("aside", "an alternative allele equals the reference's", "remove the line")
SHIFTED: Told = (
    "warning", "an allele is not left-aligned or not trimmed; its letters are right, its place may not compare",
    "bcftools norm -f REFERENCE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variants:
    """M variants.

    chromosomes, names, reference, alternative: [M]; alleles in capitals
    begins: [M] the first letter of the reference's allele, from 0 (a VCF's POS - 1)
    lines:  [M] in the file, from 1
    info:   [M] the INFO column as it stands, "" where there is none
    """

    chromosomes: tuple[str, ...]
    begins: NDArray[np.int64]
    names: tuple[str, ...]
    reference: tuple[str, ...]
    alternative: tuple[str, ...]
    lines: NDArray[np.int64]
    info: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)


def stream_variants(path: str | Path, tally: Tally) -> Iterator[Variants]:
    """The variants of a VCF file, plain, gzip or bgzip, in lots. Raises InputError for a file that is no VCF."""
    rows: list[tuple[int, bytes]] = []
    line, headed = 0, False
    for block in lines_of(Path(path), tally):
        if not line and not block.startswith(b"##fileformat=VCF"):
            raise InputError(Finding("error", "this is no VCF file", "its first line is ##fileformat=VCFv4.x", file=str(path)))
        for text in block.split(b"\n")[:-1]:
            line += 1
            if text.startswith(b"#") or not text:
                headed |= text.startswith(b"#CHROM\tPOS\tID\tREF\tALT")
            else:
                rows.append((line, text))
        if len(rows) >= LOT:
            yield _variants(rows, tally)
            rows = []
    if not headed:
        raise InputError(Finding("error", "there is no line #CHROM, POS, ID, REF, ALT", "write VCF, with tabs", file=str(path)))
    if rows:
        yield _variants(rows, tally)


def left_aligned(reference: str, alternative: str) -> bool:
    """Whether no letter can be trimmed and no shift to the left written: ends differ, and beginnings do or one has one letter.

    >>> left_aligned("CA", "C"), left_aligned("AA", "A")
    (True, False)
    """
    if reference[-1] == alternative[-1]:
        return False
    return reference[0] != alternative[0] or min(len(reference), len(alternative)) == 1


def _variants(rows: list[tuple[int, bytes]], tally: Tally) -> Variants:
    kept: list[tuple[str, int, str, str, str, int, str]] = []
    for line, text in rows:
        cells = text.split(b"\t", INFO + 1)
        fault = _fault(cells)
        if fault is not None:
            tally.note(*fault, lines=[line])
            continue
        chromosome, position, name = (cell.decode("utf-8", "replace") for cell in cells[:3])
        reference, alternative = (cell.decode("ascii").upper() for cell in cells[3:5])
        if not left_aligned(reference, alternative):
            tally.note("left_aligned", SHIFTED, [line])
        info = cells[INFO].decode("utf-8", "replace") if len(cells) > INFO else ""
        kept.append((chromosome, int(position) - 1, name, reference, alternative, line, info))
    if not kept:
        return Variants((), np.zeros(0, np.int64), (), (), (), np.zeros(0, np.int64), ())
    chromosomes, begins, names, references, alternatives, lines, infos = zip(*kept, strict=True)
    return Variants(chromosomes, np.array(begins, np.int64), names, references, alternatives, np.array(lines, np.int64), infos)


def _fault(cells: list[bytes]) -> tuple[str, Told] | None:
    """Why a line is set aside."""
    if len(cells) < COLUMNS or not cells[0] or not (cells[1].isdigit() and len(cells[1]) < DIGITS and int(cells[1]) > 0):
        return "vcf_line", BROKEN
    reference, alternative = cells[3].upper(), cells[4].upper()
    if b"," in alternative:
        return "multi_allelic", SEVERAL
    if alternative in (b".", b"*", b"") or any(sign in alternative for sign in (b"<", b"[", b"]", b".")):
        return "symbolic", SYMBOLIC
    if not reference or (reference + alternative).translate(None, NUCLEOTIDES):
        return "alleles", LETTERS
    return ("same_allele", SAME) if reference == alternative else None
