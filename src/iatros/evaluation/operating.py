"""Where a model is judged at a threshold: declared points, and points chosen on validation cases.

In: a model's draws and the form. Out: `Points`: for each rule, the threshold of every test case.
A rule is applied in each fold to the validation cases of that fold's own model, and the result to the fold's test cases; the
threshold that is shown is the mean over folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from iatros.evaluation.cohort import Draw, Validation
from iatros.evaluation.settings import Settings
from iatros.metrics.ranking import Floats
from iatros.metrics.thresholds import best_accuracy, reaching_sensitivity, youden
from iatros.predictions import Form

DEFAULT = 0.5  # where nothing is declared
TABLE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # rows of the threshold table


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """rule: how it was chosen; shown: the threshold (mean over folds); limits: draw -> [n] threshold of each case."""

    rule: str
    shown: float
    limits: tuple[Floats, ...]


def operating_points(draws: tuple[Draw, ...], form: Form, settings: Settings, table: bool) -> list[OperatingPoint]:
    """Points of one model; with the rows of the threshold table if asked for."""
    main = DEFAULT if form.threshold is None else form.threshold
    points = [_fixed("default" if form.threshold is None else "declared", main, draws)]
    if all(draw.validation for draw in draws):
        points += [_chosen(rule, choose, draws) for rule, choose in _rules(settings).items()]
    if table:
        points += [_fixed("table", limit, draws) for limit in TABLE if abs(limit - main) > 1e-9]
    return points


def _rules(settings: Settings) -> dict[str, Callable[[Validation], float]]:
    wanted, prevalence = settings.sensitivity, settings.prevalence
    return {
        "youden (validation)": lambda v: youden(v.truth, v.score, v.weight),
        f"sensitivity {100 * wanted:.0f} % (validation)": lambda v: reaching_sensitivity(v.truth, v.score, wanted, v.weight),
        "best accuracy (validation)": lambda v: best_accuracy(v.truth, v.score, v.weight, prevalence),
    }


def _fixed(rule: str, limit: float, draws: tuple[Draw, ...]) -> OperatingPoint:
    return OperatingPoint(rule, limit, tuple(np.full(len(draw.rows), limit) for draw in draws))


def _chosen(rule: str, choose: Callable[[Validation], float], draws: tuple[Draw, ...]) -> OperatingPoint:
    limits, seen = [], []
    for draw in draws:
        by_fold = {fold: choose(validation) for fold, validation in draw.validation.items()}
        seen += list(by_fold.values())
        middle = float(np.mean(list(by_fold.values())))  # of a fold whose validation part lacks a class
        limits.append(np.array([by_fold.get(int(fold), middle) for fold in draw.fold]))
    return OperatingPoint(rule, float(np.mean(seen)), tuple(limits))
