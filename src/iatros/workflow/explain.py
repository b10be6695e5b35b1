"""Explain one case of a finished run.

In: a run and a row of the user's file. Out: what spoke for and against, and how far that can be believed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from iatros.anchors import anchor_of
from iatros.contracts import Rows, Tokens
from iatros.evidence import Evidence, MethodCheck
from iatros.explain.cases import judged as judged_cases
from iatros.findings import Finding, InputError
from iatros.predictions import OF_POSITIONS, Form
from iatros.runs import read_json
from iatros.training.members import Member, read_member
from iatros.workflow.case_letters import LetterChange, draw_labels, explain_letters
from iatros.workflow.case_structure import draw_structure
from iatros.workflow.examine import Examined, examine
from iatros.workflow.explaining import case_effects
from iatros.workflow.fitting import material_of
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.picturing import case_pictures
from iatros.workflow.sequence_evidence import METHOD
from iatros.workflow.structure_files import letters_read
from iatros.workflow.subjects import Explained, interesting
from iatros.workflow.trials import Shown, healthy_rows
from iatros.workflow.watch import Silence


@dataclass(frozen=True)
class CaseExplanation:
    """score: calibrated, of the test; of positions the share that is right, of a structure its lDDT-CA.

    effects: (input: column or word, effect on the log-odds); pictures: files, of a structure also PDB and mmCIF
    changes: of a sequence, the single letters that would change the log-odds most
    """

    row: int
    target: str
    form: Form
    score: float
    truth: str
    effects: tuple[tuple[str, float], ...]
    pictures: tuple[str, ...]
    checks: tuple[MethodCheck, ...]
    changes: tuple[LetterChange, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"row": self.row, "target": self.target, "score": self.score, "truth": self.truth, "effects": self.effects,
                "changes": [asdict(change) for change in self.changes], "pictures": self.pictures,
                "checks": [check.model_dump(mode="json") for check in self.checks]}  # fmt: skip

    def lines(self) -> list[str]:
        """For the screen."""
        told = [f"row {self.row}, {self.target}: {self._judged()}"]
        told += [f"  {effect:+.3f}  {name}" for name, effect in self.effects[:12]]
        if self.changes:
            limits = any(change.low is not None for change in self.changes)
            known = "with 95% limits over the run's networks" if limits else "of one network, so without limits"
            told.append(f"  single letters that would change the log-odds most, {known}:")
        told += [f"  {change}" for change in self.changes]
        told += [f"  picture: {picture}" for picture in self.pictures]
        return [*told, *(f"  {check.method}: {check.why}" for check in self.checks)]

    def _judged(self) -> str:
        """How near the score was to the truth."""
        if self.form.task == "structure":
            return f"lDDT-CA {self.score:.3f}, {self.truth}"
        if self.form.task == "residues":
            return f"{100 * self.score:.1f}% of its known positions are right, truth {self.truth}"
        return f"score {self.score:.3f}, truth {self.truth}"


def explain_case(run: Run | str | Path, row: int, target: str | None = None, *, folder: Path | None = None) -> CaseExplanation:
    """Explain the score of the case in this row, by the network that did not train on it. Needs the study's data.

    folder: where the study's relative table is looked for, by default from the run's folder, as it was saved.
    """
    run = run if isinstance(run, Run) else open_run(run)
    name = target or next(iter(run.study.targets))
    if name not in run.study.targets:
        todo = f"name one of {', '.join(run.study.targets)}"
        raise InputError(Finding("error", f"there is no target `{name}` in this run", todo))
    if run.forms()[name].task == "next":
        todo = "`iatros report` shows the sequences foretold best and worst"
        raise InputError(Finding("error", f"`{name}` is a language model, which gives no case one score to explain", todo))
    examined = examine(run.study, folder or run.folder.path, allow_leak=True, watch=Silence())
    examined.raise_errors()
    at = np.flatnonzero(examined.cohort.cases.rows == row)
    if len(at) == 0:
        first, last = int(examined.cohort.cases.rows.min()), int(examined.cohort.cases.rows.max())
        todo = f"name a row of the study's file that is one: they lie between {first} and {last}, the line of names being row 1"
        raise InputError(Finding("error", f"row {row} is no case of this run", todo, rows=(row,)))
    judged = run.predictions(name).filter(
        pl.col("case") == int(at[0]), pl.col("part") == "test", pl.col("model") == "iatros", pl.col("seed").is_null()
    )
    if len(judged) == 0:
        what = f"the case in row {row} was never in a test part"
        raise InputError(Finding("error", what, "explain one that was: a network has seen the others in training", rows=(row,)))
    return _explained(run, examined, name, int(at[0]), judged.to_dicts()[0])


def _explained(run: Run, examined: Examined, name: str, case: int, judged: dict[str, Any]) -> CaseExplanation:
    form, material = run.forms()[name], material_of(examined)
    fold = next(f for f in run.folds if (f.scheme, f.repeat, f.fold) == (judged["scheme"], judged["repeat"], judged["fold"]))
    fits = run.fits(fold)
    guards = tuple(run.study.safeguards.values())
    networks = [
        Explained(read_member(run.folder.models, member, material, fits, run.study.fusion, guards), material, fits, fold)
        for member in (Member(*fold.key, seed) for seed in run.study.training.seed_list())
    ]
    shown = Shown(name, form, interesting(form, material.strata[name]))
    number = int(examined.cohort.cases.rows[case])
    if form.task in OF_POSITIONS:
        return _of_positions(run, networks, shown, judged, number)
    subject = networks[0]
    checks = tuple(c for c in Evidence(**read_json(run.folder.evidence)).checks if c.target == name)
    effects: list[tuple[str, float]] = []
    pictures: list[str] = []
    changes: list[LetterChange] = []
    row = np.array([case], np.int64)
    for source, modality in run.study.inputs.items():
        if not material.packs[source].present[case]:
            continue
        if modality.layout is Rows:
            effects += [(f"{source}: {column}", effect) for column, effect in case_effects(subject, shown, source, row)]
        elif modality.layout is Tokens:
            made = explain_letters(networks, shown, source, case, METHOD, _place(run) / f"row-{number}-{source}")
            effects += made.effects
            changes += made.changes
            pictures += [str(path) for path in made.files]
        else:
            pictures += _pictures(run, subject, shown, source, row, f"row-{number}")
    score = next(judged[column] for column in form.scores() if judged.get(column) is not None)
    truth = _truth(form, judged[form.truths()[0]])
    found = (tuple(effects), tuple(pictures), checks, tuple(changes))
    return CaseExplanation(number, name, form, float(score), truth, *found)


def _of_positions(
    run: Run, networks: list[Explained], shown: Shown, judged: dict[str, Any], number: int
) -> CaseExplanation:  # Any: cells of the predictions table
    """A case that has no one score: its sequence with its classes, or its structure, beside the truth."""
    of_case = judged_cases(pl.DataFrame([judged]), shown.form)
    if not of_case:
        what = f"the structure in row {number} has no two residues near each other, by which it could be judged"
        raise InputError(Finding("error", what, "explain another case", rows=(number,)))
    (one,) = of_case
    material, fits = networks[0].material, networks[0].fits
    source = anchor_of(run.study.targets[shown.name], run.study.inputs)
    letters = letters_read(run.study.inputs[source], material.packs[source], fits, source, one.case)
    stem = _place(run) / f"row-{number}-{shown.name if shown.form.task == 'structure' else source}"
    if shown.form.task == "structure":
        files = draw_structure(networks, shown.name, pl.DataFrame([judged]), number, letters, stem)
    else:
        files = [draw_labels(letters, one.truth, one.predicted, stem)]
    return CaseExplanation(number, shown.name, shown.form, one.score, one.truth, (), tuple(map(str, files)), ())


def _place(run: Run) -> Path:
    """The folder of such pictures, beside the run: they may show more than a report does."""
    return run.folder.path.with_name(f"{run.folder.path.name}-explained")


def _truth(form: Form, said: Any) -> str:  # Any: a cell of the predictions table
    """The outcome as the study calls it."""
    return form.classes[int(said)] if form.binary and said is not None else str(said)


def _pictures(
    run: Run, subject: Explained, shown: Shown, source: str, row: np.ndarray[Any, np.dtype[np.int64]], stem: str
) -> list[str]:
    of, layout = subject.subject(shown.name, shown.form, shown.code, source, row)
    film = run.study.inputs[source].picture(subject.material.packs[source], int(row[0])).image
    healthy = subject.batch(healthy_rows(subject, shown, source)).inputs[source]
    if film is None:
        return []
    place = _place(run)
    method = run.study.explanation.methods[0]
    files = case_pictures(place, stem, of, layout, healthy.values, method, film)  # type: ignore[arg-type, union-attr]
    return [str(place / name) for name in files.values() if name]
