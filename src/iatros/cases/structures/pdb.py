"""PDB: fixed columns, one atom a line. In: lines. Out: atoms of backbones.

Source: wwPDB, Atomic Coordinate Entry Format 3.3, coordinate section.
"""

from __future__ import annotations

from collections.abc import Iterator

from iatros.cases.sequences.tally import Tally
from iatros.cases.structures.atoms import Atom, b_factor, coordinates, fault, numbered, share, whole
from iatros.cases.structures.chains import BACKBONE
from iatros.findings import quote

SHORTEST = 54  # columns up to the end of z


def looks_like(text: str) -> bool:
    """Does a file's begin hold lines of PDB?"""
    heads = {line[:6].rstrip() for line in text.splitlines()}
    return bool(heads & {"HEADER", "ATOM", "HETATM", "CRYST1", "MODEL", "SEQRES", "REMARK"})


def parse(blocks: Iterator[bytes], tally: Tally) -> Iterator[Atom]:
    """Atoms N, CA and C, in the file's order. Lines that cannot be read are noted."""
    model, last, ended = "1", "", set[str]()
    for line, text in numbered(blocks, tally):
        kind = text[:6]
        if kind in ("ATOM  ", "HETATM"):
            if text[12:16].strip() in BACKBONE:
                found = _atom(text, line, model, ended, tally)
                if found is not None:
                    last = found.chain
                    yield found
        elif kind == "MODEL ":
            model, ended = text[6:].strip() or str(line), set()
        elif kind.rstrip() == "TER":
            ended.add(_chain(text) or last)


def _chain(text: str) -> str:
    """The chain's sign; where there is none, the segment's name, which some programs give instead."""
    return text[21:22].strip() or text[72:76].strip()


def _atom(text: str, line: int, model: str, ended: set[str], tally: Tally) -> Atom | None:
    if len(text) < SHORTEST:
        tally.note("short_line", fault(f"the line ends at column {len(text)}, before its coordinates do"), [line])
        return None
    number = whole(text[22:26])
    if number is None:
        tally.note(
            "residue_number", fault("the residue's number (columns 23 to 26) is none"), [line], example=quote(text[22:26])
        )
        return None
    place = coordinates((text[30:38], text[38:46], text[46:54]))
    if place is None:
        told = fault("its coordinates (columns 31 to 54) are no numbers")
        tally.note("coordinates", told, [line], example=quote(text[30:54]))
        return None
    chain = _chain(text)
    bound = text.startswith("ATOM") or chain not in ended
    return Atom(
        line, model, chain, number, text[26:27].strip(), text[17:20].strip(), text[12:16].strip(), text[16:17].strip(),
        share(text[54:60]), place, b_factor(text[60:66]), bound,
    )  # fmt: skip
