"""The cells of an image input: what they say of themselves, the grid they share, and their packing.

In: cells (paths of files, or rows of an array). Out: findings; a plan; packed pixels. A bad cell is a finding, no exception.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from iatros.cases import pictures
from iatros.cases.pictures import Header, PictureError
from iatros.contracts import Cells
from iatros.findings import Finding, InputError, Severity
from iatros.modalities.image_grid import Aspect, Plan, to_grid
from iatros.modalities.image_quality import unusual
from iatros.packed import Packed

T = TypeVar("T")
AUTO_LONGEST = 128  # pixels of the longer side, where the study names no size: what two cores train in minutes
HEADERS_PLANNED = 512  # headers that a plan is learned from
DECODED_PLANNED = 32  # images decoded for a plan
COLOURED = 4.0  # mean spread between a pixel's channels, of 255, from which an RGB file is more than grey
IN_MEMORY = 2**30  # bytes; larger packs are built in a temporary file


def check_cells(cells: Cells, column: str, side: tuple[int, int] | None) -> list[Finding]:
    """Faults of single cells that show without decoding (aside), then what the images as a whole look like."""
    array = cells.arrays.get(column)
    if array is not None:
        return _check_array(array, cells, column)
    seen = over_cells(cells, column, lambda cell: pictures.header(pictures.locate(cell, cells.folder)))
    findings = _faults(seen.faults, cells, column)
    small = {at: fault for at, header in seen.results.items() if (fault := _fault_of_size(header))}
    findings += _faults(small, cells, column)
    headers = {at: header for at, header in seen.results.items() if at not in small}
    if not headers:
        todo = "see whether the column holds paths that start at the table's folder"
        return [*findings, Finding("error", "no image can be read", todo, cells.file, (), column, check="pictures")]
    return findings + _mixtures(headers, cells, column, side)


def plan_cells(
    cells: Cells, column: str, side: tuple[int, int] | None, channels: int | None, window: tuple[float, float] | None
) -> Plan:
    """The grid for these cells: median size (at most AUTO_LONGEST), colour if most have it, 16 bits if most have them."""
    array = cells.arrays.get(column)
    if array is not None:
        return _plan_array(array, cells, column, side, channels)
    some = _spread(len(cells), HEADERS_PLANNED)
    headers = over_cells(cells, column, lambda cell: pictures.header(pictures.locate(cell, cells.folder)), some).results
    if not headers:
        raise InputError(
            Finding(
                "error", "no image can be read", "see whether the paths start at the table's folder", cells.file, (), column
            )
        )
    height, width = side or auto_size(list(headers.values()))
    deep = [at for at, header in headers.items() if header.bits == 16]
    coloured = [at for at, header in headers.items() if header.channels == 3]
    depth = 16 if 2 * len(deep) > len(headers) else 8
    if channels is None:
        channels = 3 if 2 * len(coloured) >= len(headers) and _most_coloured(cells, column, coloured, window) else 1
    dicom = any(headers[at].format == "DICOM" for at in deep)
    high = 65_535 if dicom or not deep else _white(cells, column, deep)
    return Plan(height=height, width=width, channels=channels, depth=depth, high=high)


def auto_size(headers: Sequence[Header]) -> tuple[int, int]:
    """Median height and width, shrunk together until the longer is at most AUTO_LONGEST."""
    height = float(np.median([header.height for header in headers]))
    width = float(np.median([header.width for header in headers]))
    zoom = min(1, AUTO_LONGEST / max(height, width))
    return max(pictures.SMALLEST_SIDE, round(height * zoom)), max(pictures.SMALLEST_SIDE, round(width * zoom))


def pack_cells(
    cells: Cells, column: str, plan: Plan, aspect: Aspect, crop: float, window: tuple[float, float] | None
) -> Packed:
    """pixels [M, C, H, W]. Cells that cannot be read, or show one value all over, are set aside."""
    array = cells.arrays.get(column)
    pixels = _room((len(cells), plan.channels, plan.height, plan.width), plan.dtype)
    values = cells.frame[column].to_list()

    def read(cell: Any) -> NDArray[Any]:  # Any: a path, or a row of the array
        return pictures.decode(pictures.locate(cell, cells.folder), window) if array is None else np.asarray(array[int(cell)])

    def place(at: int) -> None:
        image = read(values[at])
        pictures.refuse_size(*image.shape[:2])
        if not np.isfinite(image).all():
            raise PictureError("the image holds values that are no numbers", "fill them in, or remove the row")
        if image.min() == image.max():
            raise PictureError("the image is blank, one value all over", "export the image again, or remove the row")
        pixels[at] = to_grid(image, plan, aspect, crop)

    seen = over_positions(_filled(cells, column), place)
    present = np.zeros(len(cells), bool)
    present[list(seen.results)] = True
    packed = Packed({"pixels": pixels}, present, plan)
    return replace(packed, findings=(*_faults(seen.faults, cells, column), *unusual(packed, cells, column)))


class Seen(Generic[T]):
    """What a function gave for each position, and the positions where it raised a PictureError."""

    def __init__(self) -> None:
        self.results: dict[int, T] = {}
        self.faults: dict[int, PictureError] = {}


def over_cells(cells: Cells, column: str, look: Callable[[str], T], at: Sequence[int] | None = None) -> Seen[T]:
    """`look` at the cells that hold a path (of the positions `at`, by default all)."""
    values = cells.frame[column].to_list()
    filled = _filled(cells, column)
    wanted = filled if at is None else sorted(set(at) & set(filled))
    return over_positions(wanted, lambda i: look(str(values[i])))


def over_positions(positions: Sequence[int], look: Callable[[int], T]) -> Seen[T]:
    """`look` at every position, in as many threads as there are cores: decoders let go of Python's lock."""
    seen: Seen[T] = Seen()

    def one(at: int) -> T | PictureError:
        try:
            return look(at)
        except PictureError as fault:
            return fault

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for at, result in zip(positions, pool.map(one, positions), strict=True):
            if isinstance(result, PictureError):
                seen.faults[at] = result
            else:
                seen.results[at] = result
    return seen


def _filled(cells: Cells, column: str) -> list[int]:
    """Positions with a cell that is not empty."""
    return [at for at, cell in enumerate(cells.frame[column].to_list()) if cell is not None and str(cell).strip()]


def _spread(count: int, most: int) -> list[int]:
    return sorted({int(at) for at in np.linspace(0, count - 1, min(count, most))}) if count else []


def _faults(faults: Mapping[int, PictureError], cells: Cells, column: str) -> list[Finding]:
    """One finding for each reason, with all its rows."""
    by_reason: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in sorted(faults):
        by_reason[faults[at].fault, faults[at].todo].append(at)
    found = []
    for (fault, todo), places in by_reason.items():
        what = f"{_images(len(places))} cannot be used: {fault}"
        found.append(_finding("aside", what, todo, cells, column, places))
    return found


def _finding(severity: Severity, what: str, todo: str, cells: Cells, column: str, at: Sequence[int]) -> Finding:
    rows = tuple(int(cells.rows[i]) for i in at)
    return Finding(severity, what, todo, cells.file, rows, column, check="pictures")


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _fault_of_size(header: Header) -> PictureError | None:
    try:
        pictures.refuse_size(header.height, header.width)
    except PictureError as fault:
        return fault
    return None


def _mixtures(headers: Mapping[int, Header], cells: Cells, column: str, side: tuple[int, int] | None) -> list[Finding]:
    """Notes on what differs between images that can be read."""
    sizes = Counter((header.height, header.width) for header in headers.values())
    common = sizes.most_common(1)[0][0]
    chosen = side or auto_size(list(headers.values()))
    kinds: list[tuple[str, Callable[[Header], bool], str]] = [
        ("of another size", lambda h: (h.height, h.width) != common, f"all are brought to {chosen[0]} x {chosen[1]} pixels"),
        ("with 16 bits among 8", lambda h: h.bits == 16, "see that both show the same greys, or export all alike"),
        ("in colour among grey", lambda h: h.channels == 3, "set `channels` to 1 or 3 if `auto` is not what you want"),
        ("of several frames", lambda h: h.frames > 1, "the first frame is used; export the right one if it is another"),
    ]
    found = []
    for what, odd, todo in kinds:
        at = [i for i, header in headers.items() if odd(header)]
        if at and (what == "of several frames" or len(at) < len(headers)):
            found.append(_finding("note", f"{_images(len(at))} {what}", todo, cells, column, at))
    return found


def _check_array(array: NDArray[Any], cells: Cells, column: str) -> list[Finding]:
    shape = " x ".join(str(n) for n in array.shape)
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[3] not in (1, 3)):
        todo = "give images as [cases, height, width] or [cases, height, width, 1 or 3]"
        return [_finding("error", f"an array of {shape} is no set of images", todo, cells, column, ())]
    if array.dtype.kind not in "buif":
        return [_finding("error", f"images of type {array.dtype}", "save them as numbers", cells, column, ())]
    if min(array.shape[1:3]) < pictures.SMALLEST_SIDE:
        return [_finding("error", f"images of {shape} pixels are too small", "export larger ones", cells, column, ())]
    return []


def _plan_array(array: NDArray[Any], cells: Cells, column: str, side: tuple[int, int] | None, channels: int | None) -> Plan:
    wrong = _check_array(array, cells, column)
    if wrong:
        raise InputError(wrong[0])
    high = array.shape[1:3]
    height, width = side or auto_size([Header(high[0], high[1], 1, 8)])
    colours = 3 if array.ndim == 4 and array.shape[3] == 3 else 1
    low, white = (0.0, 255.0) if array.dtype == np.uint8 else _ends(array, cells, column)
    depth = 8 if array.dtype in (np.uint8, np.bool_) or (array.dtype.kind in "iu" and white <= 255) else 16
    return Plan(height=height, width=width, channels=channels or colours, depth=depth, low=low, high=white)


def _ends(array: NDArray[Any], cells: Cells, column: str) -> tuple[float, float]:
    """The lowest number, or 0, and the highest, or 1."""
    known = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    if array.size and not known.size:
        raise InputError(_finding("error", "the images hold no numbers", "save them again", cells, column, ()))
    return float(known.min(initial=0)), float(known.max(initial=1))


def _decoded(cells: Cells, column: str, at: Sequence[int], window: tuple[float, float] | None) -> list[NDArray[Any]]:
    some = [at[i] for i in _spread(len(at), DECODED_PLANNED)]
    look = over_cells(cells, column, lambda cell: pictures.decode(pictures.locate(cell, cells.folder), window), some)
    return list(look.results.values())


def _most_coloured(cells: Cells, column: str, at: Sequence[int], window: tuple[float, float] | None) -> bool:
    """Do most RGB files show more than grey?"""
    spreads = [
        float((image.max(2).astype(float) - image.min(2)).mean())
        for image in _decoded(cells, column, at, window)
        if image.ndim == 3
    ]
    return bool(spreads) and float(np.median(spreads)) > COLOURED


def _white(cells: Cells, column: str, at: Sequence[int]) -> float:
    """White of 16-bit files that are no DICOM: many hold 10, 12 or 14 bits. All of a study have one white."""
    highest = max((int(image.max()) for image in _decoded(cells, column, at, None)), default=65_535)
    return float(2 ** max(8, highest.bit_length()) - 1)


def _room(shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    """Zeros, in memory or in a nameless temporary file."""
    if int(np.prod(shape)) * np.dtype(dtype).itemsize <= IN_MEMORY:
        return np.zeros(shape, dtype)
    with tempfile.TemporaryFile() as file:
        return np.memmap(file, dtype, "w+", shape=shape)
