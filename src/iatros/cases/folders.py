"""A folder with one subfolder a class. In: the folder. Out: cases with the columns `path` and `label` (and `part`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from iatros.cases.cohort import Cases, FlowStep
from iatros.findings import Finding, InputError

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".dcm", ".dicom"})
PARTS = {"train": "train", "training": "train", "val": "validation", "valid": "validation", "validation": "validation",
         "calibration": "calibration", "test": "test", "testing": "test"}  # fmt: skip
UNSEEN = frozenset({"Thumbs.db", "desktop.ini", "__MACOSX"})  # what file managers leave behind


def read(path: Path, file: str) -> Cases:
    """One case an image file below a subfolder, whose name is the label; sorted by path, rows counted from 1.

    Folders train/, val/ and test/ with class folders in them also give the column `part`.
    Raises InputError where there are no images in subfolders.
    """
    inside = sorted(name for name in _below(path))
    images = [name for name in inside if name.suffix.lower() in IMAGES and len(name.parts) > 1]
    parted = bool(images) and all(name.parts[0].lower() in PARTS and len(name.parts) > 2 for name in images)
    if not images:
        loose = sum(name.suffix.lower() in IMAGES for name in inside)
        what = "this folder has no subfolder with images" + (f"; {loose:,} images lie in it directly" if loose else "")
        todo = "put the images of each class into a subfolder with the class's name, or name a table"
        raise InputError(Finding("error", what, todo, file, check="folder"))
    columns = {"path": [name.as_posix() for name in images], "label": [name.parts[1 if parted else 0] for name in images]}
    if parted:
        columns["part"] = [PARTS[name.parts[0].lower()] for name in images]
    step = FlowStep(f"images in {file}", len(images))
    rows = np.arange(1, len(images) + 1)
    return Cases(pl.DataFrame(columns), rows, file, path, findings=_others(len(inside) - len(images), file), flow=(step,))


def _below(path: Path) -> Iterator[Path]:
    """Files below a folder, relative to it; links to folders are not followed."""
    for top, folders, names in os.walk(path, onerror=_refuse):
        folders[:] = [name for name in folders if name not in UNSEEN and not name.startswith(".")]
        for name in names:
            if name not in UNSEEN and not name.startswith("."):
                yield (Path(top) / name).relative_to(path)


def _refuse(fault: OSError) -> None:
    raise fault


def _others(count: int, file: str) -> tuple[Finding, ...]:
    if not count:
        return ()
    what = f"{count:,} {'file is' if count == 1 else 'files are'} not read: no image, or in no class's folder"
    return (Finding("note", what, "nothing, if that is right", file, count=count, check="folder"),)
