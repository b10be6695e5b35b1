"""Images and labels in one .npz. In: the file. Out: cases, with the arrays beside them.

Pickled objects are never loaded. Each array of one length is a column; MedMNIST's `train_images`, `train_labels`, `val_...`
and `test_...` are joined into `images`, `labels` and `part`.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.cases import frames
from iatros.cases.cohort import Cases, FlowStep
from iatros.findings import Finding, InputError

MOST_ARRAYS = 4 * 2**30  # bytes of all arrays of a file, unpacked
PARTS = {"train": "train", "val": "validation", "test": "test"}  # MedMNIST's words, and ours
MEMBER = re.compile(r"^(train|val|test)_(.+)$")
MOST_LABELS = 64  # a two-axis array of at most so many columns of whole numbers is a set of labels, one column each

Arrays = Mapping[str, NDArray[Any]]  # Any: the types of the user's arrays


def read(path: Path, file: str, limit: int = MOST_ARRAYS) -> Cases:
    """The cases of an .npz; rows are counted from 1, parts in the order train, val, test.

    Raises InputError for a file that is broken, holds pickled objects or over `limit` bytes, or whose arrays do not match.
    """
    found = _arrays(path, file, limit)
    parts = {name: match for name in found if (match := MEMBER.match(name))}
    if any(match[2] == "images" for match in parts.values()):
        found = _joined({name: found[name] for name in parts}, file)
    lengths = {len(array) if array.ndim else 0 for array in found.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise _stop(file, f"its arrays have no common length: {_shapes(found)}", "give each array one entry a case")
    return _cases(found, lengths.pop(), path, file)


def _cases(found: Arrays, count: int, path: Path, file: str) -> Cases:
    columns: dict[str, pl.Series] = {}
    kept: dict[str, NDArray[Any]] = {}
    for name, array in found.items():
        flat = array.reshape(count) if array.shape[1:] == (1,) else array
        if flat.ndim == 1:
            columns[name] = pl.Series(name, flat, nan_to_null=flat.dtype.kind == "f")
            continue
        columns[name], kept[name] = pl.Series(name, np.arange(count)), array
        if flat.ndim == 2 and flat.dtype.kind in "bui" and flat.shape[1] <= MOST_LABELS:
            columns |= {f"{name}_{i}": pl.Series(f"{name}_{i}", flat[:, i]) for i in range(flat.shape[1])}
    step = FlowStep(f"cases of {file}", count)
    return Cases(frames.plain(pl.DataFrame(columns)), np.arange(1, count + 1), file, path.parent, kept, flow=(step,))


def _joined(found: Arrays, file: str) -> dict[str, NDArray[Any]]:
    """MedMNIST's parts, end to end."""
    parts = [part for part in PARTS if f"{part}_images" in found]
    lengths = {part: len(found[f"{part}_images"]) for part in parts}
    kinds = sorted({name.partition("_")[2] for name in found}, key=lambda kind: (kind != "images", kind))
    joined: dict[str, NDArray[Any]] = {}
    for kind in kinds:
        pieces = {f"{part}_{kind}": found.get(f"{part}_{kind}") for part in parts}
        there = {name: piece for name, piece in pieces.items() if piece is not None}
        alike = len({piece.shape[1:] for piece in there.values()}) == 1
        matched = all(lengths[name.partition("_")[0]] == len(piece) for name, piece in there.items())
        if len(there) < len(parts) or not (alike and matched):
            raise _stop(
                file, f"its arrays do not match: {_shapes(found)}", "give each part as many labels as images of one size"
            )
        joined[kind] = np.concatenate(list(there.values()))
    joined["part"] = np.repeat([PARTS[part] for part in parts], [lengths[part] for part in parts])
    return joined


def _arrays(path: Path, file: str, limit: int) -> dict[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
            size = sum(member.file_size for member in members)
            if size > limit:
                raise _stop(
                    file, f"its arrays take {size / 2**30:,.1f} GB unpacked; the limit is {limit / 2**30:,.1f} GB", "split it"
                )
            found = {member.filename[:-4]: _array(archive, member, file) for member in members}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as wrong:
        if isinstance(wrong, PermissionError):
            raise
        raise _stop(
            file,
            f"it cannot be read as .npz ({(str(wrong) or type(wrong).__name__).splitlines()[0][:120]})",
            "copy or write it again",
        ) from wrong
    if not found:
        raise _stop(file, "there are no arrays in it", "write it with numpy.savez_compressed")
    return found


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> NDArray[Any]:
    name = member.filename[:-4]
    with archive.open(member) as stream:
        raw = stream.read(member.file_size + 1)  # never more than the directory of the archive promised
    memory = io.BytesIO(raw)
    version = np.lib.format.read_magic(memory)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = header(memory)
    if kind.hasobject:
        what = f"the array `{name}` holds pickled objects, which could run code and are never loaded"
        raise _stop(file, what, "save it as numbers or text", name)
    if int(np.prod(shape, dtype=object)) * kind.itemsize > len(raw):
        raise _stop(file, f"the array `{name}` is cut off", "copy or write it again", name)
    memory.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(memory, allow_pickle=False)
    return array


def _shapes(found: Arrays) -> str:
    return ", ".join(f"`{name}` {list(array.shape)}" for name, array in list(found.items())[:12])


def _stop(file: str, what: str, todo: str, column: str = "") -> InputError:
    return InputError(Finding("error", what, todo, file, column=column, check="arrays"))
