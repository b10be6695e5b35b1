"""Public data sets by name. In: a name. Out: its record, its file on this machine, or its cases.

What ships with a package we depend on works offline; the rest is downloaded once, verified, and kept in the cache.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from iatros.cases import download
from iatros.cases.catalogue import DATA_SETS, LARGEST, DataSet
from iatros.findings import Finding, InputError
from iatros.packed import cache_folder
from iatros.registry import did_you_mean

if TYPE_CHECKING:
    from iatros.cases.cohort import Cases

__all__ = ["DataSet", "fetch", "fetched", "folder", "listing", "names", "read", "record"]


def listing() -> tuple[DataSet, ...]:
    """All data sets that are known by name; those that need no download first."""
    return tuple(sorted(DATA_SETS.values(), key=lambda each: (not each.ships_with, each.name)))


def names() -> tuple[str, ...]:
    """Their names."""
    return tuple(DATA_SETS)


def record(name: str) -> DataSet:
    """What is known of a data set. Raises InputError, with the nearest name, for one that is not known."""
    if name in DATA_SETS:
        return DATA_SETS[name]
    what = f"there is no data set `{name}`{did_you_mean(name, DATA_SETS)}"
    raise InputError(Finding("error", what, f"name one of {', '.join(DATA_SETS)}", check="data_set"))


def folder() -> Path:
    """Where data sets are kept: $IATROS_DATASETS, or `data` in the cache."""
    named = os.environ.get("IATROS_DATASETS")
    return Path(named) if named else cache_folder() / "data"


def fetched(name: str, into: Path | None = None) -> bool:
    """Can it be used now, without the network?"""
    told = record(name)
    return bool(told.ships_with) or ((into or folder()) / told.file).is_file()


def fetch(name: str, into: Path | None = None, told: Callable[[int, int | None], None] | None = None) -> Path:
    """The data set's file on this machine: downloaded and verified, or written from the package that it ships with.

    told: called with bytes so far and in all (None where the server does not say), for a progress bar.
    Raises InputError where it cannot be downloaded or is not what it should be.
    """
    wanted = record(name)
    place = (into or folder()) / wanted.file
    if wanted.ships_with:
        from iatros.cases import bundled  # scikit-learn takes a second to import

        return place if place.is_file() else bundled.write(name, place)
    source = download.Source(wanted.url, wanted.md5, wanted.sha256, wanted.bytes, LARGEST)
    return download.fetch(source, place, told)


def read(name: str) -> Cases:
    """The cases of a data set, fetched first if need be."""
    from iatros.cases import arrays, bundled

    wanted = record(name)
    if wanted.ships_with:
        return bundled.cases(name)
    return replace(arrays.read(fetch(name), name), file=name)
