"""Curves with their bands, as points of curves.parquet.

In: a cohort and the counts of a few hundred resamples. Out: one row a point, at most 101 points a curve.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.evaluation.cohort import SEEDS, Cohort, Draw
from iatros.evaluation.panels import is_risk
from iatros.metrics import calibration, decisions, probabilities, ranking
from iatros.metrics.bootstrap import spread
from iatros.metrics.ranking import Floats, Weights
from iatros.predictions import ENSEMBLE, OF_POSITIONS, PREVALENCE, Form
from iatros.results import CURVE_COLUMNS

LAST_THRESHOLD = 0.9  # the decision curve is cut there
LEAST = 30  # cases from which a site has a calibration curve of its own
BINS = 20
MOST_WEIGHTS, LEAST_RESAMPLES = 1 << 24, 100  # so many weights at most, and so many resamples at least, make a band
GROUPS_OF_VALUES = 20
KINDS = dict.fromkeys(CURVE_COLUMNS, pl.String) | dict.fromkeys(("x", "y", "low", "high"), pl.Float64) | {"n": pl.Int64}
Point = dict[str, object]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One curve: x [X], y [X], low and high [X], n [X]; each but x and y may be None."""

    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None
    n: NDArray[np.int64] | None = None


def frame(points: list[Point]) -> pl.DataFrame:
    """Points as a frame with CURVE_COLUMNS."""
    return pl.DataFrame(points, schema=KINDS, orient="row").select(CURVE_COLUMNS)


def curve_points(cohort: Cohort, form: Form, counts: NDArray[np.uint8], target: str, class_: str = "") -> list[Point]:
    """All curves of a cohort: of everyone, and the calibration of each site. Of positions there are none."""
    if form.task in OF_POSITIONS:
        return []
    if form.task == "class" and not form.binary:
        return [
            p
            for k, name in enumerate(form.classes)
            for p in curve_points(_against_rest(cohort, k), _BINARY, counts, target, name)
        ]
    points: list[Point] = []
    for group, some in _parts(cohort):
        few = counts[: max(LEAST_RESAMPLES, MOST_WEIGHTS // len(some))]
        weights = np.concatenate([_own(some)[None], spread(few, some.unit, some.weight, some.partner)])
        for model in some.models:
            if model.endswith(SEEDS):
                continue
            found = _of_value(some, model) if form.task == "value" else _of_two(some, model, form, weights, group)
            points += [
                p for curve, drawn in found.items() for p in _rows(drawn, target, class_, curve, some.scheme, group, model)
            ]
        if form.binary and not group:
            reference = {"everyone": np.ones(len(some)), "no one": np.zeros(len(some))}
            for model, flagged in reference.items():
                drawn = _decision(some.truth.astype(bool), flagged, weights, reference=True)
                points += _rows(drawn, target, class_, "decision", some.scheme, group, model)
    return points


_BINARY = Form(task="class", classes=("rest", "class"))


def _of_two(cohort: Cohort, model: str, form: Form, weights: Weights, group: str) -> dict[str, Drawn]:
    draws = [draw for draw in cohort.models[model] if _both(cohort, draw)]
    if not draws or model == PREVALENCE:
        return {}
    risky = all(is_risk(draw.score[:, 0]) for draw in draws)
    found: dict[str, Drawn] = {}
    if risky and len(cohort) >= LEAST:
        found |= {"calibration": _calibration(cohort, draws), "calibration_groups": _calibration_groups(cohort, draws, group)}
    if group:
        return found | (_distribution(cohort, draws) if risky and model == ENSEMBLE else {})
    found["roc"] = _mean_line(cohort, draws, weights, ranking.roc_curve)
    found["pr"] = _mean_line(cohort, draws, weights, ranking.pr_curve)
    found |= _by_prevalence(cohort, draws, form, weights)
    if risky:
        found |= _distribution(cohort, draws)
        found["decision"] = _mean_line(cohort, draws, weights, lambda t, s, w: _benefit(t, s, w))
    return found


def _mean_line(
    cohort: Cohort,
    draws: Sequence[Draw],
    weights: Weights,
    curve: Callable[[NDArray[np.bool_], Floats, Weights], ranking.Line],
) -> Drawn:
    """A curve averaged over draws at the same x, with the band of its resamples."""
    lines = [curve(cohort.truth[draw.rows].astype(bool), draw.score[:, 0], weights[:, draw.rows]) for draw in draws]
    return _banded(lines[0].x, np.mean([line.y for line in lines], axis=0))


def _banded(x: Floats, y: Floats) -> Drawn:
    low, high = _limits(y[1:])
    return Drawn(x, y[0], low, high)


def _limits(replicates: Floats) -> tuple[Floats, Floats]:
    """The middle 95 % at each x; NaN where fewer than nine tenths of the resamples have a value."""
    defined = np.isfinite(replicates).mean(axis=0) >= 0.9
    low, high = np.full((2, replicates.shape[1]), np.nan)
    if defined.any():
        low[defined], high[defined] = np.nanquantile(replicates[:, defined], [0.025, 0.975], axis=0)
    return low, high


def _benefit(truth: NDArray[np.bool_], score: Floats, weights: Weights) -> ranking.Line:
    thresholds = np.arange(1, 1 + round(100 * LAST_THRESHOLD)) / 100
    return ranking.Line(thresholds, decisions.net_benefit(truth, score[:, None] >= thresholds, thresholds, weights))


def _decision(truth: NDArray[np.bool_], score: Floats, weights: Weights, *, reference: bool) -> Drawn:
    line = _benefit(truth, score, weights[:1] if reference else weights)
    return Drawn(line.x, line.y[0])


def _calibration(cohort: Cohort, draws: Sequence[Draw]) -> Drawn:
    """The smooth curve, averaged over draws, with a band that respects patients, families and pairs."""
    x = calibration.shown_risks(np.concatenate([draw.score[:, 0] for draw in draws]))
    total, moved = np.zeros(len(x)), np.zeros((len(cohort), len(x)))
    for draw in draws:
        curve = calibration.calibration_curve(
            cohort.truth[draw.rows].astype(bool), draw.score[:, 0], _own(cohort)[draw.rows], x
        )
        total += curve.y / len(draws)
        moved[draw.rows] += curve.of / len(draws)
    return Drawn(x, total, *calibration.band(total, moved, cohort.unit, cohort.partner))


def _calibration_groups(cohort: Cohort, draws: Sequence[Draw], group: str) -> Drawn:
    """Ten groups of equal size (of one site: five), of the first draw: a case is counted once."""
    first = draws[0]
    groups = calibration.calibration_groups(
        cohort.truth[first.rows].astype(bool), first.score[:, 0], _own(cohort)[first.rows], 5 if group else 10
    )
    return Drawn(groups.risk, groups.observed, groups.low, groups.high, groups.cases)


def _distribution(cohort: Cohort, draws: Sequence[Draw]) -> dict[str, Drawn]:
    first = draws[0]
    found = probabilities.risk_distribution(cohort.truth[first.rows].astype(bool), first.score[:, 0], BINS)
    sides = {"risk_with": found.with_outcome, "risk_without": found.without}
    return {name: Drawn(found.middle, count.astype(np.float64), n=count) for name, count in sides.items()}


def _by_prevalence(cohort: Cohort, draws: Sequence[Draw], form: Form, weights: Weights) -> dict[str, Drawn]:
    """PPV and NPV at the declared threshold (or 0.5) against the prevalence of another place."""
    limit = 0.5 if form.threshold is None else form.threshold
    x = np.append(0.005, np.arange(1, 100) / 100)
    pairs = []
    for draw in draws:
        counts = decisions.confusion(cohort.truth[draw.rows].astype(bool), draw.score[:, 0] >= limit, weights[:, draw.rows])
        pairs.append(decisions.predictive_values(counts.sensitivity[:, None], counts.specificity[:, None], x))
    ppv, npv = (np.mean([pair[side] for pair in pairs], axis=0) for side in (0, 1))
    return {"ppv_by_prevalence": _banded(x, ppv), "npv_by_prevalence": _banded(x, npv)}


def _of_value(cohort: Cohort, model: str) -> dict[str, Drawn]:
    """Cases in groups of equal size by prediction: mean measured and mean residual, with the middle 80 % of the cases."""
    draw = cohort.models[model][0]
    predicted, truth = draw.score[:, 0], cohort.truth[draw.rows].astype(np.float64)
    parts = [part for part in np.array_split(np.argsort(predicted, kind="stable"), GROUPS_OF_VALUES) if len(part)]
    x = np.array([predicted[part].mean() for part in parts])
    n = np.array([len(part) for part in parts])

    def grouped(values: Floats) -> Drawn:
        low, high = (np.array([np.quantile(values[part], share) for part in parts]) for share in (0.1, 0.9))
        return Drawn(x, np.array([values[part].mean() for part in parts]), low, high, n)

    return {"predicted_measured": grouped(truth), "residuals": grouped(truth - predicted)}


def _parts(cohort: Cohort) -> list[tuple[str, Cohort]]:
    sites = cohort.groups.get("site")
    if sites is None or len(np.unique(sites)) < 2:
        return [("", cohort)]
    named = np.unique(sites[sites != ""])
    return [("", cohort), *((f"site={site}", cohort.take(np.flatnonzero(sites == site))) for site in named)]


def _against_rest(cohort: Cohort, k: int) -> Cohort:
    models = {
        model: tuple(Draw(draw.rows, draw.score[:, k : k + 1], draw.fold) for draw in draws)
        for model, draws in cohort.models.items()
    }
    return replace(cohort, truth=cohort.truth == k, models=models)


def _both(cohort: Cohort, draw: Draw) -> bool:
    truth = cohort.truth[draw.rows].astype(bool)
    return bool(truth.any() and not truth.all())


def _own(cohort: Cohort) -> Floats:
    return np.ones(len(cohort)) if cohort.weight is None else cohort.weight


def _rows(drawn: Drawn, target: str, class_: str, curve: str, scheme: str, group: str, model: str) -> list[Point]:
    names = {"target": target, "class_": class_, "curve": curve, "scheme": scheme, "group": group, "model": model}
    empty = np.full(len(drawn.x), np.nan)
    low, high = (empty if side is None else side for side in (drawn.low, drawn.high))
    counts: Sequence[int | None] = [None] * len(drawn.x) if drawn.n is None else [int(n) for n in drawn.n]
    points = zip(drawn.x, drawn.y, low, high, counts, strict=True)
    return [names | _numbers(x, y, lower, upper, n) for x, y, lower, upper, n in points if np.isfinite(y)]


def _numbers(x: float, y: float, low: float, high: float, n: int | None) -> Point:
    sides = {name: float(side) if np.isfinite(side) else None for name, side in (("low", low), ("high", high))}
    return {"x": float(x), "y": float(y), **sides, "n": n}
