"""One atom of a backbone as a line of a file tells it, whatever the format; and the texts and numbers of such lines."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, nan
from typing import NamedTuple

from iatros.cases.sequences.tally import Tally, Told

LARGEST_TEXT = 2**30  # bytes of unpacked text; the largest structures of the PDB have 400 MB
FARTHEST = 1e5  # angstrom from the origin: no molecule is there
BLANKS = ("", ".", "?")  # "none" and "unknown" in mmCIF, nothing in PDB


class Atom(NamedTuple):
    """What a line says of N, CA or C. conformer: "" where there is one alone; bound: it may be part of the chain."""

    line: int
    model: str
    chain: str
    number: int
    insertion: str
    residue: str
    name: str
    conformer: str
    occupancy: float
    place: tuple[float, float, float]
    b_factor: float
    bound: bool


def numbered(blocks: Iterator[bytes], tally: Tally) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, from 1, of at most LARGEST_TEXT; what is no ASCII is kept as some sign."""
    size, line = 0, 0
    for block in blocks:
        size += len(block)
        if size > LARGEST_TEXT:
            what = f"the file has over {LARGEST_TEXT // 2**20:,} MB of text: reading stopped at line {line:,}"
            tally.note("size", ("error", what, "split it, a file for each structure"))
            return
        text = block.decode("latin-1")
        for one in text.removesuffix("\n").split("\n"):
            line += 1
            yield line, one


def coordinates(texts: tuple[str, str, str]) -> tuple[float, float, float] | None:
    """Three numbers; None where one is no number, or farther than any molecule."""
    x, y, z = (decimal(text) for text in texts)
    if x is None or y is None or z is None or max(abs(x), abs(y), abs(z)) > FARTHEST:
        return None
    return x, y, z


def decimal(text: str) -> float | None:
    """A finite number as files of structures write it; None where it is none (also of what only Python reads: 1_000)."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and "_" not in text else None


def whole(text: str) -> int | None:
    """A whole number; None where it is none."""
    stripped = text.strip()
    digits = stripped.removeprefix("-")
    return int(stripped) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def share(text: str) -> float:
    """An occupancy: 1 where none is given, 0 where it is no number."""
    if text.strip() in BLANKS:
        return 1.0
    return decimal(text) or 0.0


def b_factor(text: str) -> float:
    """NaN where it is not given, or no number."""
    value = decimal(text)
    return nan if value is None else value


def fault(what: str) -> Told:
    """An atom that cannot be placed is set aside."""
    return "aside", f"{what}, and the atom is left out", "correct the line"
