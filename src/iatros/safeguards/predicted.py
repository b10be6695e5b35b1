"""A predictions table as arrays. In: a table and its form. Out: class codes, probabilities, weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iatros.predictions import Form

if TYPE_CHECKING:
    import polars as pl


def codes(form: Form, table: pl.DataFrame) -> NDArray[np.int64]:
    """[N] position of each case's true class among the form's; -1 where it is not known."""
    if form.binary:
        return np.array([-1 if truth is None else int(truth) for truth in table["truth"]], np.int64)
    positions = {name: code for code, name in enumerate(form.classes)}
    return np.array([positions.get(truth, -1) for truth in table["truth"]], np.int64)


def probabilities(form: Form, table: pl.DataFrame) -> NDArray[np.float64]:
    """[N, K] probability of each class."""
    if form.binary:
        score = table["score"].to_numpy().astype(np.float64)
        return np.stack([1 - score, score], 1)
    return np.stack([table[column].to_numpy().astype(np.float64) for column in form.scores()], 1)


def weights(table: pl.DataFrame) -> NDArray[np.float64]:
    """[N] sampling weights; 1 where the table has none."""
    if "weight" not in table.columns:
        return np.ones(len(table))
    return table["weight"].fill_null(1.0).to_numpy().astype(np.float64)
