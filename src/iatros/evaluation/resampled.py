"""Every figure of every model, as it is and in each resample of the patients.

In: a cohort and counts [R, P]. Out: `Measured`: model -> figure -> value, and [R] replicates. All models and groups share the
counts, so differences are paired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.evaluation.cohort import Cohort, Draw
from iatros.evaluation.operating import operating_points
from iatros.evaluation.panels import (
    Figure,
    Limit,
    at_thresholds,
    calibrated,
    is_risk,
    of_letters,
    of_positions,
    of_sets,
    of_shapes,
    ranked,
    several_classes,
    values_of,
)
from iatros.evaluation.settings import Settings
from iatros.metrics.bootstrap import chunks, spread
from iatros.metrics.delong import influence
from iatros.metrics.probabilities import prevalence
from iatros.metrics.ranking import Floats, Weights
from iatros.predictions import PREVALENCE, Form

BLOCK = 1 << 24  # weights in memory at once: 64 MiB in float32


@dataclass(frozen=True, slots=True)
class Measured:
    """values: figure -> [1 + R], first the figure itself, then its replicates; influence: [N] of the cases on the AUROC."""

    values: Mapping[Figure, Floats]
    influence: Floats | None


def measure(cohort: Cohort, counts: NDArray[np.uint8], form: Form, settings: Settings, *, whole: bool) -> dict[str, Measured]:
    """All figures of all models of a cohort.

    counts: [R, P]; whole: everyone is judged, so the threshold table and ranking within sites are worth having.
    """
    prepared = {model: _Prepared(cohort, model, form, settings, whole) for model in cohort.models}
    parts: dict[str, list[dict[Figure, Floats]]] = {model: [] for model in prepared}
    for weights in _weights(cohort, counts):
        for model, ready in prepared.items():
            parts[model].append(ready.figures(weights))
    return {
        model: Measured(
            {figure: np.concatenate([part[figure] for part in found]) for figure in found[0]}, prepared[model].influence()
        )
        for model, found in parts.items()
    }


def _weights(cohort: Cohort, counts: NDArray[np.uint8]) -> Iterator[Weights]:
    own = np.ones(len(cohort)) if cohort.weight is None else cohort.weight
    yield own[None]
    for part in chunks(len(counts), len(cohort), BLOCK):
        yield spread(counts[part], cohort.unit, cohort.weight, cohort.partner)


class _Prepared:
    """One model of a cohort, made ready to be measured with any weights."""

    def __init__(self, cohort: Cohort, model: str, form: Form, settings: Settings, whole: bool) -> None:
        self.cohort, self.form = cohort, form
        self.draws = tuple(draw for draw in cohort.models[model] if len(draw.rows))
        self.alike = model == PREVALENCE  # it knows nothing of the case: differences between folds are no ranking
        self.site = _site_codes(cohort) if whole else None
        points = operating_points(self.draws, form, settings, table=whole) if form.binary else []
        self.limits = [[Limit(p.rule, p.shown, p.limits[d]) for p in points] for d in range(len(self.draws))]

    def figures(self, weights: Weights) -> dict[Figure, Floats]:
        """Figure -> [R], the mean over draws."""
        found = [self._of(number, draw, _columns(weights, draw.rows)) for number, draw in enumerate(self.draws)]
        return {figure: np.mean([one[figure] for one in found], axis=0) for figure in found[0]}

    def influence(self) -> Floats | None:
        """[N] influences on the AUROC, the mean over draws; None where there is no such thing."""
        if not self.form.binary:
            return None
        total = np.zeros(len(self.cohort))
        for draw in self.draws:
            truth = self.cohort.truth[draw.rows].astype(bool)
            if truth.all() or not truth.any():
                return None
            total[draw.rows] += influence(truth, self._ranking(draw)).of / len(self.draws)
        return total

    def _of(self, number: int, draw: Draw, weights: Weights) -> dict[Figure, Floats]:
        truth = self.cohort.truth[draw.rows]
        if self.form.task == "value":
            return values_of(truth.astype(np.float64), draw.score[:, 0], draw.low, draw.high, weights)
        if self.form.task == "residues":
            return of_positions(draw.score, weights, self.form)
        if self.form.task == "structure":
            return of_shapes(draw.score, weights)
        if self.form.task == "next":
            return of_letters(draw.score, weights)
        if not self.form.binary:
            codes = truth.astype(np.int64)
            return several_classes(codes, draw.score, weights, self.form) | of_sets(codes, draw.sets, weights)
        outcome, score = truth.astype(bool), draw.score[:, 0]
        site = None if self.site is None else self.site[draw.rows]
        whole = weights.dtype == np.float32 and self.cohort.weight is None
        counted: Weights = weights.astype(np.uint8) if whole else weights
        figures = ranked(outcome, self._ranking(draw), counted, site)
        figures[Figure("prevalence")] = prevalence(outcome, weights)
        if is_risk(score):
            figures |= calibrated(outcome, score, weights)
        if self.alike:  # nor do they have a slope
            figures[Figure("calibration_slope")] = np.full(len(weights), np.nan)
        figures |= at_thresholds(outcome, score, self.limits[number], weights)
        return figures | of_sets(outcome.astype(np.int64), draw.sets, weights)

    def _ranking(self, draw: Draw) -> Floats:
        return np.zeros(len(draw.rows)) if self.alike else draw.score[:, 0]


def _columns(weights: Weights, rows: NDArray[np.int64]) -> Weights:
    if len(rows) == weights.shape[1] and np.array_equal(rows, np.arange(len(rows))):
        return weights
    return weights.take(rows, axis=1)


def _site_codes(cohort: Cohort) -> NDArray[np.int64] | None:
    sites = cohort.groups.get("site")
    if sites is None or len(np.unique(sites)) < 2:
        return None
    return np.unique(sites, return_inverse=True)[1]
