"""How long, how fast, in what portions: the numbers that a study may leave to us.

In: what the study says, the number of training cases, whether an input is a grid. Out: a `Recipe` with every "auto" resolved.
The automatic choices were made on inner folds of the benchmark data, never on their test parts.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from iatros.study import TrainingSection

GRID_STEPS, GRID_RATE, GRID_BATCH, GRID_EMA, GRID_DECAY = 750, 3e-3, 128, 0.98, 0.01
ROWS_STEPS, ROWS_RATE, ROWS_BATCH, ROWS_DECAY = 240, 3e-3, 256, 1.0
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


def resolve(said: TrainingSection, cases: int, grid: bool, budget: float | None = None) -> Recipe:
    """The recipe for `cases` training cases; `budget` seconds for this one network."""
    largest = GRID_BATCH if grid else ROWS_BATCH
    size = said.batch if said.batch != "auto" else max(8, min(largest, 2 ** int(math.log2(max(16, cases // 8)))))
    size = max(1, min(size, cases))
    steps_an_epoch = max(1, math.ceil(cases / size))
    wanted = GRID_STEPS if grid else ROWS_STEPS
    epochs = said.epochs if said.epochs != "auto" else max(FEWEST_EPOCHS, min(MOST_EPOCHS, math.ceil(wanted / steps_an_epoch)))
    rate = said.rate if said.rate != "auto" else (GRID_RATE if grid else ROWS_RATE)
    if said.rate == "auto" and said.optimizer == "sgd":
        rate *= 20
    decay = said.decay if said.decay != "auto" else (GRID_DECAY if grid else ROWS_DECAY)
    ema = said.ema if said.ema or not grid else GRID_EMA
    keep: Literal["best", "last"] = "best" if said.patience else said.keep
    return Recipe(
        epochs=int(epochs), batch=int(size), rate=float(rate), optimizer=said.optimizer, momentum=said.momentum,
        decay=decay, schedule=said.schedule, milestones=said.milestones, warmup=said.warmup, clip=said.clip, ema=ema,
        patience=said.patience, keep=keep, alone=said.alone, joint=said.joint, budget=budget,
    )  # fmt: skip
