"""Judge predictions: every figure with its interval, every curve with its band.

In: a predictions table and how to read it. Out: `Results`. Nothing else is read: neither models nor the study.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.evaluation.cohort import Cohort, by_patient, cohorts
from iatros.evaluation.curves import curve_points, frame
from iatros.evaluation.local import local_rows
from iatros.evaluation.resampled import Measured, measure
from iatros.evaluation.rows import Place, difference_rows, figure_rows
from iatros.evaluation.settings import Results, Settings
from iatros.metrics.bootstrap import draw
from iatros.metrics.labels import macro
from iatros.predictions import Form
from iatros.results import MetricRow

MACRO = ("auroc", "auprc", "brier", "log_loss")  # of labels, averaged
UNBACKED = "none can be judged alone"


def evaluate(table: pl.DataFrame, form: Form, *, settings: Settings | None = None, target: str = "") -> Results:
    """All figures and curves of one target.

    table: as `iatros.predictions` describes; only rows of part "test" are judged, and thresholds come from rows of part
    "validation". Each scheme is judged apart; all its models and groups share one set of resamples of its patients,
    of families of them, or of both things that cases pair.
    """
    settings = settings or Settings()
    name = target or form.name
    rows: list[MetricRow] = []
    points: list[dict[str, object]] = []
    for cohort in cohorts(table, form):
        counts = _resamples(cohort, form, settings)
        if form.task == "labels":
            found, drawn = _labels(cohort, form, settings, name, counts)
        else:
            found = _figures(cohort, form, settings, Place(name), counts)
            found = _backed(found, found)
            drawn = curve_points(cohort, form, counts[: settings.curve_resamples], name)
        rows += found
        points += drawn
    return Results(rows, frame(points))


def _figures(cohort: Cohort, form: Form, settings: Settings, place: Place, counts: NDArray[np.uint8]) -> list[MetricRow]:
    rows = _judge(cohort, form, settings, place, counts)[0]
    for group, some in _groups(cohort, settings):
        rows += _judge(some, form, settings, replace(place, group=group), counts[: settings.group_resamples])[0]
    if form.binary and not place.class_:
        rows += local_rows(cohort, place.target, settings.seed)
    if cohort.several:
        joined = by_patient(cohort, form)
        # cases of a patient keep their unit, so the columns of the counts that are in use are those of `joined`
        rows += _judge(joined, form, settings, replace(place, group="patient"), counts)[0]
    return rows


def _judge(
    cohort: Cohort, form: Form, settings: Settings, place: Place, counts: NDArray[np.uint8]
) -> tuple[list[MetricRow], dict[str, Measured]]:
    measured = measure(cohort, counts, form, settings, whole=not place.group)
    rows = figure_rows(cohort, measured, form, settings, place)
    return rows + difference_rows(cohort, measured, counts, form, settings, place), measured


def _groups(cohort: Cohort, settings: Settings) -> Iterator[tuple[str, Cohort]]:
    """("site=VA", its cases), then the subgroups."""
    wanted = [name for name in cohort.groups if name == "site" or settings.groups is None or name in settings.groups]
    for column in sorted(wanted, key=lambda name: name != "site"):
        values = cohort.groups[column]
        for value in np.unique(values[values != ""]):
            rows = np.flatnonzero(values == value)
            if len(rows):
                yield f"{column}={value}", cohort.take(rows)


def _labels(
    cohort: Cohort, form: Form, settings: Settings, name: str, counts: NDArray[np.uint8]
) -> tuple[list[MetricRow], list[dict[str, object]]]:
    """Each label as a target of two classes over the cases where it is known, and the mean over labels."""
    rows: list[MetricRow] = []
    points: list[dict[str, object]] = []
    for number, label in enumerate(form.classes):
        own, one = label_cohort(cohort, number), Form(task="class", classes=(f"no {label}", label), threshold=form.threshold)
        if not len(own):
            continue
        rows += _figures(own, one, settings, Place(name, class_=label), counts)
        points += curve_points(own, one, counts[: settings.curve_resamples], name, class_=label)
    return _backed(_macro(cohort, form, settings, name, counts), rows) + rows, points


def _backed(rows: Sequence[MetricRow], of_each: Sequence[MetricRow]) -> list[MetricRow]:
    """Means over labels or classes, withheld where the figure of each is. Rows of single ones stay as they are."""
    held: dict[tuple[str, ...], bool] = {}
    for one in of_each:
        if one.class_:
            held[_told(one)] = held.get(_told(one), True) and bool(one.withheld)
    gone = {"value": None, "low": None, "high": None, "withheld": UNBACKED}
    return [
        row.model_copy(update=gone) if not (row.class_ or row.withheld) and held.get(_told(row), False) else row for row in rows
    ]


def _told(row: MetricRow) -> tuple[str, ...]:
    """What a row is of, whatever the label or class."""
    return row.metric, row.model, row.against, row.group, row.rule


def label_cohort(cohort: Cohort, label: int) -> Cohort:
    """The cases whose label number `label` is known, as a cohort of two classes."""
    truth = cohort.truth[:, label].astype(np.float64)
    models = {
        model: tuple(replace(draw, score=draw.score[:, label : label + 1]) for draw in draws)
        for model, draws in cohort.models.items()
    }
    scored = {
        model: tuple(draw.only(ok := np.isfinite(draw.score[:, 0]), draw.rows[ok]) for draw in draws)
        for model, draws in models.items()
    }
    some = replace(cohort, truth=np.nan_to_num(truth).astype(bool), models=scored)
    return some.take(np.flatnonzero(np.isfinite(truth)))


def _macro(cohort: Cohort, form: Form, settings: Settings, name: str, counts: NDArray[np.uint8]) -> list[MetricRow]:
    """Means over labels, judged like any other figure."""
    one = Form(task="class", classes=("no", "yes"))
    by_label = [
        measure(own, counts, one, settings, whole=False)
        for k in range(len(form.classes))
        if len(own := label_cohort(cohort, k))
    ]
    measured = {}
    for model in cohort.models:
        parts = [found[model].values for found in by_label if model in found]
        shared = [figure for figure in (parts[0] if parts else {}) if figure.metric in MACRO]
        values = {f: macro(np.stack([part[f] for part in parts if f in part], axis=1)) for f in shared}
        measured[model] = Measured(values, None)
    unclassed = form.model_copy(update={"task": "value", "classes": ()})  # the mean over labels has no events of its own
    rows = figure_rows(cohort, measured, unclassed, settings, Place(name))
    return rows + difference_rows(cohort, measured, counts, unclassed, settings, Place(name))


def _resamples(cohort: Cohort, form: Form, settings: Settings) -> NDArray[np.uint8]:
    """One set of resamples for all models and groups. Every resample holds every class, but where cases are pairs."""
    units = int(max(codes.max() for codes in (cohort.unit, cohort.partner) if codes is not None)) + 1
    needed = None
    if form.task == "class" and cohort.partner is None:  # of a pair both things would have to be there
        codes = cohort.truth.astype(np.int64)
        needed = np.stack([np.bincount(cohort.unit, codes == code, units) > 0 for code in range(len(form.classes))])
    return draw(np.random.default_rng(settings.seed), settings.resamples, units, needed)
