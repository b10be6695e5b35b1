"""One number by which to choose between models; larger is better.

In: truth and scores. Out: the metric's name and its value. For searches on inner folds, where no interval is needed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from iatros.evaluation.cohort import Cohort, cohorts
from iatros.evaluation.panels import Figure, of_letters, of_positions, of_shapes
from iatros.metrics import classes, labels, ranking, values
from iatros.metrics.ranking import Floats
from iatros.predictions import ENSEMBLE, OF_POSITIONS, Form

METRICS = {"value": "r2", "residues": "accuracy", "next": "log_likelihood", "structure": "lddt"}


class Headline(NamedTuple):
    """metric: "auroc" (macro for several classes or labels), "r2", of positions "accuracy", of letters "log_likelihood", of
    structures "lddt".

    value: NaN where it is not defined
    """

    metric: str
    value: float


def headline(table: pl.DataFrame, form: Form) -> Headline:
    """The headline figure of the first scheme's ensemble (or first model)."""
    cohort = next(iter(cohorts(table, form)))
    model = ENSEMBLE if ENSEMBLE in cohort.models else next(iter(cohort.models))
    found = [_value(cohort, draw.rows, draw.score, form) for draw in cohort.models[model]]
    return Headline(METRICS.get(form.task, "auroc"), float(np.mean(found)))


def _value(cohort: Cohort, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]], score: Floats, form: Form) -> float:
    truth = cohort.truth[rows]
    weights = None if cohort.weight is None else cohort.weight[rows][None]
    if form.task == "value":
        found = values.r2(truth.astype(np.float64), score[:, 0], weights)
    elif form.task in OF_POSITIONS:
        shares = np.ones((1, len(rows))) if weights is None else weights
        of_task = {"next": of_letters, "structure": of_shapes}.get(form.task)
        figures = of_positions(score, shares, form) if of_task is None else of_task(score, shares)
        found = figures[Figure(METRICS[form.task])]
    elif form.task == "labels":
        found = labels.macro(labels.per_label(ranking.auroc, truth.astype(np.float64), score, weights))
    elif form.binary:
        found = ranking.auroc(truth.astype(bool), score[:, 0], weights)
    else:
        found = labels.macro(classes.auroc_per_class(truth.astype(np.int64), score, weights))
    return float(found[0])
