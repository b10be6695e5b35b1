"""Warnings of two classes: percentages that shift, and groups that are missed more often. In: a view. Out: cautions by rule."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.parts.sites import by_site
from iatros.report.reading import View
from iatros.report.section import Caution
from iatros.results import MetricRow


def shifts(view: View) -> list[Caution]:
    """Hospitals (or all patients) whose observed/expected excludes 1."""
    rows = (
        by_site(view, "observed_expected")
        if view.reading.sited
        else [r for r in [verdicts.judged(view.one("observed_expected"))] if r]
    )
    said = [_shift(row) for row in rows if verdicts.off(row)]
    if not said:
        return []
    title = "percentages shift between hospitals." if view.reading.sited else "percentages are off on average."
    return [
        Caution(
            title,
            Markup("{} Recalibrate on local {} before use").format(" ".join(said), wording.units(view.reading)),
            "hospital" if view.reading.sited else "good",
        )
    ]


def _shift(row: MetricRow) -> str:
    where = f"{wording.group(row.group)}: " if row.group else ""
    if row.events is None or not row.cases or not row.value:
        return f"{where}observed/expected {numbers.plain(row)}."
    observed = row.events / row.cases
    return f"{where}{numbers.whole_percent(observed / row.value)} predicted, {numbers.whole_percent(observed)} observed."


def missed_more(view: View) -> list[Caution]:
    """The widest gap of each column whose groups' sensitivity intervals do not overlap."""
    rows = [row for row in (verdicts.judged(view.at("sensitivity", group=group)) for group in view.groups()) if row is not None]
    found = verdicts.gaps(rows)
    columns = dict.fromkeys(verdicts.column_of(gap.worse.group) for gap in found)
    widest = [next(gap for gap in found if verdicts.column_of(gap.worse.group) == column) for column in columns]
    return [_gap(view, gap) for gap in widest]


def _gap(view: View, gap: verdicts.Gap) -> Caution:
    worse, better = missed(view, gap.worse), missed(view, gap.better)
    name = f"{verdicts.column_of(gap.worse.group).replace('_', ' ')} {wording.group(gap.worse.group)}"
    text = Markup("At the {} threshold, {} in group {} are missed and {} in group {}: sensitivity {} against {}").format(
        wording.threshold(view),
        worse,
        wording.group(gap.worse.group),
        better,
        wording.group(gap.better.group),
        numbers.full(gap.worse),
        numbers.full(gap.better),
    )
    return Caution(f"those of {name} with {view.words} are missed more often.", text, "hospital")


def missed(view: View, sensitivity: MetricRow) -> str:
    """`8 of 50`: those missed of those with the outcome."""
    told = view.at("false_negatives", group=sensitivity.group)
    events = sensitivity.events or 0
    number = told.value if told is not None and told.value is not None else events * (1 - (sensitivity.value or 0))
    return f"{round(number):,} of {events:,}"
