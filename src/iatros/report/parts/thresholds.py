"""What happens at each threshold: flagged, missed, sensitivity, specificity, PPV, NPV, net benefit. In: a view. Out: HTML."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.reading import View
from iatros.report.render import nope, render
from iatros.results import MetricRow

COLUMNS = ("sensitivity", "specificity", "ppv", "npv", "net_benefit")
MOST = 12  # rows; of more, those nearest to multiples of 10% are kept, and all that follow a rule


def thresholds(view: View) -> Markup:
    """The table of operating points of the model."""
    points = shown_points(view)
    if not points:
        return nope("Thresholds were not examined.")
    rows = [_row(view, point) for point in points]
    return render("thresholds.html", rows=rows, sized=wording.size(view, view.one("auroc")), view_words=view.words)


def shown_points(view: View) -> list[MetricRow]:
    """One row a threshold, in order, at most about a dozen; the declared point is always among them."""
    found: dict[float, MetricRow] = {}
    for row in view.some("sensitivity", threshold=None):
        if row.threshold is not None and (row.threshold not in found or row.rule):
            found[row.threshold] = row
    ordered = [found[at] for at in sorted(found)]
    if len(ordered) <= MOST:
        return ordered
    tens = [min(ordered, key=lambda row: abs((row.threshold or 0) - i / 10)).threshold for i in range(1, 10)]
    return [row for row in ordered if row.rule or row.threshold in tens or row.threshold == view.threshold]


def _row(view: View, point: MetricRow) -> dict[str, object]:
    at = {"threshold": point.threshold}
    cells = [view.one(metric, **at) for metric in COLUMNS]
    flagged = _sum(view.one("true_positives", **at), view.one("false_positives", **at))
    missed = view.one("false_negatives", **at)
    rule = "" if point.rule == "table" else wording.spoken(point.rule.replace("youden", "Youden index"))
    named = "declared" if point.threshold == view.form.threshold else rule
    return {
        "at": wording.percent_of(point.threshold),
        "rule": named,
        "declared": point.threshold == view.threshold,
        "flagged": _count(flagged, point.cases),
        "missed": _count(None if missed is None else missed.value, point.events),
        "cells": [_cell(verdicts.judged(cell)) for cell in cells],
    }


def _sum(a: MetricRow | None, b: MetricRow | None) -> float | None:
    return None if a is None or b is None or a.value is None or b.value is None else a.value + b.value


def _count(found: float | None, whole: int | None) -> tuple[str, str]:
    if found is None:
        return numbers.NOT_MEASURED, ""
    return numbers.count(found), "" if whole is None else f"of {whole:,}"


def _cell(row: MetricRow | None) -> tuple[str, str]:
    if row is None or row.value is None:
        return numbers.point(row), "" if row is None else row.withheld
    return numbers.point(row).removesuffix("%"), numbers.limits(row).strip("[]")
