"""`iatros new`: write a study for somebody's own data. In: a name, and a file, folder or frame. Out: NAME.toml."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iatros.cases import frames, read
from iatros.cases.cohort import Cases
from iatros.cases.reading import READABLE
from iatros.drafting import writing
from iatros.drafting.draft import Draft, draft
from iatros.findings import Finding, InputError, quote
from iatros.runs import write_atomically

NAME = re.compile(r"\w[\w.-]{0,99}")
LATER = {  # suffixes of data that Iatros knows of and does not read yet
    (".pdb", ".cif", ".ent", ".mmcif"): "structures",
    (".smi", ".smiles", ".sdf", ".mol", ".mol2"): "molecules",
    (".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".svs", ".ndpi"): "volumes and whole-slide images",
    (".edf", ".wav", ".mat", ".hea", ".dat", ".flac"): "signals",
    (".h5", ".hdf5", ".npy", ".pkl", ".pickle", ".rds", ".rdata", ".sav", ".dta", ".sas7bdat", ".json", ".jsonl", ".xml",
     ".sqlite", ".db", ".zip", ".tar", ".tgz", ".7z"): "files of this kind",
}  # fmt: skip


@dataclass(frozen=True)
class Written:
    """The study that was written: path of the file, its text, and the draft with every guess and its reason."""

    path: Path
    text: str
    draft: Draft

    def lines(self) -> list[str]:
        """What `iatros new` shows."""
        return writing.lines(self.draft, str(self.path))

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """What `iatros new --json` shows."""
        return writing.as_json(self.draft, str(self.path))


def new(name: str, place: Any, *, target: str | None = None, folder: str | Path = ".") -> Written:
    """Look at the data and write folder/NAME.toml, a study that runs, with every guess marked.

    place: a file, a folder with one subfolder a class, a named data set, or a pandas or Polars frame, which is written beside
    the study as NAME.parquet. target: the column to predict, where it is known.
    Raises InputError where the study is there already (nothing is ever overwritten), nothing can be read, or nothing predicted.
    """
    name = _name(name)
    path = Path(folder) / f"{name}.toml"
    _free(path)
    if isinstance(place, str | Path):
        _readable(str(place))
        cases = _read(place)
        command = f"iatros new {shlex.quote(name)} --from {shlex.quote(str(place))}"
        table = _relative(place, path.parent)
    else:
        beside = path.with_suffix(".parquet")
        _free(beside)
        cases = read(place)
        command, table = f"iatros.new({name!r}, frame)", beside.name
    made = draft(cases, target)
    text = writing.toml(made, name, table, command)
    if not isinstance(place, str | Path):
        write_atomically(beside, frames.plain(frames.polars(place)).write_parquet)
    _write(path, text)
    return Written(path, text, made)


def _name(name: str) -> str:
    bare = name.removesuffix(".toml")
    if not NAME.fullmatch(bare):
        todo = "use letters, digits, `_`, `-` and `.` only, such as `iatros new heart --from heart.csv`"
        raise InputError(Finding("error", f"{quote(name)} cannot be the name of a study", todo, check="name"))
    return bare


def _free(path: Path) -> None:
    if path.exists():
        what, todo = "this file is there already, and nothing is overwritten", "choose another name, or remove it"
        raise InputError(Finding("error", what, todo, str(path), check="exists"))


def _readable(place: str) -> None:
    """Refuse what Iatros does not read yet by saying so."""
    low = place.lower()
    for suffixes, what in LATER.items():
        if low.endswith(suffixes):
            todo = f"write a table of them, or wait for a later version; what is read now: {READABLE}"
            raise InputError(Finding("error", f"{what} are not read yet", todo, place, check="place"))


def _read(place: str | Path) -> Cases:
    path = Path(place)
    if path.is_dir():
        volumes = next(
            (one for one in path.rglob("*") if one.name.lower().endswith((".nii", ".nii.gz", ".nrrd", ".mha"))), None
        )
        if volumes is not None:
            todo = "write each slice as an image, or wait for a later version"
            raise InputError(Finding("error", "volumes are not read yet", todo, str(place), check="place"))
    return read(place)


def _relative(place: str | Path, folder: Path) -> str:
    """The table as the study names it: relative to the study's folder, a data set by its name."""
    if not Path(place).exists() or Path(place).is_absolute():
        return str(place)
    return Path(os.path.relpath(place, folder)).as_posix()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:  # x: fails if somebody was faster
        file.write(text)
