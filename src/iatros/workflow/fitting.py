"""Train every network of the run, and tell how it goes.

In: an examined study and the run's folder. Out: `Fleet`: what was learned per fold, and networks on disk.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iatros.contracts import Fold, FoldKey
from iatros.model import build, check_fit, parameters
from iatros.runs import RunFolder, read_json, write_json
from iatros.training.engine import Engine, Wanted
from iatros.training.feed import Material
from iatros.training.loop import Moment
from iatros.training.members import (
    FoldFits,
    Member,
    Programme,
    Trained,
    blueprint,
    choose_engine,
    fit_fold,
    fold_scores,
    train_member,
)
from iatros.workflow.examine import Examined
from iatros.workflow.record import Record
from iatros.workflow.table import Columns, judged_rows, mean_scores, merged
from iatros.workflow.watch import Watch

ENGINE_FILE = "engine.json"


@dataclass(frozen=True)
class Fleet:
    """The trained networks of a run."""

    programme: Programme
    engine: Engine
    fits: Mapping[FoldKey, FoldFits]
    trained: tuple[Trained, ...]

    def learned(self, fold: Fold) -> FoldFits:
        """What was learned from this fold's training rows."""
        return self.fits[fold.key]


def material_of(examined: Examined) -> Material:
    """The packed cases as training reads them."""
    study = examined.study
    return Material(study.inputs, study.targets, examined.packs, examined.truths, examined.cohort.weight)


def programme_of(examined: Examined, folder: RunFolder) -> Programme:
    """What to train."""
    study, said = examined.study, examined.study.training
    count = len(examined.folds) * len(said.seed_list()) * (1 + said.joint * (len(study.inputs) > 1) * len(study.inputs))
    return Programme(
        material=material_of(examined),
        folds=examined.folds,
        seeds=said.seed_list(),
        said=said,
        wanted=Wanted(said.device, said.precision, said.threads),
        guards=tuple(study.safeguards.values()),
        fusion=study.fusion,
        budget=said.budget / max(1, count) if said.budget else None,
        models=folder.models,
        unfinished=folder.checkpoints,
    )


def network_size(examined: Examined) -> int:
    """How many parameters the network of the first fold has, before it is trained. Raises InputError where parts do not fit."""
    check_fit(examined.study.inputs, examined.study.targets)
    programme = programme_of(examined, RunFolder(Path()))
    fits = fit_fold(programme, programme.folds[0]).fits
    return parameters(build(blueprint(programme.material, fits, programme.fusion, programme.said.joint), seed=0))


def train_all(examined: Examined, folder: RunFolder, record: Record, watch: Watch) -> Fleet:
    """Train what is not trained yet. Engine, once measured, is kept for the whole run, also when it is resumed."""
    check_fit(examined.study.inputs, examined.study.targets)
    programme = programme_of(examined, folder)
    watch.began("train", "measuring the engine")
    engine = _engine(programme, folder, record)
    members = programme.members()
    fits: dict[FoldKey, FoldFits] = {}
    trained: list[Trained] = []
    started = time.monotonic()
    for fold in programme.folds:
        fits[fold.key] = learned = fit_fold(programme, fold)
        for member in (m for m in members if (m.scheme, m.repeat, m.fold) == fold.key):
            done = len(trained)

            def told(moment: Moment, member: Member = member, done: int = done) -> None:
                share = (done + moment.epoch / moment.epochs) / len(members)
                elapsed = time.monotonic() - started
                watch.moved("train", _words(member, programme, moment, elapsed * (1 - share) / max(share, 1e-6)), share)

            trained.append(train_member(programme, member, fold, learned, engine, told))
    return Fleet(programme, engine, fits, tuple(trained))


def scored_fold(fleet: Fleet, fold: Fold) -> dict[str, dict[str, dict[int | None, Columns]]]:
    """target -> model ("iatros", "input:NAME") -> seed (None: the ensemble) -> score columns of the fold's judged rows."""
    rows, material = judged_rows(fold), fleet.programme.material
    by_seed = fold_scores(fleet.programme, fold, material, fleet.learned(fold).fits, rows, fleet.engine)
    found: dict[str, dict[str, dict[int | None, Columns]]] = {}
    for target in material.targets:
        models: dict[str, dict[int | None, Columns]] = {"iatros": {}}
        for seed, readers in by_seed.items():
            alone = {name: readers[name][target] for name in readers if name and target in readers[name]}
            models["iatros"][seed] = merged(readers[""][target], alone, material, rows)
            for name, columns in alone.items():
                models.setdefault(f"input:{name}", {})[seed] = columns
        for per_seed in models.values():
            per_seed[None] = mean_scores([per_seed[seed] for seed in by_seed])
        found[target] = models
    return found


def _engine(programme: Programme, folder: RunFolder, record: Record) -> Engine:
    path = folder.checkpoints / ENGINE_FILE
    if path.is_file():
        return Engine(**read_json(path))
    engine, seconds = choose_engine(programme)
    write_json(path, engine.as_record())
    record.put(engine={**engine.as_record(), "measured_seconds_a_step": seconds})
    return engine


def _words(member: Member, programme: Programme, moment: Moment, left: float) -> str:
    total = sum(fold.scheme == member.scheme for fold in programme.folds)
    at = 1 + next(i for i, fold in enumerate(f for f in programme.folds if f.scheme == member.scheme)
                  if (fold.repeat, fold.fold) == (member.repeat, member.fold))  # fmt: skip
    parts = [f"{member.scheme} {at} of {total}"]
    if len(programme.seeds) > 1:
        parts.append(f"seed {1 + programme.seeds.index(member.seed)} of {len(programme.seeds)}")
    if member.alone:
        parts.append(f"{member.alone} alone")
    parts += [f"epoch {moment.epoch}/{moment.epochs}", f"{moment.rate:,.0f} cases/s", f"loss {moment.loss:.3f}"]
    if moment.validation is not None:
        parts.append(f"validation {moment.validation:.3f}")
    return " · ".join([*parts, f"{left:.0f} s left"])
