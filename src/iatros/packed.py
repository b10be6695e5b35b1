"""The cells of one source as a few flat arrays, memory-mapped from a cache that is addressed by content.

In: what decides the cells' packed form (kind, version, options, plan, cells). Out: `Packed`, made once and then only mapped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from iatros.findings import Finding

CACHE_VERSION = 1  # of the layout below


@dataclass(frozen=True)
class Packed:
    """The cells of one source, end to end. Ragged cells are concatenated, with an array of offsets beside them.

    arrays:   name -> array. An array whose first axis is M holds one entry a case; others are indexed by offsets.
    present:  [M] bool: does the case have this source?
    plan:     the plan the cells were packed by.
    findings: what packing found (a file that could not be decoded); rows are rows of the user's file.
    """

    arrays: Mapping[str, NDArray[Any]]  # Any: each kind's own element types
    present: NDArray[np.bool_]
    plan: BaseModel
    findings: tuple[Finding, ...] = field(default=())

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def __len__(self) -> int:
        return len(self.present)


def end_to_end(lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of cells of these lengths end to end: the cell [N] of each entry, and its place [N] within it, both from 0."""
    cell = np.repeat(np.arange(len(lengths)), lengths)
    return cell, np.arange(len(cell)) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def side_by_side(
    starts: NDArray[np.int64], lengths: NDArray[np.int64], behind: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each position of ragged cells lies in their flat array [B, L], `behind` past a cell's end; which are inside [B, L].

    L is the longest, at least 1.
    """
    place = np.arange(max(1, int(lengths.max(initial=1))))
    inside = place < lengths[:, None]
    return np.where(inside, starts[:, None] + place, behind), inside


def slices(packed: Packed, name: str, rows: NDArray[np.int64]) -> Iterator[NDArray[Any]]:
    """What a flat array holds of each of these cases, by `starts` and `lengths`."""
    for row in rows.tolist():
        begin = int(packed["starts"][row])
        yield packed[name][begin : begin + int(packed["lengths"][row])]


def cache_folder() -> Path:
    """Where packed arrays lie: $IATROS_CACHE, or `iatros` in the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("IATROS_CACHE") or Path(home) / "iatros")


def key(kind: str, version: int, options: Mapping[str, Any], plan: BaseModel, cells: str) -> str:
    """SHA-256 over all that decides the packed form. cells: a fingerprint of the cells (`cases.fingerprint`)."""
    told = [CACHE_VERSION, kind, version, dict(options), plan.model_dump(mode="json"), cells]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def cached(address: str, plan: type[BaseModel], pack: Callable[[], Packed], folder: Path | None = None) -> Packed:
    """The packed cells of this address from the cache, packed now if they are not there, or damaged. Arrays are mapped."""
    place = (folder or cache_folder() / "packed") / address
    found = kept(address, plan, folder)
    if found is None:
        store(place, pack())
        found = mapped(place, plan)
    return found


def kept(address: str, plan: type[BaseModel], folder: Path | None = None) -> Packed | None:
    """What the cache holds at this address: None where nothing lies, or it breaks off (a full disk, a cleaner of caches)."""
    try:
        return mapped((folder or cache_folder() / "packed") / address, plan)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None


def store(place: Path, packed: Packed) -> None:
    """Write to a folder of its own and move it into place whole, so that nothing half-written is ever found there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
    try:
        for name, array in {**packed.arrays, "present": packed.present}.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        notes = [{**vars_of(finding)} for finding in packed.findings]
        told = {"arrays": sorted(packed.arrays), "plan": packed.plan.model_dump(mode="json"), "findings": notes}
        (draft / "packed.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        if place.exists():
            shutil.rmtree(place)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def mapped(place: Path, plan: type[BaseModel]) -> Packed:
    """What `store` wrote, its arrays memory-mapped read-only."""
    told = json.loads((place / "packed.json").read_text("utf-8"))
    arrays = {name: _map(place / f"{name}.npy") for name in told["arrays"]}
    findings = tuple(Finding(**{**note, "rows": tuple(note["rows"])}) for note in told["findings"])
    return Packed(arrays, np.load(place / "present.npy", allow_pickle=False), plan.model_validate(told["plan"]), findings)


def vars_of(finding: Finding) -> dict[str, Any]:
    """A finding as a dictionary for JSON."""
    return {name: getattr(finding, name) for name in Finding.__dataclass_fields__}


def _map(path: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:  # an empty array cannot be mapped
        array = np.load(path, allow_pickle=False)
    return array
