"""The run folder: what lies where, and whether it is still what was written.

In: a folder. Out: paths of its parts, its record, and the files that changed since its manifest was written.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iatros.findings import Finding, InputError

UNLISTED = ("manifest.json", "checkpoints", "lock")  # not in the manifest: itself, and what a finished run does not need


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A folder `runs/NAME`. Its parts are plain files; nothing in it is ever unpickled."""

    path: Path

    @property
    def study(self) -> Path:
        """The study as resolved, every default written out."""
        return self.path / "study.toml"

    @property
    def record(self) -> Path:
        """Fingerprints, versions, machine, seeds, seconds and memory of each stage, looks at the test part."""
        return self.path / "record.json"

    @property
    def findings(self) -> Path:
        """What the checks said."""
        return self.path / "findings.json"

    @property
    def folds(self) -> Path:
        """Who trained, validated, calibrated and tested."""
        return self.path / "folds.parquet"

    @property
    def plans(self) -> Path:
        """What was learned from headers."""
        return self.path / "plans.json"

    @property
    def fitted(self) -> Path:
        """What was learned from training rows, per fold."""
        return self.path / "fitted.json"

    @property
    def metrics(self) -> Path:
        """All figures with their intervals, one list of rows."""
        return self.path / "metrics.json"

    @property
    def curves(self) -> Path:
        """Points of all curves."""
        return self.path / "curves.parquet"

    @property
    def evidence(self) -> Path:
        """Explanations, their checks, probes and worst cases."""
        return self.path / "evidence.json"

    @property
    def report(self) -> Path:
        """The page."""
        return self.path / "report.html"

    @property
    def manifest(self) -> Path:
        """SHA-256 of all the others."""
        return self.path / "manifest.json"

    @property
    def models(self) -> Path:
        """Folder of weights, one file a fold and seed."""
        return self.path / "models"

    @property
    def checkpoints(self) -> Path:
        """Folder of what unfinished training needs to go on; empty once a run is finished."""
        return self.path / "checkpoints"

    def predictions(self, target: str) -> Path:
        """The predictions table of one target."""
        return self.path / "predictions" / f"{target}.parquet"

    def finished(self) -> bool:
        """Was the run brought to its end?"""
        return self.manifest.is_file()


def finished_run(path: str | Path) -> RunFolder:
    """The folder of a run that was brought to its end. Raises InputError where there is none."""
    folder = RunFolder(Path(path))
    if folder.finished():
        return folder
    what, todo = "there is no such run", "`iatros runs` lists those that are here"
    if folder.path.is_dir():
        what = "this folder holds no run"
    if folder.study.is_file() or folder.checkpoints.is_dir():
        what, todo = "this run is not finished", "the same `iatros run` again goes on with it"
    raise InputError(Finding("error", what, todo, file=str(path)))


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a draft beside `path`, then move it there whole. A reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        write(draft)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:  # Any: whatever JSON holds
    """Write JSON whole or not at all. NaN is refused: a figure that is not known is null, with its reason."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    write_atomically(path, lambda draft: draft.write_text(text + "\n", "utf-8"))


def read_json(path: Path) -> Any:  # Any: whatever JSON holds
    """Read JSON."""
    return json.loads(path.read_text("utf-8"))


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: RunFolder) -> None:
    """Note the SHA-256 of every file of the run. Written last, it marks the run as finished."""
    write_json(folder.manifest, {name: sha256(folder.path / name) for name in _files(folder)})


def changed(folder: RunFolder) -> dict[str, str]:
    """Files that are not as the manifest says: name -> "changed", "gone" or "added". Empty: the run is intact."""
    noted: dict[str, str] = read_json(folder.manifest)
    here = set(_files(folder))
    faults = {name: "gone" for name in noted if name not in here}
    faults |= {name: "added" for name in here if name not in noted}
    faults |= {name: "changed" for name in here & noted.keys() if sha256(folder.path / name) != noted[name]}
    return dict(sorted(faults.items()))


def _files(folder: RunFolder) -> list[str]:
    names = (path.relative_to(folder.path) for path in folder.path.rglob("*") if path.is_file())
    return sorted(name.as_posix() for name in names if name.parts[0] not in UNLISTED and not name.name.startswith("."))
