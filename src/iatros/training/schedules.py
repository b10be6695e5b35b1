"""The learning rate along the way.

In: how far training has come (0 to 1), what validation said. Out: the factor on the recipe's highest rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from iatros.training.recipe import Recipe

ONE_CYCLE_START, ONE_CYCLE_END = 1 / 25, 1e-4  # factors; Smith & Topin 2018, arXiv:1708.07120, as PyTorch's defaults
ONE_CYCLE_RISE = 0.3
PLATEAU_PATIENCE, PLATEAU_CUT = 3, 0.5


@dataclass(frozen=True, slots=True)
class Plateau:
    """What the plateau schedule remembers: lowest validation loss so far, epochs since, cuts made."""

    best: float = math.inf
    since: int = 0
    factor: float = 1.0

    def after(self, loss: float) -> Plateau:
        """The memory after one more epoch."""
        if loss < self.best:
            return Plateau(loss, 0, self.factor)
        if self.since + 1 >= PLATEAU_PATIENCE:
            return replace(self, since=0, factor=self.factor * PLATEAU_CUT)
        return replace(self, since=self.since + 1)


def factor(recipe: Recipe, progress: float, plateau: Plateau) -> float:
    """Share of the highest rate at `progress` (0 to 1) of training."""
    progress = min(max(progress, 0.0), 1.0)
    if recipe.schedule == "one_cycle":
        return _one_cycle(progress)
    rise = min(1.0, (progress + 1e-3) / recipe.warmup) if recipe.warmup else 1.0
    if recipe.schedule == "cosine":
        left = max(0.0, progress - recipe.warmup) / (1 - recipe.warmup)
        return rise if progress < recipe.warmup else 0.5 * (1 + math.cos(math.pi * left))
    if recipe.schedule == "steps":
        return rise * 0.1 ** sum(progress >= milestone for milestone in recipe.milestones)
    return rise * (plateau.factor if recipe.schedule == "plateau" else 1.0)


def _one_cycle(progress: float) -> float:
    if progress < ONE_CYCLE_RISE:
        return _between(ONE_CYCLE_START, 1.0, progress / ONE_CYCLE_RISE)
    return _between(1.0, ONE_CYCLE_END, (progress - ONE_CYCLE_RISE) / (1 - ONE_CYCLE_RISE))


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))
