"""Predict new cases with exactly the run's plans, statistics, networks and calibration.

In: a finished run and raw cases. Out: one row a case: scores, flags, or the reason why there is no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros import notebook
from iatros.cases import Cases, frames, read
from iatros.checks import Findings, listed
from iatros.contracts import Cells, Fold, Modality
from iatros.findings import Finding, InputError, from_source
from iatros.packed import Packed
from iatros.predictions import ENSEMBLE
from iatros.training.engine import Wanted
from iatros.training.feed import Material
from iatros.training.members import Programme, fold_scores
from iatros.workflow.cohort import cells_of
from iatros.workflow.drift import Familiar, familiarity
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.table import Columns, applied, mean_scores, merged


@dataclass(frozen=True)
class Predicted:
    """frame: one row a case, in the order of the file: row, target columns, `flag`, `reason`. findings: what was wrong."""

    frame: pl.DataFrame
    findings: tuple[Finding, ...]
    cases: Cases
    tables: Mapping[str, pl.DataFrame]
    packs: Mapping[str, Packed]
    familiar: Familiar

    @property
    def scored(self) -> int:
        """Cases that got a score."""
        return int(self.frame["reason"].is_null().sum())

    def __repr__(self) -> str:
        return f"{self._in_words()}\n{self.frame!r}"

    def _repr_html_(self) -> str:
        return notebook.card(self._in_words(), listed(self.findings)) + self.frame._repr_html_()

    def _in_words(self) -> str:
        flagged = int(self.familiar.unusual.sum())
        return f"Predicted {self.scored:,} of {len(self.frame):,} cases, {flagged:,} of them unlike those of training"


def predict(run: Run | str | Path, cases: Any, *, folder: Path = Path()) -> Any:  # Any: pandas may not be installed
    """Predict: one row a case, in the order given: row, scores, `flag` (unlike the cases of training), `reason` (of no score).

    run: a run, or its folder. cases: a table, folder, .npz, pandas or Polars frame, or array; columns of an absent input may
    be missing altogether. Returns a Polars frame; for a pandas frame, a pandas frame with the same index.
    `iatros.predicted` gives what was found on the way as well. Raises InputError where nothing can be done.
    """
    frame = predicted(run, cases, folder=folder).frame
    return frames.like(cases, frame)


def predicted(run: Run | str | Path, cases: Any, *, folder: Path = Path()) -> Predicted:  # Any: as in `predict`
    """Predict, and keep what was found on the way: findings, each target's table, how familiar the cases are.

    Cases that cannot be read stay in the frame, without a score and with the reason.
    Raises InputError where nothing can be done.
    """
    run = run if isinstance(run, Run) else open_run(run)
    given = read(cases, folder)
    packs, findings = pack_new(run, given)
    present = np.any([pack.present for pack in packs.values()], axis=0)
    rows = np.flatnonzero(present)
    material = Material(run.study.inputs, {}, packs, {}, np.ones(len(given)))
    if len(rows) == 0:
        raise InputError(
            findings[0] if findings else Finding("error", "no case can be read", "check the table", file=given.file)
        )
    by_target = ensemble_scores(run, material, rows)
    familiar = familiarity(run, material, rows)
    tables = {name: _table(given, rows, columns) for name, columns in by_target.items()}
    frame = _frame(run, given, rows, by_target, familiar, findings)
    return Predicted(frame, Findings(findings), given, tables, packs, familiar)


def pack_new(run: Run, given: Cases) -> tuple[dict[str, Packed], list[Finding]]:
    """New cells packed by the run's plans. An input whose columns are not there is absent from every case."""
    packs, findings = {}, list[Finding]()
    some = False
    for name, modality in run.study.inputs.items():
        lacking = [column for column in modality.columns_used() if column not in given.frame.columns]
        if lacking and (len(run.study.inputs) == 1 or len(lacking) < len(modality.columns_used())):
            cells_of(given, modality)  # raises, naming the column and the nearest that is there
        if lacking:
            what = f"input `{name}` is missing in all cases"
            findings.append(
                Finding("warning", what, f"add {', '.join(f'`{c}`' for c in lacking)}", file=given.file, source=name)
            )
            packs[name] = absent(modality, len(given), run)
            continue
        some = True
        cells = cells_of(given, modality)
        packs[name] = modality.pack(cells, run.plans[name])
        findings += from_source(packs[name].findings, name, given.file)
    if not some:
        raise InputError(Finding("error", "none of the study's inputs is in this table", "check its columns", file=given.file))
    return packs, findings


def absent(modality: Modality, count: int, run: Run) -> Packed:
    """An input that no case has: packed from empty cells."""
    columns = {column: pl.Series([None] * count, dtype=pl.String) for column in modality.columns_used()}
    cells = Cells(pl.DataFrame(columns), np.arange(count, dtype=np.int64))
    name = next(name for name, m in run.study.inputs.items() if m is modality)
    packed = modality.pack(cells, run.plans[name])
    return Packed(packed.arrays, np.zeros(count, bool), packed.plan)


def ensemble_scores(run: Run, material: Material, rows: NDArray[np.int64]) -> dict[str, Columns]:
    """target -> score columns: the mean over folds of each fold's calibrated ensemble over seeds."""
    forms, guards = run.forms(), tuple(run.study.safeguards.values())
    per_fold: dict[str, list[Columns]] = {name: [] for name in run.study.targets}
    for fold in run.main_folds():
        for name, columns in fold_ensemble(run, fold, material, rows).items():
            learned = run.calibrated(fold, name, ENSEMBLE)
            per_fold[name].append(applied(columns, forms[name], guards, learned))
    return {name: _joined(several) for name, several in per_fold.items()}


def fold_ensemble(run: Run, fold: Fold, material: Material, rows: NDArray[np.int64]) -> dict[str, Columns]:
    """target -> mean over seeds of one fold's networks; cases with a single input go to the readout of that input."""
    study, fits = run.study, run.fits(fold)
    whole = Material(study.inputs, study.targets, material.packs, {}, material.weight)
    programme = Programme(
        whole, [fold], study.training.seed_list(), study.training, Wanted(), tuple(study.safeguards.values()), study.fusion,
        models=run.folder.models,
    )  # fmt: skip
    found: dict[str, list[Columns]] = {name: [] for name in study.targets}
    for readers in fold_scores(programme, fold, whole, fits, rows, run.engine).values():
        for name, several in found.items():
            alone = {source: readers[source][name] for source in readers if source and name in readers[source]}
            several.append(merged(readers[""][name], alone, whole, rows))
    return {name: mean_scores(several) for name, several in found.items()}


def _joined(several: list[Columns]) -> Columns:
    """Means of the folds' scores; of sets of classes, those that most folds hold.

    What only some folds could learn (a recalibration, a set) is not joined: their calibration parts were large enough, or not.
    """
    shared = [k for k in several[0] if all(k in columns for columns in several)]
    numbers = [k for k in shared if k != "set"]
    joined: dict[str, Any] = {k: np.mean(_alike([columns[k] for columns in several]), axis=0) for k in numbers}
    if "set" in shared:
        joined["set"] = np.array(
            [_majority(sets) for sets in zip(*(columns["set"] for columns in several), strict=True)], dtype=object
        )
    return joined


def _alike(several: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """All folds, or the first alone where the pieces of a text differ from fold to fold and have no mean."""
    if several[0].dtype != object or all(len({len(one) for one in of_case}) == 1 for of_case in zip(*several, strict=True)):
        return several
    return several[:1]


def _majority(sets: tuple[Any, ...]) -> str:
    members = [set(str(one).split("|")) - {""} for one in sets]
    every = sorted(set().union(*members))
    return "|".join(name for name in every if sum(name in one for one in members) * 2 > len(members))


def _table(given: Cases, rows: NDArray[np.int64], columns: Columns) -> pl.DataFrame:
    return pl.DataFrame({"case": rows, "row": given.rows[rows], **{k: pl.Series(list(v)) for k, v in columns.items()}})


def _frame(
    run: Run,
    given: Cases,
    rows: NDArray[np.int64],
    by_target: Mapping[str, Columns],
    familiar: Familiar,
    findings: list[Finding],
) -> pl.DataFrame:
    count = len(given)
    made: dict[str, Any] = {"row": given.rows}
    several = len(by_target) > 1
    for name, columns in by_target.items():
        for key, values in columns.items():
            if key.startswith("score_raw"):
                continue
            title = f"{name}:{key}" if several else key
            whole: list[Any] = [None] * count
            for at, value in zip(rows, values, strict=True):
                whole[at] = value.tolist() if isinstance(value, np.ndarray) else value
            made[title] = pl.Series(whole)
    made["flag"] = familiar.flags(count, rows)
    reasons = {row: finding.what for finding in findings if finding.severity == "aside" for row in finding.rows}
    scored = set(rows.tolist())
    made["reason"] = pl.Series(
        [None if i in scored else reasons.get(int(row), "no input can be read") for i, row in enumerate(given.rows)],
        dtype=pl.String,
    )
    return pl.DataFrame(made)
