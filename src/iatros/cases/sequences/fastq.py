"""FASTQ of four lines a record (name, letters, +, qualities) -> `Records`. What breaks that form is set aside, and reading
goes on at the next whole record.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from iatros.cases.sequences.fasta import headers_of, named, without_blanks
from iatros.cases.sequences.records import Records, ends_of
from iatros.cases.sequences.tally import Tally, Told

LOWEST, HIGHEST = 33, 126  # signs of a quality: Phred 0 to 93, Sanger's coding
LONGEST_LINE = 2**28  # bytes of one record
BROKEN: Told = (
    "aside",
    "a record has not four lines (@name, letters, +, as many qualities as letters)",
    "write it in four lines",
)
STRANGE: Told = ("aside", "a quality is no sign between ! and ~", "write qualities as Phred + 33")


def parse(lines: Iterator[bytes], tally: Tally) -> Iterator[Records]:
    """The records of a file, some thousand at a time, with their qualities."""
    rest: list[bytes] = []
    half, line, read = b"", 1, 0
    for block in lines:
        text = half + block
        if not text.endswith(b"\n"):  # a line longer than a block
            half = text if len(text) <= LONGEST_LINE else _refused(line + len(rest), tally)
            continue
        half = b""
        rest += text.split(b"\n")[:-1]
        found, used = _whole(rest, line, tally, read)
        if len(found):
            read += len(found)
            yield _with_qualities(without_blanks(found, tally), tally)
        rest, line = rest[used:], line + used
    if any(rest):
        rest += [b""] * (-len(rest) % 4)
        found, _ = _whole(rest, line, tally, read, last=True)
        if len(found):
            yield _with_qualities(without_blanks(found, tally), tally)


def _refused(line: int, tally: Tally) -> bytes:
    tally.note("long_record", ("aside", f"a line is longer than {LONGEST_LINE // 2**20} MB", "write shorter records"), [line])
    return b""


def _whole(rest: list[bytes], line: int, tally: Tally, read: int, last: bool = False) -> tuple[Records, int]:
    """The whole records among some lines, and how many lines those took."""
    used = len(rest) - len(rest) % 4
    begins = np.arange(0, used, 4)
    if not _all_right(rest[:used]):
        begins, used = _found(rest, line, tally, last)
    places = begins.tolist()
    heads, letters, scores = ([rest[i + k] for i in places] for k in (0, 1, 3))
    lines = begins + line
    headers = headers_of([head[1:] for head in heads], lines, tally, read) if heads else []
    lengths = np.fromiter(map(len, letters), np.int64, len(letters))
    found = Records(
        *named(headers),
        b"".join(letters),
        ends_of(lengths),
        lines,
        np.arange(read + 1, read + len(begins) + 1),
        b"".join(scores),
    )
    return found, used


def _all_right(rest: list[bytes]) -> bool:
    """Whether these lines are records of four, one after another."""
    heads, letters, marks, scores = (rest[k::4] for k in range(4))
    signs = {head[:1] for head in heads} <= {b"@"} and {mark[:1] for mark in marks} <= {b"+"}
    return signs and list(map(len, letters)) == list(map(len, scores))


def _found(rest: list[bytes], line: int, tally: Tally, last: bool) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """Where whole records begin among damaged lines, and how many lines are done with."""
    begins, at, told = [], 0, False
    while at + 4 <= len(rest):
        if _all_right(rest[at : at + 4]):
            begins.append(at)
            at, told = at + 4, False
            continue
        if rest[at].strip() and not told:
            tally.note("broken_record", BROKEN, [line + at])
            told = True
        at += 1
    if last and any(rest[at:]) and not told:
        tally.note("broken_record", BROKEN, [line + at])
    return np.array(begins, np.int64), len(rest) if last else at


def _with_qualities(found: Records, tally: Tally) -> Records:
    """Without the records whose qualities are no Phred scores."""
    scores = np.frombuffer(found.qualities or b"", np.uint8)
    if not len(scores) or (scores.min() >= LOWEST and scores.max() <= HIGHEST):
        return found
    rows = found.rows_of(np.flatnonzero((scores < LOWEST) | (scores > HIGHEST)))
    tally.note("quality", STRANGE, found.lines[rows].tolist(), record=int(found.numbers[rows[0]]))
    kept = np.ones(len(found), np.bool_)
    kept[rows] = False
    return found.chosen(kept)
