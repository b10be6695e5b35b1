"""Figures with their intervals as rows of metrics.json.

In: a cohort and the counts of its resamples. Out: `MetricRow`s of every model, and of ours less the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iatros.evaluation.cohort import Cohort, different
from iatros.evaluation.limits import NO_INTERVAL, Behind, difference, interval
from iatros.evaluation.panels import Figure
from iatros.evaluation.resampled import Measured, measure
from iatros.evaluation.settings import Settings
from iatros.evaluation.withholding import small
from iatros.metrics.proportions import Interval
from iatros.metrics.ranking import Floats
from iatros.predictions import ENSEMBLE, OF_POSITIONS, Form
from iatros.results import MetricRow

UNCOMPARED = NO_INTERVAL | {"prevalence"}
UNDEFINED = "not defined for these cases"
EVERYTHING = Interval(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Place:
    """What the rows are about: target, class_ (a label), group."""

    target: str
    class_: str = ""
    group: str = ""


def figure_rows(
    cohort: Cohort, measured: Mapping[str, Measured], form: Form, settings: Settings, place: Place
) -> list[MetricRow]:
    """One row a model and figure."""
    rows = []
    for model, found in measured.items():
        own = cohort.take(cohort.covered(model))
        behind = _behind(own, form)
        patients = different(own.patient)
        influence = None if found.influence is None else found.influence[cohort.covered(model)]
        for figure, values in found.values.items():
            limits = interval(figure, values, behind, _trials(figure, found.values, own, form), influence)
            row = _row(figure, float(values[0]), limits, own, form, place)
            rows.append(small(row.model_copy(update={"model": model}), patients, settings.small_counts))
    return rows


def difference_rows(
    cohort: Cohort,
    measured: Mapping[str, Measured],
    counts: NDArray[np.uint8],
    form: Form,
    settings: Settings,
    place: Place,
) -> list[MetricRow]:
    """One row a figure and other model: ours minus the other's, on the cases that both scored."""
    if ENSEMBLE not in measured:
        return []
    rows = []
    for other in measured:
        if other == ENSEMBLE or other.startswith(ENSEMBLE):
            continue
        both, pair = _same_cases(cohort, measured, other, counts, form, settings, whole=not place.group)
        if len(both):
            rows += _differences(both, pair, other, form, settings, place)
    return rows


def _differences(
    cohort: Cohort, pair: Mapping[str, Measured], other: str, form: Form, settings: Settings, place: Place
) -> list[MetricRow]:
    ours, theirs = pair[ENSEMBLE], pair[other]
    behind, patients, rows = _behind(cohort, form), different(cohort.patient), []
    named = {(figure.metric, figure.class_, figure.rule, _fixed(figure)): figure for figure in theirs.values}
    for figure, a in ours.values.items():
        twin = named.get((figure.metric, figure.class_, figure.rule, _fixed(figure)))
        if twin is None or figure.metric in UNCOMPARED or figure.rule == "table":
            continue
        b = theirs.values[twin]
        ranking = figure.metric == "auroc" and not figure.class_ and ours.influence is not None and theirs.influence is not None
        moved = ours.influence - theirs.influence if ranking else None  # type: ignore[operator]  # `ranking` says both are there
        sides = [
            interval(figure, values, behind, np.nan, one.influence) or EVERYTHING for values, one in ((a, ours), (b, theirs))
        ]
        limits = difference(a, b, behind, sides[0], sides[1], moved)
        row = _row(figure, float(a[0] - b[0]), limits, cohort, form, place).model_copy(
            update={"model": ENSEMBLE, "against": other}
        )
        rows.append(small(row, patients, settings.small_counts))
    return rows


def _same_cases(
    cohort: Cohort,
    measured: Mapping[str, Measured],
    other: str,
    counts: NDArray[np.uint8],
    form: Form,
    settings: Settings,
    *,
    whole: bool,
) -> tuple[Cohort, Mapping[str, Measured]]:
    """The cohort on which two models are compared, and their figures there: those at hand if both scored every case of it."""
    covers = [cohort.covered(model) for model in (ENSEMBLE, other)]
    if all(len(cover) == len(cohort) for cover in covers):
        return cohort, measured
    both = np.intersect1d(covers[0], covers[1])
    common = cohort.take(both)
    models = {model: draws for model, draws in common.models.items() if model in (ENSEMBLE, other)}
    common = replace(common, models=models)
    if len(models) < 2:
        return common.take(both[:0]), {}
    return common, measure(common, counts, form, settings, whole=whole)


def _row(figure: Figure, value: float, limits: Interval | None, cohort: Cohort, form: Form, place: Place) -> MetricRow:
    defined = bool(np.isfinite(value))
    low, high = limits if limits is not None and defined else (None, None)
    return MetricRow(
        target=place.target,
        metric=figure.metric,
        value=value if defined else None,
        low=low,
        high=high,
        cases=len(cohort),
        events=_events(figure, cohort, form),
        class_=place.class_ or figure.class_,
        scheme=cohort.scheme,
        group=place.group,
        threshold=figure.threshold,
        rule=figure.rule,
        withheld="" if defined else UNDEFINED,
    )


def _events(figure: Figure, cohort: Cohort, form: Form) -> int | None:
    if form.binary:
        return int(cohort.truth.sum())
    if form.task == "class" and figure.class_:
        return int((cohort.truth == form.classes.index(figure.class_.split("|")[0])).sum())
    return None


def _behind(cohort: Cohort, form: Form) -> Behind:
    truth = cohort.truth.astype(bool) if form.binary else None
    single = cohort.partner is None and cohort.units == len(cohort)
    alone = single and cohort.weight is None and form.task not in OF_POSITIONS  # those of a case are alike
    return Behind(truth, cohort.unit, cohort.partner, simple=alone)


def _trials(figure: Figure, values: Mapping[Figure, Floats], cohort: Cohort, form: Form) -> float:
    """How many independent cases a proportion is of: patients or families at most, whose cases may be alike."""
    share = cohort.units / len(cohort)
    if figure.metric in ("prevalence", "coverage", "accuracy", "top2_accuracy"):
        return len(cohort) * share
    if not form.binary:
        return float("nan")
    positives = int(cohort.truth.sum())
    if figure.metric in ("sensitivity", "specificity"):
        return (positives if figure.metric == "sensitivity" else len(cohort) - positives) * share
    if figure.metric in ("ppv", "npv"):
        pair = ("true_positives", "false_positives") if figure.metric == "ppv" else ("true_negatives", "false_negatives")
        counted = sum(float(values[figure._replace(metric=name)][0]) for name in pair)
        total = len(cohort) if cohort.weight is None else float(cohort.weight.sum())
        return counted / total * len(cohort) * share
    return float("nan")


def _fixed(figure: Figure) -> float | None:
    """Thresholds chosen by a rule differ from model to model and are the same figure; declared ones are what they are."""
    return None if "(validation)" in figure.rule else figure.threshold
