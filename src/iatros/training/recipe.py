"""How long, how fast, in what portions: the numbers that a study may leave to us.

In: what the study says, the number of training cases, what the inputs' layouts are. Out: a `Recipe` with every "auto" resolved.
The automatic choices were made on inner folds of the benchmark data, never on their test parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from iatros.contracts import Grid, Layout, Tokens
from iatros.study import TrainingSection

GRID_STEPS, GRID_RATE, GRID_BATCH, GRID_EMA, GRID_DECAY = 750, 3e-3, 128, 0.98, 0.01
ROWS_STEPS, ROWS_RATE, ROWS_BATCH, ROWS_DECAY = 240, 3e-3, 256, 1.0
TOKENS_STEPS, TOKENS_RATE, TOKENS_POSITIONS, TOKENS_EMA, TOKENS_DECAY = 1_000, 2e-3, 8_192, 0.99, 0.05
TOKENS_BATCH = 128
FEWEST_EPOCHS, MOST_EPOCHS = 16, 60


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every number that training needs."""

    epochs: int
    batch: int
    rate: float
    optimizer: Literal["adamw", "adam", "sgd", "rmsprop"]
    momentum: float
    decay: float
    schedule: Literal["one_cycle", "cosine", "plateau", "constant", "steps"]
    milestones: tuple[float, ...]
    warmup: float
    clip: float
    ema: float
    patience: int | None
    keep: Literal["best", "last"]
    alone: float
    joint: bool = False
    budget: float | None = None

    def as_record(self) -> dict[str, Any]:  # Any: JSON
        """For the run's record."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Automatic:
    """What "auto" stands for. batch: the most cases of a step; steps: of all training, where epochs are between the limits."""

    steps: int
    batch: int
    rate: float
    decay: float
    ema: float = 0.0


def resolve(
    said: TrainingSection,
    cases: int,
    layouts: Sequence[type[Layout]],
    length: float | None = None,
    budget: float | None = None,
) -> Recipe:
    """The recipe for `cases` training cases of mean `length`, where they have one; `budget` seconds for this one network."""
    auto = automatic(layouts, length)
    size = said.batch if said.batch != "auto" else min(auto.batch, max(8, 2 ** int(math.log2(max(16, cases // 8)))))
    size = max(1, min(size, cases))
    steps_an_epoch = max(1, math.ceil(cases / size))
    epochs = max(FEWEST_EPOCHS, min(MOST_EPOCHS, math.ceil(auto.steps / steps_an_epoch)))
    rate = said.rate if said.rate != "auto" else auto.rate
    if said.rate == "auto" and said.optimizer == "sgd":
        rate *= 20
    keep: Literal["best", "last"] = "best" if said.patience else said.keep
    return Recipe(
        epochs=said.epochs if said.epochs != "auto" else epochs, batch=int(size), rate=float(rate),
        optimizer=said.optimizer, momentum=said.momentum, decay=said.decay if said.decay != "auto" else auto.decay,
        schedule=said.schedule, milestones=said.milestones, warmup=said.warmup, clip=said.clip, ema=said.ema or auto.ema,
        patience=said.patience, keep=keep, alone=said.alone, joint=said.joint, budget=budget,
    )  # fmt: skip


def automatic(layouts: Sequence[type[Layout]], length: float | None) -> Automatic:
    """By what the network reads: grids before sequences before rows."""
    if Grid in layouts:
        return Automatic(GRID_STEPS, GRID_BATCH, GRID_RATE, GRID_DECAY, GRID_EMA)
    if Tokens in layouts:
        batch = max(1, min(TOKENS_BATCH, round(TOKENS_POSITIONS / (length or 1))))
        return Automatic(TOKENS_STEPS, batch, TOKENS_RATE, TOKENS_DECAY, TOKENS_EMA)
    return Automatic(ROWS_STEPS, ROWS_BATCH, ROWS_RATE, ROWS_DECAY)
