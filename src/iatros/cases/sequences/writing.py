"""Write sequences: FASTA, or FASTQ where there are qualities; plain, gzip or bgzip. In: `Records`. Out: a whole file."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from iatros.cases.sequences.bgzip import write_packed
from iatros.cases.sequences.records import Records
from iatros.cases.sequences.streams import Packing
from iatros.runs import write_atomically

LineEnd = Literal["\n", "\r\n"]


def write(
    path: str | Path, lots: Records | Iterable[Records], packing: Packing = "plain", width: int = 60, line_end: LineEnd = "\n"
) -> None:
    """Records, or lots of them, to a file. width: letters a line of FASTA, 0 for one line a sequence.

    An old file of the name is replaced at the end, when all is written.
    """
    given = [lots] if isinstance(lots, Records) else lots
    blocks = (block.replace(b"\n", line_end.encode()) for lot in given for block in _blocks(lot, width))

    def draft(place: Path) -> None:
        with place.open("wb") as to:
            _pack(to, blocks, packing)

    write_atomically(Path(path), draft)


def _pack(to: BinaryIO, blocks: Iterator[bytes], packing: Packing) -> None:
    if packing == "bgzip":
        write_packed(to, blocks)
    elif packing == "gzip":
        with gzip.GzipFile(fileobj=to, mode="wb", mtime=0) as packed:
            for block in blocks:
                packed.write(block)
    else:
        to.writelines(blocks)


def _blocks(records: Records, width: int) -> Iterator[bytes]:
    """Each record as its file has it."""
    for i, letters in enumerate(records.slices()):
        header = f"{records.names[i]} {records.descriptions[i]}".rstrip(" ").encode()
        if records.qualities is not None:
            scores = records.qualities[records.offsets[i] : records.offsets[i + 1]]
            yield b"@%b\n%b\n+\n%b\n" % (header, letters, scores)
        elif width:
            wrapped = b"\n".join(letters[at : at + width] for at in range(0, len(letters), width))
            yield b">%b\n%b\n" % (header, wrapped)
        else:
            yield b">%b\n%b\n" % (header, letters)
