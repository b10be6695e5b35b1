"""Claim: `iatros new NAME --from DATA`, then `iatros check NAME.toml` with no edit, gives a valid study on each of 13 data
sets; an accepted target on at least 11, the patient column right on at least 6 of the 8 that have one, and no column that must
not be an input is one without a warning that names it.

Each data set runs in a fresh process and an empty folder, from its file in $IATROS_DATA. The truth is first_look.csv there,
read here only; the program has no rule for any of these files. Where images lie in a .zip beside the table, a second pass
unpacks them first and asks for an image input; it has no part in the 13. Peer: none known.
"""

from __future__ import annotations

import csv
import json
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fresh import Ran, iatros
from places import DATA
from table import Row, report

TRUTH = DATA / "first_look.csv"
ACCEPTED, PATIENTS = 11, 6


@dataclass(frozen=True, slots=True)
class Truth:
    """A row of first_look.csv. targets, patients: accepted columns; never: columns that must not be inputs."""

    path: str
    targets: tuple[str, ...]
    patients: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What `new` wrote and `check` said of it. slipped: forbidden inputs without a warning that names them."""

    name: str
    valid: bool
    target: bool
    patient: bool | None
    slipped: tuple[str, ...]
    images: bool
    seconds: float
    note: str


def truths() -> list[Truth]:
    """All rows."""
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return [_truth(row) for row in csv.DictReader(file)]


def _truth(row: dict[str, str]) -> Truth:
    targets, patients = (tuple(part for part in row[key].split("|") if part) for key in ("targets", "patient"))
    return Truth(row["path"], targets, patients, _names(row["path"], row["never_inputs"]))


def _names(path: str, listed: str) -> tuple[str, ...]:
    """Names separated by blanks, some of which hold blanks: the longest run of words that is a column is one name."""
    words, columns, found = listed.split(), set(_columns(path)), list[str]()
    while words:
        size = next((n for n in range(len(words), 0, -1) if " ".join(words[:n]) in columns), 1)
        found.append(" ".join(words[:size]))
        words = words[size:]
    return tuple(found)


def _columns(path: str) -> Sequence[str]:
    import polars as pl

    return pl.read_csv(DATA / path, n_rows=1).columns if ".csv" in path else ()


def source(truth: Truth, folder: Path) -> Path:
    """The file: where it lies, or for scikit-learn's data sets a CSV written into the folder."""
    if not truth.path.startswith("scikit-learn"):
        return DATA / truth.path
    from sklearn import datasets

    name = truth.path.split()[1]
    place = folder / f"{name}.csv"
    getattr(datasets, name)(as_frame=True).frame.to_csv(place, index=False)
    return place


def judged(truth: Truth, name: str, place: Path, folder: Path) -> Judged:
    """Draft, check, compare with the truth."""
    drafted = iatros("new", name, "--from", str(place), folder=folder)
    if drafted.code:
        return Judged(name, False, False, False if truth.patients else None, (), False, drafted.seconds, drafted.text[:300])
    checked = iatros("check", f"{name}.toml", "--json", folder=folder)
    study = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
    inputs, columns = list(study["inputs"].values()), [one["column"] for one in study["targets"].values() if "column" in one]
    return Judged(
        name, checked.code == 0, any(column in truth.targets for column in columns),
        study["cases"].get("patient") in truth.patients if truth.patients else None,
        _slipped(truth, inputs, drafted, checked), any(one["kind"] == "image" for one in inputs),
        drafted.seconds, f"target {', '.join(columns)}; patient {study['cases'].get('patient', '-')}",
    )  # fmt: skip


def _slipped(truth: Truth, inputs: Sequence[dict[str, Any]], drafted: Ran, checked: Ran) -> tuple[str, ...]:
    read = {column for one in inputs for column in [*one.get("columns", ()), *([one["column"]] if "column" in one else [])]}
    warned = [line for line in drafted.text.splitlines() if line.strip().startswith("warning")]
    at = checked.text.find("[\n")  # stdout comes first, errors after it
    told = json.JSONDecoder().raw_decode(checked.text[at:])[0] if at >= 0 else []
    warned += [one["message"] + one["column"] for one in told if one["severity"] in ("warning", "error")]
    return tuple(column for column in truth.never if column in read and not any(column in line for line in warned))


def unpacked(truth: Truth, folder: Path) -> Path | None:
    """A copy of the table with the images of the .zip beside it unpacked; None where there is no .zip."""
    place = DATA / truth.path
    packed = sorted(place.parent.glob("*.zip")) if place.is_file() else []
    if not packed:
        return None
    with zipfile.ZipFile(packed[0]) as archive:
        archive.extractall(folder / "pictures")
    return Path(shutil.copy(place, folder))


def over(found: Sequence[Judged], said: Callable[[Judged], bool | None]) -> list[str]:
    """Names of the data sets of which it is false."""
    return [one.name for one in found if said(one) is False]


def main() -> bool:
    found, pictured = list[Judged](), list[Judged]()
    for number, truth in enumerate(truths(), 1):
        name = f"study{number:02d}_" + Path(truth.path.removesuffix(" written as CSV").split()[-1]).parts[-1].split(".")[0]
        with TemporaryDirectory() as temporary:
            found.append(judged(truth, name, source(truth, Path(temporary)), Path(temporary)))
        with TemporaryDirectory() as temporary:
            place = unpacked(truth, Path(temporary))
            if place is not None:
                pictured.append(judged(truth, name, place, Path(temporary)))
        print(found[-1], flush=True)
    patients = [one for one in found if one.patient is not None]
    wrong = {"valid": over(found, lambda one: one.valid), "target": over(found, lambda one: one.target),
             "patient": over(found, lambda one: one.patient)}  # fmt: skip
    slipped = [f"{one.name}: {', '.join(one.slipped)}" for one in found if one.slipped]
    right = len(found) - len(wrong["target"]), len(patients) - len(wrong["patient"])
    seen = sum(one.valid and one.images and not one.slipped for one in pictured)
    rows = [
        Row("studies valid as written", f"{len(found) - len(wrong['valid'])} of {len(found)}", goal=f"{len(found)}",
            met=not wrong["valid"], note=_without(wrong["valid"])),
        Row("accepted target", f"{right[0]} of {len(found)}", goal=f"{ACCEPTED}", met=right[0] >= ACCEPTED,
            note=_without(wrong["target"])),
        Row("patient column right", f"{right[1]} of {len(patients)}", goal=f"{PATIENTS}", met=right[1] >= PATIENTS,
            note=_without(wrong["patient"])),
        Row("data sets with a forbidden input and no warning", f"{len(slipped)}", goal="0", met=not slipped,
            note="; ".join(slipped)),
        Row("valid, with an image input, once the .zip is unpacked", f"{seen} of {len(pictured)}", goal=f"{len(pictured)}",
            met=seen == len(pictured)),
        Row("slowest `iatros new`", max(one.seconds for one in found), unit="s", note="; ".join(one.note for one in found)),
    ]  # fmt: skip
    return report("new_studies", rows, ["polars", "scikit-learn"])


def _without(names: Sequence[str]) -> str:
    return f"not: {', '.join(names)}" if names else ""


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
