"""How much does each column add to one case's score? Shapley values.

In: a score of rows, cases, and training cases to compare with. Out: effects [B, U], and their mean along a column's values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.contracts import Rows
from iatros.explain.columns import Column, swap

ORDERS = 16  # of columns that are tried, half of them the others reversed
POINTS = 20  # of an effect's shape, at most


def shapley(
    score: Callable[[Rows], Tensor],
    rows: Rows,
    background: Rows,
    columns: Sequence[Column],
    generator: torch.Generator,
    orders: int = ORDERS,
) -> Tensor:
    """Effects [B, U] of columns on each case's score; a case's effects add up to its score less that of its background cases.

    score: rows -> [B]; background: [P] training cases; each order compares with other ones of them.
    Columns are entered in random orders and their reverses. Source: Strumbelj & Kononenko 2014, doi:10.1007/s10115-013-0679-x.
    """
    cases = len(rows.numbers)
    effects = torch.zeros(cases, len(columns))
    drawn = [torch.randperm(len(columns), generator=generator) for _ in range((orders + 1) // 2)]
    with torch.no_grad():
        for order in [each for one in drawn for each in (one, one.flip(0))][:orders]:
            others = background.take(torch.randint(len(background.numbers), (cases,), generator=generator))
            effects += _walk(score, rows, others, columns, order)
    return effects / orders


def _walk(score: Callable[[Rows], Tensor], rows: Rows, others: Rows, columns: Sequence[Column], order: Tensor) -> Tensor:
    """What each column adds when it is entered in this order."""
    entered = torch.zeros(len(rows.numbers), len(columns), dtype=torch.bool)
    effects = torch.zeros(entered.shape)
    before = score(others)
    for column in order.tolist():
        entered[:, column] = True
        after = score(swap(others, rows, columns, entered))
        effects[:, column] = after - before
        before = after
    return effects


@dataclass(frozen=True)
class EffectShape:
    """Mean effect along a column's values. x: numbers or names of categories; y: mean effect at each."""

    x: tuple[float | str, ...]
    y: tuple[float, ...]


def shape_of_numbers(values: NDArray[np.float64], effects: NDArray[np.float64], points: int = POINTS) -> EffectShape:
    """Mean effect in groups of like size, at each group's mean value. values: [M] with NaN where missing; effects: [M]."""
    known = np.isfinite(values)
    values, effects = values[known], effects[known]
    if not len(values):
        return EffectShape((), ())
    edges = np.unique(np.quantile(values, np.linspace(0, 1, points + 1)))
    group = np.searchsorted(edges[1:-1], values, side="left")
    count = np.bincount(group)
    some = count > 0
    x, y = np.bincount(group, values)[some] / count[some], np.bincount(group, effects)[some] / count[some]
    return EffectShape(tuple(x.tolist()), tuple(y.tolist()))


def shape_of_categories(values: Sequence[str], effects: NDArray[np.float64], points: int = POINTS) -> EffectShape:
    """Mean effect of each category, the most frequent first."""
    names, position, count = np.unique(np.asarray(values, dtype=str), return_inverse=True, return_counts=True)
    mean = np.bincount(position, effects) / count
    order = np.argsort(-count, kind="stable")[:points]
    return EffectShape(tuple(str(names[i]) for i in order), tuple(float(mean[i]) for i in order))
