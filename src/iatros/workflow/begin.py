"""The run's folder at the start: new, gone on with, or refused.

In: a folder, the study and the data as they are now. Out: the folder ready for work, or an InputError that says what changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iatros.cases import fingerprint
from iatros.findings import Finding, InputError
from iatros.runs import RunFolder, read_json, write_atomically, write_json
from iatros.splits.fingerprint import fingerprint as folds_fingerprint
from iatros.study import Study
from iatros.workflow.cohort import cells_of
from iatros.workflow.examine import Examined

MARKER = "begun.json"  # in checkpoints/: what the unfinished run was begun with
FREE_KEYS = ("title", "evaluation", "explanation", "sweep")  # may change while a run is unfinished: nothing is trained by them


def folder_for(study: Study, out: Path | None) -> RunFolder:
    """Where this study's run lies: `out`, or runs/NAME below the working folder."""
    return RunFolder(out or Path("runs") / study.name)


def refuse_finished(folder: RunFolder, force: bool) -> None:
    """A finished run is never overwritten, unless forced; a folder that is no run is never touched."""
    if folder.path.exists() and not folder.path.is_dir():
        raise InputError(
            Finding("error", "this is a file, not a folder", "name another folder with --out", file=str(folder.path))
        )
    if force:
        if folder.path.is_dir() and any(folder.path.iterdir()) and not _is_run(folder):
            what = "this folder holds something that is not a run"
            raise InputError(Finding("error", what, "name another folder with --out", file=str(folder.path)))
        shutil.rmtree(folder.path, ignore_errors=True)
    elif folder.finished():
        todo = f"look at {folder.report}, name another folder with --out, or start over with --force"
        raise InputError(Finding("error", "this run is finished", todo, file=str(folder.path)))


def facts_of(examined: Examined) -> dict[str, Any]:
    """All that decides the numbers: the study by section, the data of every source, the folds."""
    study, cohort = examined.study, examined.cohort
    told = study.model_dump(mode="json", exclude_none=True)
    sections = {name: _digest(value) for name, value in told.items() if name not in FREE_KEYS}
    sources = {**study.inputs, **study.targets}
    data = {name: fingerprint(cells_of(cohort.cases, source), _reads_files(source)) for name, source in sources.items()}
    return {"study": sections, "data": data, "cases": len(cohort), "folds": folds_fingerprint(examined.folds)}


def data_fingerprint(facts: Mapping[str, Any]) -> str:
    """One SHA-256 for all data of the run."""
    return _digest([facts["data"], facts["cases"]])


def begin(folder: RunFolder, examined: Examined, facts: dict[str, Any], source: Path = Path()) -> bool:
    """Start the run, or go on with it (True). Raises InputError where the study or the data changed in between."""
    marker = folder.checkpoints / MARKER
    if marker.is_file():
        differences = changes(read_json(marker), facts)
        if differences:
            what = f"this run was begun with something else: {', '.join(differences)} changed since"
            todo = "undo the change to go on, name another folder with --out, or start over with --force"
            raise InputError(Finding("error", what, todo, file=str(folder.path)))
        return True
    folder.path.mkdir(parents=True, exist_ok=True)
    saved = relocated(examined.study, source, folder.path)
    write_atomically(folder.study, lambda draft: draft.write_text(saved.to_toml(), "utf-8"))
    write_json(marker, facts)
    return False


def relocated(study: Study, source: Path, place: Path) -> Study:
    """The study as it is saved in `place`: a relative table still resolves from there. source: where it started from before."""
    table = study.cases.table
    if not isinstance(table, str | Path) or not (source / table).exists():
        return study
    path = Path(os.path.relpath((source / table).resolve(), place.resolve())).as_posix()
    return study.model_copy(update={"cases": study.cases.model_copy(update={"table": path})})


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs, in words: "[training]", "the data of `xray`", "the folds"."""
    found = [f"[{name}]" for name in _differing(before["study"], now["study"])]
    found += [f"the data of `{name}`" for name in _differing(before["data"], now["data"])]
    if before["cases"] != now["cases"]:
        found.append(f"the number of cases ({before['cases']:,} then, {now['cases']:,} now)")
    if not found and before["folds"] != now["folds"]:
        found.append("the folds")
    return found


def end(folder: RunFolder) -> None:
    """Remove what only an unfinished run needs."""
    shutil.rmtree(folder.checkpoints, ignore_errors=True)


def _is_run(folder: RunFolder) -> bool:
    return any(path.exists() for path in (folder.study, folder.manifest, folder.findings, folder.checkpoints))


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _reads_files(source: Any) -> bool:
    return bool(source.files)


def _digest(value: Any) -> str:
    import json

    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check_folder(folder: RunFolder) -> RunFolder:
    """Where `iatros check` writes: the run's folder, or one beside it where a finished run lies, which stays as it is."""
    return RunFolder(folder.path.with_name(f"{folder.path.name}-check")) if folder.finished() else folder
