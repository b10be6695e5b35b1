"""How much does each column matter to a finished model? Its measure is taken again with the column shuffled.

In: a score of rows, cases, and a measure of the scores. Out: the loss of AUROC (or R2) by column, beside that by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.contracts import Rows
from iatros.evidence import Importance
from iatros.explain.columns import Column, swap
from iatros.explain.shapley import EffectShape

REPEATS = 10  # shuffles of a column
LIMITS = (0.025, 0.975)
Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], Floats]  # (score [N], weights [R, N]) -> [R], NaN where not defined


@dataclass(frozen=True)
class Loss:
    """What shuffling one column costs. low, high: over resamples of the cases; null_low, null_high: what chance alone costs."""

    column: str
    value: float
    low: float
    high: float
    null_low: float
    null_high: float


def permutation_importance(
    score: Callable[[Rows], Tensor],
    rows: Rows,
    columns: Sequence[Column],
    measure: Measure,
    weights: Floats,
    generator: torch.Generator,
    made_up: Collection[str] = (),
    repeats: int = REPEATS,
) -> list[Loss]:
    """The loss of the measure when a column is shuffled, the costliest column first.

    weights: [1 + R, N], first the cases' own, then resamples
    made_up: columns that were trained along as shuffled copies of others; what they lose is the null band, and they are left
    out of the list. Without any, the band is what one shuffle loses against another: the loss of a column with the same pull
    on the score and no relation to the outcome.
    """
    with torch.no_grad():
        before = measure(_numbers(score(rows)), weights)  # [1 + R]
        shuffled = {column.name: _shuffle(score, rows, columns, i, generator, repeats) for i, column in enumerate(columns)}
    after = {name: np.stack([measure(s, weights) for s in scores]) for name, scores in shuffled.items()}  # [repeats, 1 + R]
    null = np.concatenate([before[0] - after[name][:, 0] for name in after if name in made_up]) if made_up else None
    found = [_loss(name, before, measures, null) for name, measures in after.items() if name not in made_up]
    return sorted(found, key=lambda loss: -loss.value)


def importance(loss: Loss, target: str, source: str, shape: EffectShape | None = None) -> Importance:
    """For the report. source: the input's name."""
    return Importance(
        target=target,
        input=source,
        column=loss.column,
        value=loss.value,
        low=_known(loss.low),
        high=_known(loss.high),
        null_low=_known(loss.null_low),
        null_high=_known(loss.null_high),
        shape_x=shape.x if shape else (),
        shape_y=shape.y if shape else (),
    )


def _shuffle(
    score: Callable[[Rows], Tensor], rows: Rows, columns: Sequence[Column], at: int, generator: torch.Generator, repeats: int
) -> list[Floats]:
    taken = torch.zeros(len(rows.numbers), len(columns), dtype=torch.bool)
    taken[:, at] = True
    orders = [torch.randperm(len(rows.numbers), generator=generator) for _ in range(repeats)]
    return [_numbers(score(swap(rows, rows.take(order), columns, taken))) for order in orders]


def _loss(name: str, before: Floats, after: Floats, null: Floats | None) -> Loss:
    loss = before - after.mean(axis=0)  # [1 + R]
    low, high = np.nanquantile(loss[1:], LIMITS) if len(loss) > 1 else (np.nan, np.nan)
    if null is None:
        apart = np.array([a - b for a, b in combinations(after[:, 0], 2)] or [0.0])
        null = np.concatenate([apart, -apart])
    null_low, null_high = np.quantile(null, LIMITS)
    return Loss(name, float(loss[0]), float(low), float(high), float(null_low), float(null_high))


def _numbers(scores: Tensor) -> Floats:
    return scores.detach().double().numpy()


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
