"""FASTA: whole records -> `Records`, in a few passes over all bytes and none over a letter in Python."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.chunks import Chunk, chunks
from iatros.cases.sequences.records import Records, ends_of
from iatros.cases.sequences.tally import Tally, Told

LONGEST_HEADER = 2**16  # letters; a longer one is a sequence whose line end was lost
MARK, END = ord(">"), ord("\n")
BLANKS = b" \t\v\f"
SKIPPED: Told = ("warning", "text before the first record is skipped", "remove it")


def parse(lines: Iterator[bytes], tally: Tally) -> Iterator[Records]:
    """The records of a file, some thousand at a time, letters as they are written."""
    read = 0
    for chunk in chunks(lines, begin_of_last, tally):
        if not chunk.text.startswith(b">"):
            chunk = _without_preamble(chunk, tally)
        if chunk.text:
            found = _records(chunk, tally, read)
            read = int(found.numbers[-1])
            yield _without_lost(without_blanks(found, tally), tally)


def begin_of_last(block: bytes, fresh: bool) -> int:
    """Where the last record of a block begins; -1 if none does."""
    at = block.rfind(b"\n>") + 1
    return at if at or (fresh and block.startswith(b">")) else -1


def named(headers: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First words, and what follows them."""
    if " " not in "".join(headers):
        return tuple(headers), ("",) * len(headers)
    parts = [header.partition(" ") for header in headers]
    return tuple([part[0] for part in parts]), tuple([part[2] for part in parts])


def headers_of(raw: list[bytes], lines: NDArray[np.int64], tally: Tally, read: int) -> list[str]:
    """Headers as text: a tab is a blank, blanks before the name go, a missing name is made up from the record's number."""
    whole = b"\n".join(raw)
    plain = whole.isascii() and b"\t" not in whole and b"\n " not in whole and b"\n\n" not in whole
    if plain and whole and whole[:1] not in b" \n" and whole[-1:] != b"\n":
        return whole.decode("ascii").split("\n")
    headers = [header.decode("utf-8", "replace") for header in raw]
    _tell(headers, "\t", ("note", "a tab in a header is read as a blank", "nothing"), "tab", lines, tally, read)
    _tell(headers, "�", ("warning", "a header is no UTF-8; strange signs stand in it", "save it as UTF-8"),
          "encoding", lines, tally, read)  # fmt: skip
    headers = [header.replace("\t", " ").lstrip() for header in headers]
    nameless = [i for i, header in enumerate(headers) if not header]
    for i in nameless:
        told: Told = ("warning", "a record has no name; it is called after its number", "give it one")
        tally.note("nameless", told, [int(lines[i])], record=read + i + 1)
        headers[i] = f"record_{read + i + 1}"
    return headers


def _tell(headers: list[str], sign: str, told: Told, check: str,
          lines: NDArray[np.int64], tally: Tally, read: int) -> None:  # fmt: skip
    rows = [i for i, header in enumerate(headers) if sign in header]
    if rows:
        tally.note(check, told, [int(lines[i]) for i in rows], record=read + rows[0] + 1)


def _without_preamble(chunk: Chunk, tally: Tally) -> Chunk:
    at = chunk.text.find(b"\n>") + 1
    skipped = chunk.text[:at] if at else chunk.text
    comments = all(line.startswith(b";") or not line.strip() for line in skipped.split(b"\n"))
    if skipped.strip() and not comments:
        filled = next(i for i, line in enumerate(skipped.split(b"\n")) if line.strip())
        tally.note("preamble", SKIPPED, [chunk.line + filled])
    return Chunk(chunk.text[at:] if at else b"", chunk.line + skipped.count(b"\n"))


def _records(chunk: Chunk, tally: Tally, read: int) -> Records:
    """All records of a chunk, which begins with a header."""
    text = chunk.text
    bytes_ = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(bytes_ == END)
    begins = np.concatenate(([0], ends[:-1] + 1))
    heads = np.flatnonzero(bytes_[begins] == MARK)
    lines = (heads + chunk.line).astype(np.int64)
    bodies = ends[heads] + 1
    stops = np.append(begins[heads[1:]], len(text))
    lengths = stops - bodies - (np.diff(heads, append=len(begins)) - 1)
    raw = [text[a:b] for a, b in zip((begins[heads] + 1).tolist(), ends[heads].tolist(), strict=True)]
    body = b"".join([text[a:b] for a, b in zip(bodies.tolist(), stops.tolist(), strict=True)]).replace(b"\n", b"")
    numbers = np.arange(read + 1, read + len(heads) + 1)
    found = Records(*named(headers_of(raw, lines, tally, read)), body, ends_of(lengths), lines, numbers)
    _tell_blank_lines(begins, ends, chunk, tally)
    return found


def without_blanks(found: Records, tally: Tally) -> Records:
    """Blanks and tabs inside a sequence go, with a note."""
    if not any(blank in found.letters for blank in (b" ", b"\t", b"\v", b"\f")):
        return found
    gone = np.isin(found.codes, np.frombuffer(BLANKS, np.uint8))
    rows = found.rows_of(np.flatnonzero(gone))
    told: Told = ("note", "blanks inside a sequence are removed", "nothing")
    tally.note("blanks", told, found.lines[rows].tolist(), record=int(found.numbers[rows[0]]))
    return found.without_letters(gone)


def _tell_blank_lines(begins: NDArray[np.int64], ends: NDArray[np.int64], chunk: Chunk, tally: Tally) -> None:
    blank = np.flatnonzero(begins == ends)
    if len(blank):
        tally.note("blank_lines", ("note", "blank lines are skipped", "nothing"), (blank + chunk.line).tolist())


def _without_lost(found: Records, tally: Tally) -> Records:
    """Records whose header is too long to be one are set aside."""
    if max(map(len, (*found.descriptions, *found.names)), default=0) <= LONGEST_HEADER:
        return found
    lost = np.array([len(text) > LONGEST_HEADER for text in found.descriptions], np.bool_)
    lost |= np.array([len(name) > LONGEST_HEADER for name in found.names], np.bool_)
    told: Told = ("aside", f"a header is longer than {LONGEST_HEADER:,} letters", "break the line behind its name")
    tally.note("long_header", told, found.lines[lost].tolist(), record=int(found.numbers[lost][0]))
    return found.chosen(~lost)
