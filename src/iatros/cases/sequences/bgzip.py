"""bgzip: gzip in blocks of 64 kB, each of which can be read alone. In: a file. Out: where its blocks lie, and any bytes of it.

The index of blocks is samtools' .gzi. Source: SAM/BAM format specification, section 4.1; htslib's bgzip(1).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from iatros.findings import Finding, InputError

MOST = 0xFF00  # bytes of text in a block that we write
LARGEST = 2**16  # bytes of text in any block
HEADER = struct.Struct("<4BI2BH2BHH")
END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")  # an empty block marks a whole file
KEPT = 64  # blocks that a reader remembers: 4 MB
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """packed, text: [B + 1] where each block begins in the file and in its text, and at last their ends."""

    packed: Integers
    text: Integers


def write_packed(to: BinaryIO, blocks: Iterable[bytes], level: int = 6) -> None:
    """Text as bgzip, with its end mark."""
    rest = b""
    for block in blocks:
        rest += block
        while len(rest) >= MOST:
            to.write(_block(rest[:MOST], level))
            rest = rest[MOST:]
    if rest:
        to.write(_block(rest, level))
    to.write(END)


def _block(text: bytes, level: int) -> bytes:
    engine = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = engine.compress(text) + engine.flush()
    if len(packed) > LARGEST - 26:  # noise grows when it is packed
        engine = zlib.compressobj(0, zlib.DEFLATED, -15)
        packed = engine.compress(text) + engine.flush()
    head = HEADER.pack(31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(packed) + 25)
    return head + packed + struct.pack("<II", zlib.crc32(text), len(text))


def find_blocks(path: Path, file: str = "") -> Blocks:
    """Where the blocks of a file lie, from their headers alone. Raises InputError where a block is broken or cut off."""
    packed, text = [0], [0]
    size = path.stat().st_size
    with path.open("rb") as opened:
        while packed[-1] < size:
            head = opened.read(18)
            if len(head) < 18 or head[:4] != b"\x1f\x8b\x08\x04" or head[12:16] != b"BC\x02\x00":
                raise _broken(file or str(path), text[-1])
            end = packed[-1] + int.from_bytes(head[16:18], "little") + 1
            if end > size:
                raise _broken(file or str(path), text[-1])
            opened.seek(end - 4)
            text.append(text[-1] + int.from_bytes(opened.read(4), "little"))
            packed.append(end)
    return Blocks(np.array(packed, np.int64), np.array(text, np.int64))


def to_gzi(blocks: Blocks) -> bytes:
    """As .gzi: the number of blocks behind the first, and where each begins, packed and unpacked."""
    inner = np.stack([blocks.packed[1:-1], blocks.text[1:-1]], axis=1).astype("<u8")
    return struct.pack("<Q", len(inner)) + inner.tobytes()


def from_gzi(raw: bytes, size: int) -> Blocks | None:
    """From .gzi; None for what is none. size: bytes of the packed file. Where the text ends is a bound."""
    if len(raw) < 8 or len(raw) != 8 + 16 * int.from_bytes(raw[:8], "little"):
        return None
    inner = np.frombuffer(raw, "<u8", offset=8).reshape(-1, 2).astype(np.int64)
    packed = np.concatenate(([0], inner[:, 0], [size]))
    text = np.concatenate(([0], inner[:, 1], inner[-1:, 1] + LARGEST if len(inner) else [LARGEST]))
    return Blocks(packed, text) if np.all(np.diff(packed) > 0) and np.all(np.diff(text) >= 0) else None


class Reader:
    """Any bytes of the text of a packed file."""

    def __init__(self, path: Path, blocks: Blocks) -> None:
        self.path, self.blocks = path, blocks
        self.block = lru_cache(maxsize=KEPT)(self._unpacked)

    def read(self, begin: int, size: int) -> bytes:
        """Fewer than `size` bytes where the text ends. Raises InputError where a block is broken."""
        text = self.blocks.text
        first = max(0, int(np.searchsorted(text, begin, side="right")) - 1)
        last = min(int(np.searchsorted(text, begin + size, side="left")), len(text) - 1)
        whole = b"".join(self.block(i) for i in range(first, last))
        at = begin - int(text[first])
        return whole[at : at + size]

    def _unpacked(self, i: int) -> bytes:
        """The text of block i: what the index calls one may be several."""
        begin, end = int(self.blocks.packed[i]), int(self.blocks.packed[i + 1])
        rest, parts = PlainReader(self.path).read(begin, end - begin), []
        try:
            while rest:
                engine = zlib.decompressobj(31)
                parts.append(engine.decompress(rest, LARGEST + 1))
                if not engine.eof:
                    raise _broken(str(self.path), int(self.blocks.text[i]))
                rest = engine.unused_data
        except zlib.error as wrong:
            raise _broken(str(self.path), int(self.blocks.text[i])) from wrong
        return b"".join(parts)


class PlainReader:
    """Any bytes of a file that is not packed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, begin: int, size: int) -> bytes:
        """Fewer than `size` bytes where the file ends. No file stays open."""
        with self.path.open("rb", buffering=0) as opened:
            opened.seek(begin)
            return opened.read(size)


def _broken(file: str, at: int) -> InputError:
    what = f"the bgzip file, or its index, is broken after {at:,} bytes of text"
    return InputError(Finding("error", what, "copy the file again, and remove its .gzi", file=file, check="truncated"))
