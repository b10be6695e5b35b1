"""The training loop, from top to bottom on a page. It names no modality, target or safeguard.

In: a network, the cases, what to minimise, a recipe. Out: the weights to predict with, and how it went.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor, nn

from iatros.contracts import Batch
from iatros.findings import Finding, InputError
from iatros.training import checkpoints, feed, optimizers
from iatros.training.averaging import Average
from iatros.training.engine import Engine
from iatros.training.objective import Objective
from iatros.training.portions import in_turn, shuffled
from iatros.training.recipe import Recipe
from iatros.training.schedules import Plateau, factor

SECONDS_BETWEEN_CHECKPOINTS = 5.0
DIVERGED = "diverged"  # `check` of the finding that says so


@dataclass(frozen=True, slots=True)
class Moment:
    """How training stands: for a progress bar and the record. rate: cases a second."""

    epoch: int
    epochs: int
    loss: float
    validation: float | None
    rate: float
    left: float


@dataclass(frozen=True)
class Job:
    """One network to train. checkpoint: where its unfinished state lies; train, validation: positions of cases."""

    material: feed.Material
    fits: feed.Fits
    objective: Objective
    recipe: Recipe
    engine: Engine
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    seed: int
    checkpoint: Path | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What goes from one epoch to the next beside tensors; with them, all that a checkpoint holds."""

    epoch: int = 0
    seconds: float = 0.0
    best: float = math.inf
    since: int = 0
    plateau: Plateau = field(default_factory=Plateau)
    history: tuple[tuple[float, float | None], ...] = ()


class Training:
    """The moving parts of one job: model, optimiser, average, the best weights so far."""

    def __init__(self, job: Job, network: nn.Module) -> None:
        self.job = job
        self.fabric: Fabric = job.engine.fabric()
        self.raw = job.engine.prepared(network)
        optimizer = optimizers.build(self.raw, job.recipe)
        self.model, self.optimizer = self.fabric.setup(self.raw, optimizer)
        self.average = Average(self.raw, job.recipe.ema) if job.recipe.ema else None
        self.best: dict[str, Tensor] = {}
        self.progress = Progress()

    def weights(self) -> dict[str, Tensor]:
        """The weights that would predict now: averaged where there is an average."""
        return self.average.state(self.raw) if self.average else self.raw.state_dict()

    def save(self, path: Path) -> None:
        """Write all that is needed to go on from the end of this epoch."""
        tensors = checkpoints.prefixed("model", self.raw.state_dict()) | checkpoints.prefixed("best", self.best)
        tensors |= checkpoints.prefixed("optimizer", optimizers.state_tensors(self.optimizer.optimizer))
        if self.average:
            averaged = dict(zip(self.average.names, self.average.values, strict=True))
            tensors |= checkpoints.prefixed("average", averaged)
        p = self.progress
        facts = {
            "epoch": p.epoch, "seconds": p.seconds, "best": _finite(p.best), "since": p.since, "history": p.history,
            "plateau": [_finite(p.plateau.best), p.plateau.since, p.plateau.factor],
            "averaged": self.average.steps if self.average else 0,
        }  # fmt: skip
        checkpoints.save(path, checkpoints.Saved(tensors, facts))

    def restore(self, path: Path) -> None:
        """Go back to what `save` wrote."""
        saved = checkpoints.read(path)
        self.raw.load_state_dict(saved.group("model"))
        optimizers.load_state_tensors(self.optimizer.optimizer, saved.group("optimizer"))
        self.best = saved.group("best")
        if self.average:
            averaged = saved.group("average")
            self.average.values = [averaged[name] for name in self.average.names]
            self.average.steps = saved.facts["averaged"]
        f = saved.facts
        best, since, cut = f["plateau"]
        plateau = Plateau(math.inf if best is None else best, since, cut)
        history = tuple((loss, validation) for loss, validation in f["history"])
        best_loss = math.inf if f["best"] is None else f["best"]
        self.progress = Progress(f["epoch"], f["seconds"], best_loss, f["since"], plateau, history)


def train(job: Job, network: nn.Module, told: Callable[[Moment], None]) -> tuple[dict[str, Tensor], Progress]:
    """Train the network; give back the weights to predict with. A checkpoint of the same job is gone on from.

    Raises InputError where losses or weights are no longer numbers.
    """
    with job.engine.in_use():
        training = Training(job, network)
        if job.checkpoint is not None and job.checkpoint.is_file():
            training.restore(job.checkpoint)
        saved_at = time.monotonic()
        while not _over(training):
            loss, seconds = one_epoch(training)
            if not math.isfinite(loss):
                raise _astray(training.progress.epoch + 1)
            validation = validate(job, training.raw, training.weights()) if len(job.validation) else None
            _remember(training, loss, validation, seconds)
            told(_moment(training, seconds))
            if job.checkpoint is not None and time.monotonic() - saved_at > SECONDS_BETWEEN_CHECKPOINTS:
                training.save(job.checkpoint)
                saved_at = time.monotonic()
        kept = training.best if job.recipe.keep == "best" and training.best else training.weights()
        if not all(bool(t.isfinite().all()) for t in kept.values() if t.is_floating_point()):
            raise _astray(training.progress.epoch)
        return {name: t.detach().clone() for name, t in kept.items()}, training.progress


def one_epoch(training: Training) -> tuple[float, float]:
    """One pass over the training cases; mean loss and seconds."""
    job, recipe = training.job, training.job.recipe
    start, total, count = time.perf_counter(), 0.0, 0
    seed = (job.seed * 1_000_003 + training.progress.epoch) % 2**31
    torch.manual_seed(seed)  # dropout; seeded anew each epoch, so that an epoch can be repeated from a checkpoint
    generator = torch.Generator().manual_seed(seed)
    training.model.train()
    portions = _portions(job, generator)
    for number, rows in enumerate(portions):
        batch = feed.moved(feed.batch(job.material, job.fits, rows), job.material, generator)
        for guard, fitted in job.objective.guards:
            batch = guard.before(batch, fitted, generator)
        batch = job.engine.formatted(batch).to(training.fabric.device)
        optimizers.set_rate(training.optimizer.optimizer, recipe.rate * _factor(training, number / len(portions), start))
        loss = step(training, batch)
        total, count = total + loss * len(rows), count + len(rows)
    return total / max(1, count), time.perf_counter() - start


def step(training: Training, batch: Batch) -> float:
    """One step down the gradient; the mean loss before it."""
    job = training.job
    training.optimizer.zero_grad(set_to_none=True)
    outputs = training.model(batch)
    losses = job.objective.losses(outputs, batch)
    done = any(guard.gradients(training.raw, losses) for guard, _ in job.objective.guards)
    loss = losses.mean()
    if not done:
        training.fabric.backward(loss)
        if job.recipe.clip:
            nn.utils.clip_grad_norm_(training.raw.parameters(), job.recipe.clip, foreach=True)
    training.optimizer.step()
    if training.average:
        training.average.update(training.raw)
    return float(loss.detach())


def _portions(job: Job, generator: torch.Generator) -> list[NDArray[np.int64]]:
    """The epoch's cases, all of them or those that a safeguard draws."""
    strata = {name: s[job.train] for name, s in job.material.strata.items()}
    drawn = next((d for g, f in job.objective.guards if (d := g.draw(strata, f, generator)) is not None), None)
    return shuffled(job.train, job.recipe.batch, job.material.lengths, generator, drawn)


@torch.no_grad()
def validate(job: Job, model: nn.Module, weights: dict[str, Tensor]) -> float:
    """Mean validation loss with the weights that would predict now."""
    own = {name: t.clone() for name, t in model.state_dict().items()}
    model.load_state_dict(weights)
    model.eval()
    total = 0.0
    with job.engine.autocast():
        for places in in_turn(job.validation, job.material.lengths):
            rows = job.validation[places]
            batch = job.engine.formatted(feed.batch(job.material, job.fits, rows)).to(next(model.parameters()).device)
            total += float(job.objective.plain(model(batch), batch).sum())
    model.load_state_dict(own)
    return total / len(job.validation)


def _remember(training: Training, loss: float, validation: float | None, seconds: float) -> None:
    p = training.progress
    validation = validation if validation is not None and math.isfinite(validation) else None
    judged = loss if validation is None else validation
    better = judged < p.best
    if better and training.job.recipe.keep == "best":
        training.best = {name: t.detach().clone() for name, t in training.weights().items()}
    training.progress = replace(
        p, epoch=p.epoch + 1, seconds=p.seconds + seconds, best=min(p.best, judged), since=0 if better else p.since + 1,
        plateau=p.plateau.after(judged), history=(*p.history, (loss, validation)),
    )  # fmt: skip


def _over(training: Training) -> bool:
    p, recipe = training.progress, training.job.recipe
    stalled = recipe.patience is not None and p.since >= recipe.patience
    spent = recipe.budget is not None and p.epoch > 0 and p.seconds * (1 + 0.5 / p.epoch) >= recipe.budget
    return p.epoch >= recipe.epochs or stalled or spent


def _factor(training: Training, within: float, start: float) -> float:
    p, recipe = training.progress, training.job.recipe
    share = (p.epoch + within) / recipe.epochs
    if recipe.budget is not None:
        share = max(share, (p.seconds + time.perf_counter() - start) / recipe.budget)
    return factor(recipe, share, p.plateau)


def _moment(training: Training, seconds: float) -> Moment:
    p, recipe = training.progress, training.job.recipe
    each_epoch = p.seconds / p.epoch
    left = each_epoch * (recipe.epochs - p.epoch)
    left = min(left, max(0.0, recipe.budget - p.seconds)) if recipe.budget is not None else left
    loss, validation = p.history[-1]
    return Moment(p.epoch, recipe.epochs, loss, validation, len(training.job.train) / max(seconds, 1e-9), left)


def _astray(epoch: int) -> InputError:
    what = f"training went astray: in epoch {epoch} its numbers grew beyond all bounds"
    return InputError(Finding("error", what, "set a lower `rate` in [training], or leave it to be chosen", check=DIVERGED))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
