"""Explain one case of a finished run.

In: a run and a row of the user's file. Out: what spoke for and against, and how far that can be believed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from iatros.contracts import Rows, Tokens
from iatros.evidence import Evidence, MethodCheck
from iatros.explain.cases import Judged
from iatros.explain.cases import judged as judged_cases
from iatros.findings import Finding, InputError
from iatros.predictions import Form
from iatros.runs import read_json
from iatros.training.members import Member, read_member
from iatros.workflow.case_letters import CaseLetters, LetterChange, draw_labels, explain_letters
from iatros.workflow.examine import Examined, examine
from iatros.workflow.explaining import case_effects
from iatros.workflow.fitting import material_of
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.picturing import case_pictures
from iatros.workflow.sequence_evidence import METHOD
from iatros.workflow.subjects import Explained, interesting
from iatros.workflow.trials import Shown, healthy_rows
from iatros.workflow.watch import Silence


@dataclass(frozen=True)
class CaseExplanation:
    """score: calibrated, of the test; effects: (input: column or word, effect on the log-odds); pictures: files.

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
        told = [f"row {self.row}, {self.target}: score {self.score:.3f}, truth {self.truth}"]
        told += [f"  {effect:+.3f}  {name}" for name, effect in self.effects[:12]]
        if self.changes:
            told.append("  single letters that would change the log-odds most, with 95% limits over the run's networks:")
        told += [f"  {change}" for change in self.changes]
        told += [f"  picture: {picture}" for picture in self.pictures]
        return [*told, *(f"  {check.method}: {check.why}" for check in self.checks)]


def explain_case(run: Run | str | Path, row: int, target: str | None = None, *, folder: Path | None = None) -> CaseExplanation:
    """Explain the score of the case in this row, by the network that did not train on it. Needs the study's data.

    folder: where the study's relative table is looked for, by default from the run's folder, as it was saved.
    """
    run = run if isinstance(run, Run) else open_run(run)
    name = target or next(iter(run.study.targets))
    if name not in run.study.targets:
        todo = f"name one of {', '.join(run.study.targets)}"
        raise InputError(Finding("error", f"there is no target `{name}` in this run", todo))
    examined = examine(run.study, folder or run.folder.path, allow_leak=True, watch=Silence())
    examined.raise_errors()
    at = np.flatnonzero(examined.cohort.cases.rows == row)
    if len(at) == 0:
        raise InputError(Finding("error", f"row {row} is no case of this run", "name a row of the study's file", rows=(row,)))
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
    subject = networks[0]
    shown = Shown(name, form, interesting(form, material.strata[name]))
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
            made = _letters(run, networks, shown, source, judged, f"row-{examined.cohort.cases.rows[case]}")
            effects += made.effects
            changes += made.changes
            pictures += [str(path) for path in made.files]
        else:
            pictures += _pictures(run, subject, shown, source, row, f"row-{examined.cohort.cases.rows[case]}")
    score = next(judged[column] for column in form.scores() if judged.get(column) is not None)
    if form.task == "residues":
        score = told(judged, form).score
    truth = _truth(form, judged[form.truths()[0]])
    number = int(examined.cohort.cases.rows[case])
    found = (tuple(effects), tuple(pictures), checks, tuple(changes))
    return CaseExplanation(number, name, form, float(score), truth, *found)


def told(judged: dict[str, Any], form: Form) -> Judged:  # Any: cells of the predictions table
    """One row of a predictions table as a case: of positions, the share that is right, and their classes."""
    return judged_cases(pl.DataFrame([judged]), form)[0]


def _letters(run: Run, networks: list[Explained], shown: Shown, source: str, judged: dict[str, Any], stem: str) -> CaseLetters:
    """What each letter or word did; of a class at every position, what was said of each."""
    subject, case = networks[0], int(judged["case"])
    path = _place(run) / f"{stem}-{source}"
    if shown.form.task != "residues":
        return explain_letters(networks, shown, source, case, METHOD, path)
    one, modality = told(judged, shown.form), subject.material.inputs[source]
    letters = "".join(modality.spelled(subject.material.packs[source], case, subject.fits.inputs[source]))
    return CaseLetters((), (), (draw_labels(letters, one.truth, one.predicted, path),))


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
