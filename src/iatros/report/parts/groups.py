"""Results by group of patients: ranking, and observed/expected and sensitivity beside it. In: a view. Out: HTML.

A group can rank well and still be missed.
"""

from __future__ import annotations

from markupsafe import Markup

from iatros.predictions import OF_POSITIONS
from iatros.report import numbers, verdicts
from iatros.report.figures.forest import Scale, axis, row, scale
from iatros.report.parts import wording
from iatros.report.parts.difference import mark
from iatros.report.parts.table import PICTURE, Forest, Row, forest
from iatros.report.reading import View
from iatros.report.render import nope
from iatros.results import MetricRow

HEADLINES = {
    "value": "mae",
    "residues": "accuracy",
    "next": "perplexity",
    "structure": "lddt",
}  # of tasks that have no AUROC of their own


def subgroups(view: View, metric: str = "auroc") -> Markup:
    """All groups declared, in the study's order, each column under its heading; groups too small to judge stay."""
    groups = view.groups()
    if not groups:
        return nope(
            "No groups are declared: name columns in `groups` of [evaluation] to see for whom the model is better or worse."
        )
    whole = view.one(metric)
    found = [(group, verdicts.judged(view.one(metric, group=group))) for group in groups]
    kept = [judged for _, judged in found if judged is not None and judged.value is not None]
    on = scale(
        [mark(judged) for judged in ([whole] if whole is not None and whole.value is not None else []) + kept], width=200
    )
    rows, heading = [] if whole is None else [_row(view, whole, whole, on)], ""
    for group, judged in found:
        column = verdicts.column_of(group)
        if column != heading:
            heading = column
            rows.append(Row(heading=wording.capital(column.replace("_", " "))))
        rows.append(Row(wording.group(group), ("",), held="not measured") if judged is None else _row(view, judged, whole, on))
    return forest(_around(view, metric, whole), rows, axis(on))


def too_small(view: View, scheme: str = "") -> list[MetricRow]:
    """Groups and hospitals that cannot be judged."""
    asked = scheme or view.main
    metric = HEADLINES.get(view.form.task, "auroc")
    names = [*view.groups("", asked), *view.groups("site", asked)]
    found = (verdicts.judged(view.one(metric, scheme=asked, group=name)) for name in names)
    return [judged for judged in found if judged is not None and judged.value is None]


def _around(view: View, metric: str, whole: MetricRow | None) -> Forest:
    line = f" The line marks everyone, {numbers.point(whole)}." if whole is not None else ""
    subtitle = f"{wording.capital(wording.setting(view.reading, view.main))}.{_held_back(view)}{line}"
    sized = wording.capital(wording.people(view.reading)) + (f" (with {view.words})" if view.form.binary else "")
    named = ("Group", sized, wording.METRICS.get(metric, metric), PICTURE)
    if not view.form.binary:
        return Forest("Results by group", subtitle, named)
    after = ("Observed/expected", f"Sensitivity at {wording.threshold(view)}")
    return Forest(f"Results by group of {wording.people(view.reading)}", subtitle, (*named, *after), (), ("O/E", "Sens."))


def _held_back(view: View) -> str:
    """Which groups have no figure: by the rules of evaluation, which hold back none of what is judged over positions."""
    if view.form.task in OF_POSITIONS:
        return ""
    least = f"fewer than {verdicts.ENOUGH_EVENTS} with or without {view.words}, or fewer than {verdicts.ENOUGH_CASES} in all"
    return f" Held back: groups with {least}."


def _row(view: View, found: MetricRow, whole: MetricRow | None, on: Scale) -> Row:
    name, sized = wording.group(found.group), (wording.of_events(view, found),)
    if found.value is None:
        return Row(name, sized, held=f"Withheld: {found.withheld}")
    reference = whole.value if whole is not None else None
    drawing = row(f"{name} {numbers.plain(found)}", [mark(found)], on, line=reference)
    return Row(name, sized, numbers.full(found), drawing, _after(view, found), note=_below(found, whole))


def _after(view: View, found: MetricRow) -> tuple[Markup, ...]:
    if not view.form.binary:
        return ()
    ratio = verdicts.judged(view.one("observed_expected", group=found.group))
    sensitivity = verdicts.judged(view.at("sensitivity", group=found.group))
    below = _below(sensitivity, view.at("sensitivity")) if sensitivity is not None and found.group else ""
    note = Markup('<br><span class="held">{}</span>').format(below) if below else Markup("")
    return numbers.full(ratio), numbers.full(sensitivity) + note


def _below(found: MetricRow | None, whole: MetricRow | None) -> str:
    if found is None or whole is None or not found.group or whole.value is None or found.value is None:
        return ""
    return "below the whole" if verdicts.side(found, whole.value) < 0 else ""
