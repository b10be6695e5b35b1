"""Which columns are images? In: the cases, and the files beside the table. Out: these columns, and where their files lie."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from iatros.cases import Cases
from iatros.cases.folders import IMAGES
from iatros.drafting.profile import Profile
from iatros.drafting.words import MARKING, spaced

MOST_FILES = 200_000  # looked at beside a table
FOUND = 0.8  # share of the sampled cells whose file must be there
SIDES = (3, 4)  # axes of an array of images: [M, H, W] or [M, H, W, C]
COLOURS = (1, 3, 4)


@dataclass(frozen=True, slots=True)
class Pictures:
    """A column of images. path: where a cell's file lies, with {} for the cell; "" for arrays; why: what was found."""

    column: str
    path: str
    why: str


def pictures(profiles: Sequence[Profile], cases: Cases) -> list[Pictures]:
    """Columns whose cells are images: arrays of an .npz, or text that names image files beside the table."""
    found = [made for name, array in cases.arrays.items() if (made := _of_array(name, array.shape))]
    texts = [p for p in profiles if not p.numeric and not p.dated and p.sample and not p.array]
    if not texts or not cases.file:
        return found
    files = _files(cases.folder)
    return found + [made for profile in texts if files and (made := _of_files(profile, files))]


def elsewhere(profile: Profile, cases: Cases) -> str:
    """The .zip beside the table that holds the images which a column names, "" if there is none."""
    if profile.numeric or not profile.sample or not cases.file:
        return ""
    for archive in sorted(cases.folder.glob("*.zip")):
        try:
            with zipfile.ZipFile(archive) as packed:
                stems = {PurePosixPath(name).stem for name in packed.namelist()}
        except (zipfile.BadZipFile, OSError):
            continue
        if sum(PurePosixPath(cell).stem in stems for cell in profile.sample) >= FOUND * len(profile.sample):
            return archive.name
    return ""


def _of_array(name: str, shape: Sequence[int]) -> Pictures | None:
    if len(shape) not in SIDES or (len(shape) == max(SIDES) and shape[-1] not in COLOURS):
        return None
    return Pictures(name, "", f"arrays of {' x '.join(map(str, shape[1:]))}")


def _files(folder: Path) -> Mapping[str, list[str]]:
    """Image files below a folder by their name without suffix: paths relative to the folder."""
    found: dict[str, list[str]] = {}
    walked = ((top, name) for top, folders, names in os.walk(folder) if _open(folders) for name in names)
    for top, name in islice(walked, MOST_FILES):
        if Path(name).suffix.lower() in IMAGES:
            path = (Path(top) / name).relative_to(folder).as_posix()
            found.setdefault(Path(name).stem, []).append(path)
    return found


def _open(folders: list[str]) -> bool:
    folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
    return True


def _of_files(profile: Profile, files: Mapping[str, list[str]]) -> Pictures | None:
    ways: Counter[str] = Counter()
    for cell in profile.sample:
        name = PurePosixPath(cell.replace("\\", "/"))
        stem = name.stem if name.suffix.lower() in IMAGES else name.name
        ways.update({path.replace(cell, "{}", 1) for path in files.get(stem, ()) if _is_it(path, cell)})
    likely = sorted(ways, key=lambda way: (-ways[way], bool(MARKING.search(spaced(way)))))
    if not likely or ways[likely[0]] < FOUND * len(profile.sample):
        return None
    return Pictures(
        profile.name,
        likely[0],
        "holds paths of image files" if likely[0] == "{}" else f"names image files: {likely[0].replace('{}', '…')}",
    )


def _is_it(path: str, cell: str) -> bool:
    """Does this path end with the cell, with or without a suffix?"""
    return path == cell or path.endswith(f"/{cell}") or PurePosixPath(path).with_suffix("").as_posix().endswith(cell)
