"""Ranking and percentages of each hospital, or of each other group, in numbers. In: a view. Out: HTML.

The forests show which group stands out; this table holds what calibration in each of them is made of.
"""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.reading import View
from iatros.report.render import render
from iatros.results import MetricRow

COLUMNS = ("prevalence", "auroc", "observed_expected", "calibration_intercept", "calibration_slope", "brier")
HEADS = {"prevalence": "Prevalence", "calibration_intercept": "Intercept", "calibration_slope": "Slope", "brier": "Brier"}


def by_hospital(view: View) -> Markup:
    """One row a hospital, under the scheme that leaves it out if there is one; nothing where no hospital was judged."""
    scheme = view.unseen or view.main
    return _table(view, "Percentages by hospital, in numbers", scheme, view.groups("site", scheme))


def by_group(view: View) -> Markup:
    """One row a group of the other columns, folded: the forest above shows the same groups."""
    table = _table(view, "Percentages by group, in numbers", view.main, view.groups())
    told = Markup("<details><summary>Calibration of each group, in numbers</summary>{}</details>")
    return told.format(table) if table else table


def _table(view: View, title: str, scheme: str, groups: list[str]) -> Markup:
    if not groups:
        return Markup("")
    rows: list[dict[str, object]] = []
    heading = ""
    for group in ["", *groups]:
        column = verdicts.column_of(group)
        if column not in (heading, "", "site"):
            heading = column
            rows.append({"heading": wording.capital(column.replace("_", " "))})
        rows.append(_row(view, scheme, group))
    seen = wording.capital(wording.setting(view.reading, scheme))
    told = f"{seen}. Right would be: observed/expected 1, intercept 0, slope 1."
    columns = ["Group" if heading else "Hospital", f"{wording.capital(wording.people(view.reading))} (with {view.words})"]
    columns += [HEADS.get(metric) or wording.METRICS[metric] for metric in COLUMNS]
    return render("percentages.html", title=title, subtitle=told, columns=columns, rows=rows)


def _row(view: View, scheme: str, group: str) -> dict[str, object]:
    found = [verdicts.judged(view.one(metric, scheme=scheme, group=group)) for metric in COLUMNS]
    sized = next((row for row in found if row is not None), None)
    return {
        "heading": "",
        "name": wording.group(group),
        "sized": wording.of_events(view, sized),
        "cells": [_cell(row) for row in found],
    }


def _cell(row: MetricRow | None) -> tuple[str, str, bool]:
    """The value, its interval or the reason why it is withheld, and whether it is."""
    if row is None or row.value is None:
        return numbers.point(row), "" if row is None else row.withheld, True
    return numbers.point(row), numbers.limits(row).strip("[]"), False
