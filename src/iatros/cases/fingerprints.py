"""Are these the same cells as last time? In: the cells of one source. Out: a SHA-256 over all that decides what is packed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl

from iatros.contracts import Cells


def fingerprint(cells: Cells, files: bool) -> str:
    """SHA-256 over names, types, values and row numbers; arrays count by content.

    files: cells of text columns are paths, and count by the size and time of change of their file as well. A file that is
    not there counts as absent, so that it is looked for again once it is.
    """
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(cells.rows, np.int64).tobytes())
    for column in cells.frame.get_columns():
        digest.update(json.dumps([column.name, str(column.dtype), len(column)]).encode())
        digest.update(_content(column))
        if files and column.dtype == pl.String:
            digest.update(json.dumps([_stamp(cells.folder, path) for path in column.to_list()]).encode())
    for name, array in sorted(cells.arrays.items()):
        digest.update(json.dumps([name, str(array.dtype), array.shape]).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _content(column: pl.Series) -> bytes:
    if column.dtype.is_numeric():
        known = column.is_not_null().to_numpy()
        return known.tobytes() + column.fill_null(0).to_numpy().tobytes()
    return json.dumps(column.cast(pl.String).to_list(), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _stamp(folder: Path, path: str | None) -> tuple[int, int] | None:
    """(bytes, time of change in ns) of a file, or None."""
    if path is None:
        return None
    try:
        told = (folder / path).stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return told.st_size, told.st_mtime_ns
