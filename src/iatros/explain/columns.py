"""Columns of a table as the units of an explanation.

In: a layout of rows and which of its numbers and categories belong to a column. Out: the layout with columns taken from others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from iatros.contracts import Rows


@dataclass(frozen=True)
class Column:
    """A column as the user knows it: its name, and the positions of its numbers and categories in the layout."""

    name: str
    numbers: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()


def swap(rows: Rows, others: Rows, columns: Sequence[Column], taken: Tensor) -> Rows:
    """`rows` with the columns taken from `others` where told.

    rows, others: of the same B cases; taken: [B, U] bool, U columns
    """
    owner_of_number, owner_of_category = _owners(rows.numbers.shape[1], rows.categories.shape[1], tuple(columns))
    padded = torch.cat([taken, taken.new_zeros(len(taken), 1)], dim=1)  # the last: what belongs to no column stays
    number, category = padded[:, owner_of_number], padded[:, owner_of_category]
    return Rows(
        numbers=torch.where(number, others.numbers, rows.numbers),
        observed=torch.where(number, others.observed, rows.observed),
        categories=torch.where(category, others.categories, rows.categories),
    )


@lru_cache(maxsize=8)
def _owners(width: int, codes: int, columns: tuple[Column, ...]) -> tuple[Tensor, Tensor]:
    """Which column each number, and each category, belongs to; asked for at every swap, so worked out once."""
    numbers = torch.full((width,), len(columns))
    categories = torch.full((codes,), len(columns))
    for position, column in enumerate(columns):
        numbers[list(column.numbers)] = position
        categories[list(column.categories)] = position
    return numbers, categories
