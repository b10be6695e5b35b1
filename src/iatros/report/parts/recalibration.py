"""Would a few local patients mend the percentages? In: a view. Out: HTML, clearly a what-if, and its verdicts by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from iatros.predictions import ENSEMBLE, LOCAL_INTERCEPT, LOCAL_SLOPE
from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.reading import View
from iatros.report.render import nope, render
from iatros.results import MetricRow

Verdict = Literal["helps", "may harm", "uncertain", "withheld"]
CORRECTIONS = {LOCAL_INTERCEPT: "average corrected", LOCAL_SLOPE: "average and slope corrected"}
AFTER = ("observed_expected", "calibration_intercept", "calibration_slope")
CHANGES = ("brier", "log_loss")
HEADS = {"calibration_intercept": "Intercept", "calibration_slope": "Slope", "brier": "Brier score", "log_loss": "Log loss"}


@dataclass(frozen=True)
class Line:
    """A line of the table: a heading with its size in `name`; or a model, its cells and verdict; held: why it has none."""

    name: str = ""
    cells: tuple[Markup, ...] = ()
    verdict: str = ""
    heading: str = ""
    held: str = ""


def local(view: View) -> Markup:
    """The table of hospitals: as it is, and after each correction; or why there is none."""
    groups = view.groups("site", view.unseen) if view.unseen else []
    rules = [row.rule for group in groups for row in view.some("observed_expected", **_of(view, LOCAL_INTERCEPT, group))]
    if not rules:
        return nope(
            f"Whether a few local {wording.units(view.reading)} would mend the percentages was not measured: "
            "the study leaves no hospital out. "
            "`iatros evaluate RUN your_cases.csv --recalibrate` measures it in your hospital."
        )
    rows = [row for group in groups for row in _lines(view, group)]
    columns = [HEADS.get(metric) or wording.METRICS[metric] for metric in (*AFTER, *CHANGES)]
    return render("recalibration.html", rows=rows, rule=rules[0], columns=columns, people=wording.people(view.reading))


def verdict(change: MetricRow | None) -> Verdict:
    """By the change of the Brier score: helps if nearly all draws lower it, may harm if it rises on the whole."""
    if change is None or change.value is None or change.high is None:
        return "withheld"
    if change.high < 0:
        return "helps"
    return "may harm" if change.value > 0 else "uncertain"


def _of(view: View, model: str, group: str) -> dict[str, str]:
    return {"scheme": view.unseen, "group": group, "model": model}


def _lines(view: View, group: str) -> list[Line]:
    as_it_is = [verdicts.judged(view.one(metric, **_of(view, ENSEMBLE, group))) for metric in (*AFTER, *CHANGES)]
    made = [Line(heading=wording.group(group), name=wording.of_events(view, as_it_is[0]))]
    made.append(
        Line("as it is", _cells(as_it_is), "off by more than chance" if verdicts.off(as_it_is[0]) else "not shown to be off")
    )
    for model, name in CORRECTIONS.items():
        found = [view.one(metric, **_of(view, model, group)) for metric in AFTER]
        found += [view.one(metric, **(_of(view, model, group) | {"against": ENSEMBLE})) for metric in CHANGES]
        told = verdict(found[len(AFTER)])
        held = next((row.withheld for row in found if row is not None and row.withheld), "") if told == "withheld" else ""
        made.append(Line(name, _cells(found), told, held=held))
    return made


def _cells(rows: list[MetricRow | None]) -> tuple[Markup, ...]:
    return tuple(numbers.full(row) for row in rows)
