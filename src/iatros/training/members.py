"""The networks of a run: one a fold, seed and set of inputs; trained, saved and read again.

In: cases, folds, what to build, the run's folder. Out: fitted networks on disk, and raw scores of any cases from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.anchors import encoder_of
from iatros.contracts import Fold, Fusion, Learned, Safeguard
from iatros.model import Blueprint, Network, Outputs, build
from iatros.study import TrainingSection
from iatros.training import checkpoints, feed
from iatros.training.engine import Engine, Wanted, choose
from iatros.training.loop import Job, Moment, Progress, Training, step, train
from iatros.training.objective import Objective
from iatros.training.portions import in_turn
from iatros.training.recipe import Recipe, resolve

ALL_INPUTS = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One network. fold: its number within the repeat; alone: the only input it reads, or "" for all."""

    scheme: str
    repeat: int
    fold: int
    seed: int
    alone: str = ALL_INPUTS

    @property
    def name(self) -> str:
        """Name of its files."""
        name = f"{self.scheme}-{self.repeat}-{self.fold}-{self.seed}"
        return f"{name}-{self.alone}" if self.alone else name


@dataclass(frozen=True)
class Programme:
    """All that training a run needs, and nothing of the study beyond it."""

    material: feed.Material
    folds: Sequence[Fold]
    seeds: tuple[int, ...]
    said: TrainingSection
    wanted: Wanted
    guards: Sequence[Safeguard] = ()
    fusion: Fusion | None = None
    budget: float | None = None
    models: Path = Path()
    unfinished: Path = Path()

    def sets(self) -> tuple[str, ...]:
        """What networks read: all inputs; where they are trained jointly, others read each input alone, to compare with."""
        names = tuple(self.material.inputs)
        return (ALL_INPUTS, *names) if len(names) > 1 and self.said.joint else (ALL_INPUTS,)

    def members(self) -> list[Member]:
        """All networks, those of one fold together."""
        return [
            Member(fold.scheme, fold.repeat, fold.fold, seed, alone)
            for fold in self.folds
            for seed in self.seeds
            for alone in self.sets()
        ]


@dataclass(frozen=True)
class Trained:
    """How the training of one network went. fresh: it was trained now, not found finished."""

    member: Member
    recipe: Recipe
    parameters: int
    history: tuple[tuple[float, float | None], ...]
    seconds: float
    fresh: bool


@dataclass(frozen=True)
class FoldFits:
    """Everything learned from one fold's training rows."""

    fits: feed.Fits
    guards: tuple[tuple[Safeguard, Learned], ...] = field(default=())


def fit_fold(programme: Programme, fold: Fold) -> FoldFits:
    """Learn statistics and the safeguards' needs from the fold's training rows."""
    rows = fold.rows("train")
    strata = {name: s[rows] for name, s in programme.material.strata.items()}
    guards = tuple((guard, guard.fit(strata)) for guard in sorted(programme.guards, key=lambda g: g.order))
    return FoldFits(feed.fit(programme.material, rows), guards)


def blueprint(material: feed.Material, fits: feed.Fits, fusion: Fusion | None, joint: bool) -> Blueprint:
    """What to build for these inputs and targets."""
    encoders = {name: encoder_of(modality) for name, modality in material.inputs.items()}
    shapes = {name: modality.shape(fits.inputs[name]) for name, modality in material.inputs.items()}
    shares = {name: m.shares for name, m in material.inputs.items() if m.shares is not None and m.shares in material.inputs}
    return Blueprint(encoders, shapes, material.targets, fits.targets, fusion, joint, shares)


def job_of(programme: Programme, member: Member, fold: Fold, learned: FoldFits, engine: Engine) -> tuple[Job, Network]:
    """The job of training one member, and its untrained network."""
    material = programme.material.with_inputs([member.alone]) if member.alone else programme.material
    rows = _usable(material, fold.rows("train"))
    lengths = None if material.lengths is None or not len(rows) else float(material.lengths[rows].mean())
    recipe = resolve(programme.said, len(rows), [m.layout for m in material.inputs.values()], lengths, programme.budget)
    network = build(blueprint(material, learned.fits, programme.fusion, recipe.joint), member.seed)
    for guard, _ in learned.guards:
        changed = guard.model(network)
        assert isinstance(changed, Network)
        network = changed
    strata = {name: torch.from_numpy(s) for name, s in material.strata.items()}
    weight = torch.from_numpy(material.weight / material.weight[rows].mean()).float()
    objective = Objective(material.targets, learned.fits.targets, strata, weight, learned.guards, recipe.alone)
    unfinished = programme.unfinished / f"{member.name}.safetensors"
    validation = _usable(material, fold.rows("validation"))
    job = Job(material, learned.fits, objective, recipe, engine, rows, validation, member.seed, unfinished)
    return job, network


def choose_engine(programme: Programme) -> tuple[Engine, dict[str, float]]:
    """Measure a training step of the first member under each candidate engine."""
    member, fold = programme.members()[0], programme.folds[0]
    learned = fit_fold(programme, fold)
    job, _ = job_of(programme, member, fold, learned, Engine())
    rows = job.train[: job.recipe.batch]
    batch = feed.batch(job.material, job.fits, rows)
    trainings: dict[Engine, Training] = {}

    def trial(engine: Engine) -> None:
        if engine not in trainings:
            attempt, network = job_of(programme, member, fold, learned, engine)
            trainings[engine] = Training(attempt, network)
        moving = trainings[engine]
        moving.model.train()
        generator = torch.Generator().manual_seed(0)
        given = feed.moved(feed.batch(job.material, job.fits, rows), job.material, generator)
        step(moving, engine.formatted(given).to(moving.fabric.device))

    return choose(trial, batch, programme.wanted)


def train_member(
    programme: Programme, member: Member, fold: Fold, learned: FoldFits, engine: Engine, told: Callable[[Moment], None]
) -> Trained:
    """Train one member and save its weights, unless they are there already."""
    path = programme.models / f"{member.name}.safetensors"
    if path.is_file():
        facts = checkpoints.read(path).facts
        history = tuple((loss, validation) for loss, validation in facts["history"])
        return Trained(member, Recipe(**facts["recipe"]), facts["parameters"], history, facts["seconds"], False)
    job, network = job_of(programme, member, fold, learned, engine)
    weights, progress = train(job, network, told)
    count = sum(p.numel() for p in network.parameters())
    checkpoints.save(path, checkpoints.Saved(weights, _facts(member, job.recipe, count, progress)))
    if job.checkpoint is not None:
        job.checkpoint.unlink(missing_ok=True)
    return Trained(member, job.recipe, count, progress.history, progress.seconds, True)


def read_member(
    models: Path,
    member: Member,
    material: feed.Material,
    fits: feed.Fits,
    fusion: Fusion | None,
    guards: Sequence[Safeguard] = (),
) -> Network:
    """A trained network, in evaluation mode."""
    some = material.with_inputs([member.alone]) if member.alone else material
    return assembled(some, fits, fusion, guards, checkpoints.read(models / f"{member.name}.safetensors").tensors)


def assembled(
    material: feed.Material, fits: feed.Fits, fusion: Fusion | None, guards: Sequence[Safeguard], tensors: dict[str, Tensor]
) -> Network:
    """A network as it was built for training, with these weights, in evaluation mode."""
    network = Network(blueprint(material, fits, fusion, joint=False))
    for guard in sorted(guards, key=lambda g: g.order):
        changed = guard.model(network)
        assert isinstance(changed, Network)
        network = changed
    network.load_state_dict(tensors)
    return network.eval()


Raws = dict[str, dict[str, Tensor]]
Scores = dict[str, dict[str, Mapping[str, NDArray[np.float64]]]]


@torch.no_grad()
def raw_scores(
    network: Network, material: feed.Material, fits: feed.Fits, rows: NDArray[np.int64], engine: Engine, views: int = 1
) -> Iterator[tuple[NDArray[np.int64], Raws]]:
    """Portion by portion: places among `rows`; reader -> target -> their raw scores in float32, the mean over `views`.

    Readers: "" for all inputs; each input's own readout. Portions are of cases alike in length, every case in one of them.
    """
    some = material.with_inputs(list(network.reader)) if len(network.reader) < len(material.inputs) else material
    network = network.to(engine.device)
    with engine.in_use():
        for places in in_turn(rows, some.lengths):
            batch = feed.batch(some, fits, rows[places]).to(torch.device(engine.device))
            yield places, _means([network(feed.viewed(batch, some, number)) for number in range(views)])


def _means(several: Sequence[Outputs]) -> Raws:
    """reader -> target -> mean raw scores of the same cases seen several times."""
    seen = [{ALL_INPUTS: outputs.fused, **outputs.alone} for outputs in several]
    return {
        reader: {name: torch.stack([one[reader][name].float() for one in seen]).mean(0) for name in raws}
        for reader, raws in seen[0].items()
    }


def scores(
    network: Network, material: feed.Material, fits: feed.Fits, rows: NDArray[np.int64], engine: Engine, views: int = 1
) -> Scores:
    """reader -> target -> score columns of the predictions table."""
    found: dict[str, dict[str, dict[str, NDArray[Any]]]] = {}
    for places, by_reader in raw_scores(network, material, fits, rows, engine, views):
        for reader, raws in by_reader.items():
            for name, raw in raws.items():
                columns = found.setdefault(reader, {}).setdefault(name, {})
                for column, values in material.targets[name].predict(raw.cpu(), fits.targets[name]).items():
                    columns.setdefault(column, np.empty(len(rows), values.dtype))[places] = values
    return {reader: dict(by_target) for reader, by_target in found.items()}


def fold_scores(
    programme: Programme, fold: Fold, material: feed.Material, fits: feed.Fits, rows: NDArray[np.int64], engine: Engine
) -> dict[int, Scores]:
    """seed -> reader -> target -> score columns, of the networks of one fold. With joint training each input has its own."""
    found: dict[int, Scores] = {}
    for seed in programme.seeds:
        by_reader: Scores = {}
        for alone in programme.sets():
            member = Member(fold.scheme, fold.repeat, fold.fold, seed, alone)
            network = read_member(programme.models, member, material, fits, programme.fusion, programme.guards)
            given = scores(network, material, fits, rows, engine, programme.said.views)
            by_reader |= given if not alone else {alone: given[ALL_INPUTS]}
        found[seed] = by_reader
    return found


def _usable(material: feed.Material, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cases with at least one input and at least one known target."""
    seen = np.any([pack.present[rows] for pack in material.packs.values()], axis=0)
    known = np.any([truth.present[rows] for truth in material.truths.values()], axis=0)
    usable: NDArray[np.int64] = rows[seen & known]
    return usable


def _facts(member: Member, recipe: Recipe, count: int, progress: Progress) -> dict[str, Any]:
    return {
        "member": {name: getattr(member, name) for name in Member.__dataclass_fields__},
        "recipe": recipe.as_record(),
        "parameters": count,
        "seconds": round(progress.seconds, 3),
        "history": progress.history,
    }
