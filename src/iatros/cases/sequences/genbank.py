"""GenBank and GenPept flat files -> `Records`: names, definitions with the organism, letters; features are not read.

In: lines. Out: `Records`, each checked against the length that its LOCUS line declares.
Source: GenBank flat file release notes, section 3.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from iatros.cases.sequences.chunks import chunks
from iatros.cases.sequences.fasta import SKIPPED
from iatros.cases.sequences.records import Records, ends_of
from iatros.cases.sequences.tally import Tally, Told

LOCUS = re.compile(rb"^LOCUS +(\S+) +(\d+) +(bp|aa|rc)", re.MULTILINE)
VERSION = re.compile(rb"^VERSION +(\S+)", re.MULTILINE)
DEFINITION = re.compile(rb"^DEFINITION +(.*(?:\n {12}.*)*)", re.MULTILINE)
ORGANISM = re.compile(rb"^  ORGANISM +(.*)", re.MULTILINE)
ORIGIN = re.compile(rb"^ORIGIN.*\n", re.MULTILINE)
BEGIN = re.compile(rb"^LOCUS\b", re.MULTILINE)
Entry = tuple[str, str, bytes, int, int]  # name, definition, letters, line, number
NUMBERS = b"0123456789 \n\t"


def parse(lines: Iterator[bytes], tally: Tally) -> Iterator[Records]:
    """The records of a file, some thousand at a time."""
    read = 0
    for chunk in chunks(lines, end_of_last, tally):
        line, found = chunk.line, []
        for text in re.split(rb"(?<=\n//\n)", chunk.text):
            read += bool(BEGIN.search(text))
            one = _record(text, line, tally, read)
            line += text.count(b"\n")
            found += [one] if one else []
        if found:
            names, definitions, letters, at, numbers = zip(*found, strict=True)
            offsets = ends_of(np.array([len(one) for one in letters], np.int64))
            yield Records(names, definitions, b"".join(letters), offsets, np.array(at, np.int64), np.array(numbers, np.int64))


def end_of_last(block: bytes, fresh: bool) -> int:
    """Behind the last record that ends in a block; -1 if none does."""
    at = block.rfind(b"\n//\n")
    if at >= 0:
        return at + 4
    return 3 if fresh and block.startswith(b"//\n") else -1


def _record(text: bytes, line: int, tally: Tally, read: int) -> Entry | None:
    """One entry; None for what holds none."""
    begin = BEGIN.search(text)
    before = text[: begin.start()] if begin else text
    if before.strip(b" \n/"):
        tally.note("preamble", SKIPPED, [line])
    if begin is None:
        return None
    line += before.count(b"\n")
    text = text[begin.start() :]
    locus, origin = LOCUS.search(text), ORIGIN.search(text)
    ended = text.rstrip().endswith(b"\n//")
    fault = _fault(locus, origin, ended)
    if fault is None and locus is not None and origin is not None:
        letters = text[origin.end() : text.rindex(b"//")].translate(None, NUMBERS)
        if len(letters) == int(locus[2]):
            return (*_names(text, locus), letters, line, read)
        fault = f"an entry holds {len(letters):,} letters, its LOCUS line declares {int(locus[2]):,}"
    told: Told = ("aside", fault or "", "download it again, with its sequence")
    tally.note("entry", told, [line], record=read)
    return None


def _fault(locus: re.Match[bytes] | None, origin: re.Match[bytes] | None, ended: bool) -> str | None:
    if locus is None:
        return "the LOCUS line has no name and length"
    if not ended:
        return "an entry breaks off before its end, //"
    return None if origin else "an entry holds no sequence (no ORIGIN)"


def _names(text: bytes, locus: re.Match[bytes]) -> tuple[str, str]:
    """The accession with its version, else the locus; and the definition on one line, with NCBI's `[organism=Homo sapiens]`."""
    version, definition, organism = VERSION.search(text), DEFINITION.search(text), ORGANISM.search(text)
    name = (version or locus)[1].decode("utf-8", "replace")
    parts = [definition[1] if definition else b"", b"[organism=%b]" % organism[1].strip() if organism else b""]
    return name, " ".join(b" ".join(parts).decode("utf-8", "replace").split())
