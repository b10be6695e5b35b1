"""Sweep: try settings of named keys of a study. Inner folds judge them; no test case has a say.

In: a study with [sweep]. Out: settings tried, best first, in a SQLite file that the same command goes on from.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ValidationError

from iatros.contracts import Fold, SplitCases
from iatros.evaluation import headline
from iatros.findings import Finding, InputError
from iatros.runs import RunFolder, read_json, write_json
from iatros.splits.folds import Folds
from iatros.study import Study
from iatros.training.engine import Engine
from iatros.training.loop import DIVERGED
from iatros.training.members import choose_engine, fit_fold, read_member, scores, train_member
from iatros.workflow.begin import changes, facts_of
from iatros.workflow.examine import Examined, examine, opened
from iatros.workflow.fitting import programme_of
from iatros.workflow.in_notebook import fitting_watch
from iatros.workflow.watch import Watch

SWEEP_SEED = 0
DATABASE = "sweep.sqlite"


@dataclass(frozen=True)
class Swept:
    """What was tried. trials: (value, settings), best first; metric: by its name; folder: where the sweep lies."""

    metric: str
    trials: tuple[tuple[float, Mapping[str, Any]], ...]
    folder: Path
    note: str

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {"metric": self.metric, "folder": str(self.folder), "note": self.note,
                "trials": [{"value": value, "settings": dict(settings)} for value, settings in self.trials]}  # fmt: skip

    def lines(self) -> list[str]:
        """For the screen: the ten best."""
        told = [f"{len(self.trials)} settings tried, judged by {self.metric} on inner folds", ""]
        for value, settings in self.trials[:10]:
            told.append(f"  {value:.4f}  " + ", ".join(f"{name} = {setting}" for name, setting in settings.items()))
        return [*told, "", self.note, f"write the best into the study by hand; all of them: {self.folder / DATABASE}"]


def sweep(
    study: Study | str | Path, *, trials: int | None = None, out: Path | None = None, watch: Watch | None = None
) -> Swept:
    """Try settings until `trials` are done in all. Raises InputError where keys are unknown or the study changed since."""
    study, folder = opened(study)
    watch = watch or fitting_watch()
    if not study.sweep.keys:
        what = "the study names no keys to sweep"
        raise InputError(Finding("error", what, 'write `[sweep.keys]` and, below it, `"training.rate" = [1e-4, 1e-2]`'))
    _try_all_ends(study)
    optuna = _optuna()
    place = RunFolder(out or Path("runs") / f"{study.name}-sweep")
    place.path.mkdir(parents=True, exist_ok=True)
    examined = examine(study, folder, allow_leak=False, watch=watch)
    examined.raise_errors()
    _same_as_before(place.path, examined)
    search = _search(optuna, place.path, study)
    folds, note = inner_folds(examined)
    engine = _engine(place.path, examined, folds)
    total = trials or study.sweep.trials
    while (done := sum(_was_tried(t) for t in search.trials)) < total:
        trial = search.ask()
        settings = {key: _suggest(trial, key, values) for key, values in study.sweep.keys.items()}
        try:
            value, metric = judged(replace(examined, study=with_settings(study, settings)), folds, engine)
        except InputError as fault:
            if fault.finding.check != DIVERGED:
                raise
            trial.set_user_attr(DIVERGED, True)  # a rate too high: the others are still worth a try
            search.tell(trial, state=optuna.trial.TrialState.FAIL)
            continue
        search.set_user_attr("metric", metric)
        search.tell(trial, value)
        watch.moved(
            "sweep", f"setting {done + 1} of {total} · {metric} {value:.4f} · best {search.best_value:.4f}", (done + 1) / total
        )
    finished = [(t.value, t.params) for t in search.trials if t.value is not None]
    best_first = tuple(sorted(finished, key=lambda pair: -pair[0]))
    return Swept(search.user_attrs.get("metric", ""), best_first, place.path, note)


def inner_folds(examined: Examined) -> tuple[list[Fold], str]:
    """Folds inside the training part of the study's first fold, over all M cases, and what to say about them."""
    assert examined.split_cases is not None
    first = examined.folds[0]
    development = first.development()
    inner = Folds(k=examined.study.sweep.folds, validation=0.0, calibration=0.0).folds(
        _some(examined.split_cases, development), SWEEP_SEED
    )
    several = sum(fold.scheme == first.scheme for fold in examined.folds) > 1
    note = "judged inside the training part of the first fold, by folds of its own; no test case of that fold had a say"
    if several:
        note += ". The other folds test cases that were used here: to report tuned figures, use a `holdout` or `column` split"
    return [replace(fold, part=_spread(fold.part, development, len(first.part))) for fold in inner], note


def judged(examined: Examined, folds: Sequence[Fold], engine: Engine) -> tuple[float, str]:
    """The mean over inner folds of the first target's headline figure (larger is better), with one network a fold."""
    workplace = Path(tempfile.mkdtemp(prefix="iatros-sweep-"))
    try:
        return _mean_headline(examined, folds, engine, workplace)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def with_settings(study: Study, settings: Mapping[str, Any]) -> Study:
    """The study with other values at dotted keys. Raises InputError for a key or a value that the study cannot have."""
    told = study.model_dump(mode="json", exclude_none=True)
    told["cases"]["table"] = study.cases.table
    for key, value in settings.items():
        table = told
        *path, last = key.split(".")
        for part in path:
            table = table.setdefault(part, {})
        table[last] = value
    try:
        return Study.model_validate(told)
    except ValidationError as wrong:
        from iatros.toml import explain

        fault = explain(wrong, Study, content=told).finding
        raise InputError(replace(fault, what=f"[sweep.keys]: {fault.what}")) from None


def _mean_headline(examined: Examined, folds: Sequence[Fold], engine: Engine, workplace: Path) -> tuple[float, str]:
    programme = programme_of(replace(examined, folds=tuple(folds)), RunFolder(workplace))
    material, name = programme.material, next(iter(examined.study.targets))
    form, values, metric = examined.forms()[name], [], ""
    for fold in folds:
        learned = fit_fold(programme, fold)
        member = next(m for m in programme.members() if (m.repeat, m.fold) == (fold.repeat, fold.fold))
        train_member(programme, member, fold, learned, engine, lambda moment: None)
        rows = fold.rows("test")
        rows = rows[material.truths[name].present[rows]]
        network = read_member(programme.models, member, material, learned.fits, programme.fusion, programme.guards)
        table = pl.DataFrame(dict(material.targets[name].truth_columns(material.truths[name], rows)))
        columns = scores(network, material, learned.fits, rows, engine, programme.said.views)[""][name]
        metric, value = headline(table.with_columns(**{k: pl.Series(v) for k, v in columns.items()}), form)
        values.append(value)
    return float(np.mean(values)), metric


def _some(cases: SplitCases, rows: NDArray[np.int64]) -> SplitCases:
    return SplitCases(cases.group[rows], cases.strata[rows], cases.rows[rows], cases.file)


def _spread(part: NDArray[np.int8], rows: NDArray[np.int64], count: int) -> NDArray[np.int8]:
    whole = np.full(count, -1, np.int8)
    whole[rows] = part
    return whole


def _try_all_ends(study: Study) -> None:
    """Every value, and both ends of every range, must make a valid study: better told now than after an hour."""
    for key, values in study.sweep.keys.items():
        for value in values:
            with_settings(study, {key: value})


def _suggest(trial: Any, key: str, values: Sequence[Any]) -> Any:
    ends = len(values) == 2 and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
    if not ends:
        return trial.suggest_categorical(key, list(values))
    low, high = sorted(values)
    if all(isinstance(v, int) for v in values):
        return trial.suggest_int(key, low, high)
    return trial.suggest_float(key, float(low), float(high), log=low > 0 and high / low >= 10)


def _was_tried(trial: Any) -> bool:
    """Was this setting judged, or did it go astray? One that was interrupted was not tried, and another takes its place."""
    return trial.value is not None or DIVERGED in trial.user_attrs


def _search(optuna: Any, folder: Path, study: Study) -> Any:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.RDBStorage(f"sqlite:///{folder / DATABASE}")
    search = optuna.create_study(storage=storage, study_name=study.name, direction="maximize", load_if_exists=True)
    for trial in search.get_trials(states=(optuna.trial.TrialState.RUNNING,)):  # interrupted: tried again as a new one
        search.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    search.sampler = optuna.samplers.TPESampler(seed=SWEEP_SEED + len(search.trials))
    return search


def _same_as_before(folder: Path, examined: Examined) -> None:
    facts = facts_of(examined)
    noted = folder / "begun.json"
    if noted.is_file():
        differences = changes(read_json(noted), facts)
        if differences:
            what = f"this sweep was begun with something else: {', '.join(differences)} changed since"
            raise InputError(Finding("error", what, f"undo the change, or remove {folder} to start over", file=str(folder)))
    write_json(noted, facts)


def _engine(folder: Path, examined: Examined, folds: Sequence[Fold]) -> Engine:
    path = folder / "engine.json"
    if path.is_file():
        return Engine(**read_json(path))
    engine, _ = choose_engine(programme_of(replace(examined, folds=tuple(folds)), RunFolder(folder)))
    write_json(path, engine.as_record())
    return engine


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        what, todo = "a sweep needs Optuna", 'pip install "iatros[sweep]"'
        raise InputError(Finding("error", what, todo)) from None
    return optuna
