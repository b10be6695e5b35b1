"""Shapley values of a table, checked.

In: a subject, rows of cases with the outcome, training rows without it. Out: a `MethodCheck`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from iatros.contracts import Rows
from iatros.evidence import MethodCheck
from iatros.explain.checking import DRAWS, Examined, check_method
from iatros.explain.columns import Column, swap
from iatros.explain.shapley import shapley
from iatros.explain.subject import Subject

REPLACED_BY = "the values of the most similar training case without the outcome"
ORDERS = 8  # of columns; fewer than for showing, as eleven models are asked


def check_table(
    subject: Subject,
    rows: Rows,
    healthy: Rows,
    columns: Sequence[Column],
    generator: torch.Generator,
    target: str,
    source: str,
    draws: int = DRAWS,
) -> MethodCheck:
    """Check Shapley values.

    rows: B cases, as a rule with the outcome; healthy: [P] training cases without it; target, source: names
    """
    others = nearest_rows(rows, healthy)
    seed = int(torch.randint(2**31, (1,), generator=generator))

    def attribute(of: Subject) -> Tensor:
        again = torch.Generator().manual_seed(seed)  # the same orders and background for every model
        return shapley(of.of, rows, healthy, columns, again, ORDERS)

    delete = partial(swap, rows, others, columns)
    examined = Examined(target, source, "shapley", REPLACED_BY, attribute, delete)
    return check_method(subject, rows, examined, generator, draws)


def nearest_rows(rows: Rows, healthy: Rows) -> Rows:
    """For each case the likest of the healthy ones: squared distance of numbers, 1 for each category that differs."""
    apart = torch.cdist(rows.numbers.float(), healthy.numbers.float()) ** 2
    for column in range(rows.categories.shape[1]):
        apart += rows.categories[:, column, None] != healthy.categories[None, :, column]
    return healthy.take(apart.argmin(1))
