"""Read a file, and no more of it than was agreed. In: a path and a limit. Out: its bytes, unpacked if need be."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from iatros.findings import Finding, InputError

GZIP = b"\x1f\x8b"
MOST_TEXT = 512 * 2**20  # bytes of a text table, unpacked; beyond it Parquet is the right format
BLOCK = 2**20  # bytes unpacked at a time


def contents(path: Path, file: str, limit: int = MOST_TEXT) -> bytes:
    """The bytes of a text table. Raises InputError where there are more than `limit`, or the gzip file is broken."""
    with path.open("rb") as plain:
        packed = plain.read(2) == GZIP
        plain.seek(0)
        if not packed:
            raw = plain.read(limit + 1)
        else:
            raw = _unpacked(gzip.GzipFile(fileobj=plain), file, limit)
    if len(raw) > limit:
        what = f"the table holds over {limit // 2**20:,} MB of text{' once unpacked' if packed else ''}"
        raise InputError(Finding("error", what, "write it as Parquet", file=file, check="size"))
    return raw


def _unpacked(stream: gzip.GzipFile, file: str, limit: int) -> bytes:
    blocks: list[bytes] = []
    size = 0
    try:
        while size <= limit and (block := stream.read(BLOCK)):
            blocks.append(block)
            size += len(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        what = f"the gzip file is broken after {size:,} bytes of text"
        raise InputError(Finding("error", what, "copy or download it again", file=file, check="truncated")) from wrong
    return b"".join(blocks)
