"""The text of a file, whatever packed it: plain, gzip or bgzip, told by its first bytes, never by its name.

In: a path. Out: blocks of bytes, unpacked, of bounded size; in `lines`, whole lines that end in a line feed alone.
What breaks off (a truncated gzip file, a decompression bomb) ends the blocks and is noted; what came before stays.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from iatros.cases.sequences.tally import Tally
from iatros.findings import Finding, InputError

Packing = Literal["plain", "gzip", "bgzip"]
GZIP = b"\x1f\x8b"
BLOCK = 4 * 2**20  # bytes of text at a time
PACKED = 2**18  # bytes of a gzip file at a time
MOST_RATIO = 200  # unpacked to packed; real sequences stay below 20, a bomb reaches 1,000
RATIO_FROM = 256 * 2**20  # bytes of text before the ratio is judged: a run of N packs well
HEAD = 512  # bytes that tell what a file is
OTHERS = (
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "a zip"),
    (b"CRAM", "CRAM"),
)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"


def packing(head: bytes, file: str) -> Packing:
    """How a file is packed, from its first bytes. Raises InputError for packings that are not read."""
    for magic, name in OTHERS:
        if head.startswith(magic):
            raise _stop(file, f"this is {name}", "unpack it, or pack it with gzip or bgzip")
    if not head.startswith(GZIP):
        return "plain"
    extra = len(head) >= 18 and head[3] & 4 and head[12:16] == b"BC\x02\x00"
    return "bgzip" if extra else "gzip"


def blocks(path: Path, tally: Tally) -> Iterator[bytes]:
    """The bytes of a file, unpacked, at most BLOCK at a time and as they are. Raises InputError where there is no such file."""
    try:
        opened = path.open("rb")
    except OSError as wrong:
        raise _stop(tally.file, f"it cannot be read ({wrong.strerror})", "check the path") from wrong
    with opened:
        how = packing(opened.read(HEAD), tally.file)
        opened.seek(0)
        if how == "plain":
            while block := opened.read(BLOCK):
                yield block
        else:
            yield from _gathered(_unpacked(opened, tally))


def lines(path: Path, tally: Tally) -> Iterator[bytes]:
    r"""Blocks that end in a line's end, "\n" alone; only a line longer than BLOCK comes in several.

    "\r\n" and a lone "\r" are line ends; a byte-order mark goes; a missing last line end is added.
    Raises InputError for UTF-16.
    """
    rest, first = b"", True
    for block in blocks(path, tally):
        text = rest + block
        if first:
            if text.startswith(UTF16):
                raise _stop(tally.file, "the text is UTF-16", "save it as plain text (UTF-8)")
            text, first = text.removeprefix(BOM), False
        at = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1
        if not at and len(text) >= BLOCK:  # a very long line: its last byte may be half a line end
            at = len(text) - 1
        rest = text[at:]
        if at:
            yield _plain(text[:at])
    if rest:
        yield _plain(rest if rest.endswith((b"\n", b"\r")) else rest + b"\n")


def whole_lines(given: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut behind line feeds; a line longer than a block comes in several."""
    rest = b""
    for block in given:
        text = rest + block
        at = text.rfind(b"\n") + 1 or (len(text) if len(text) >= BLOCK else 0)
        rest = text[at:]
        if at:
            yield text[:at]
    if rest:
        yield rest


def _plain(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of 64 kB that bgzip gives, joined to blocks."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BLOCK // 2:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _unpacked(packed: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """What gzip members hold, one after another."""
    engine = zlib.decompressobj(31)
    rest, given = b"", 0
    while True:
        if len(rest) < 2:
            rest += packed.read(PACKED)
        if engine.eof:
            rest = rest.lstrip(b"\0")  # tapes pad with zeros
            if not rest:
                if not (rest := packed.read(PACKED)):
                    return
                continue
            if not rest.startswith(GZIP):
                tally.note("trailing", ("warning", "bytes behind the gzip file's end are not read", "remove them"))
                return
            engine = zlib.decompressobj(31)
        try:
            text = engine.decompress(rest, BLOCK)
        except zlib.error:
            _broken(given, tally)
            return
        if not rest and not text:
            _broken(given, tally)
            return
        rest = engine.unused_data if engine.eof else engine.unconsumed_tail
        given += len(text)
        if given > max(RATIO_FROM, MOST_RATIO * packed.tell()):
            what = f"the gzip file unpacks to over {MOST_RATIO} times its size: reading stopped after {given // 2**20:,} MB"
            tally.note("bomb", ("error", what, "unpack it yourself, if you trust it"))
            return
        if text:
            yield text


def _broken(given: int, tally: Tally) -> None:
    what = f"the gzip file is broken or cut off after {given:,} bytes of text"
    tally.note("truncated", ("error", what, "copy or download it again; whole records before the break are read"))


def _stop(file: str, what: str, todo: str) -> InputError:
    return InputError(Finding("error", what, todo, file=file, check="place"))
