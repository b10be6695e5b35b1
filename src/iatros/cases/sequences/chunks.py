"""Text -> lots of whole records, so that a parser never meets half a record. In: blocks of lines. Out: `Chunk`s."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iatros.cases.sequences.tally import Tally

LONGEST = 2**29  # bytes of one record; the longest human chromosome has 249 million letters


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole records, each ending in a line end. line: that of the first, from 1."""

    text: bytes
    line: int


def chunks(blocks: Iterator[bytes], cut: Callable[[bytes, bool], int], tally: Tally, longest: int = LONGEST) -> Iterator[Chunk]:
    """Cut blocks where records begin. cut(block, at the begin of a line) gives the last such place, or -1.

    A record of more than `longest` bytes is set aside, and so is the last one of a file that is cut off.
    """
    held: list[bytes] = []
    size, line, fresh = 0, 1, True
    for block in blocks:
        at = cut(block, fresh)
        fresh = block.endswith(b"\n")
        if at >= 0:
            if at or size:
                text = b"".join([*held, block[:at]])
                if size <= longest:
                    yield Chunk(text, line)
                line += text.count(b"\n")
            held, size, block = [], 0, block[at:]
        if size <= longest < size + len(block):
            what = f"a record is longer than {longest // 2**20:,} MB"
            tally.note("long_record", ("aside", what, "read windows of it by its index"), [line])
        size += len(block)
        if size > longest:
            line += sum(piece.count(b"\n") for piece in (*held, block))
            held = []
        else:
            held.append(block)
    if size <= longest and held:
        if tally.cut_off:
            tally.note("cut_off", ("aside", "a record is cut off with its file", "copy the file again"), [line])
        else:
            yield Chunk(b"".join(held), line)
