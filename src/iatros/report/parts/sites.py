"""Results by hospital: ranking where it was not seen and where it was, and calibration on one scale.

In: a view. Out: HTML, and the rows by which the verdict on new hospitals is judged.
"""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import draw, numbers, verdicts
from iatros.report.figures import calibration
from iatros.report.figures.forest import Scale, axis, row, scale
from iatros.report.parts import wording
from iatros.report.parts.difference import mark
from iatros.report.parts.points import points
from iatros.report.parts.table import PICTURE, Forest, Row, forest
from iatros.report.reading import Curve, View
from iatros.report.render import FIGURE, nope, render
from iatros.results import MetricRow


def by_site(view: View, metric: str, scheme: str = "") -> list[MetricRow]:
    """One row a hospital, under the scheme with hospitals not seen if there is one; withheld rows stay."""
    asked = scheme or view.unseen or view.main
    found = [view.one(metric, scheme=asked, group=group) for group in view.groups("site", asked)]
    return [judged for judged in map(verdicts.judged, found) if judged is not None]


def leaving_out(view: View, metric: str, hold: float | None = None, most: float | None = None) -> Markup:
    """The table of hospitals, each with the figure where it was not seen, and beneath it where it was seen."""
    rows = by_site(view, metric)
    if not rows:
        return nope(f"{wording.METRICS.get(metric, metric)} by hospital was not measured.")
    seen = (
        {found.group: found for found in by_site(view, metric, view.main)} if view.unseen and view.main != view.unseen else {}
    )
    marks = [mark(found, found in rows) for found in (*rows, *seen.values()) if found.value is not None]
    on = scale(marks, hold=hold, most=most)
    title = "Leaving one hospital out" if view.unseen else "Results by hospital"
    told = (
        "Each hospital is predicted by a model trained on the others." if view.unseen else "Each hospital was also in training."
    )
    named = wording.METRICS.get(metric, metric)
    sized = f"{wording.capital(wording.people(view.reading))}" + (f" (with {view.words})" if view.form.binary else "")
    around = Forest(title, told, ("Hospital", sized, f"{named}, {'not seen' if view.unseen else 'seen'}", PICTURE))
    table = forest(around, [_row(view, found, seen.get(found.group), on) for found in rows], axis(on) if marks else "")
    key = draw.key(("dot", "hospital not seen"), ("ring", "hospital seen")) if seen else Markup("")
    return key + table


def calibrations(view: View) -> Markup:
    """Small calibration figures, one a hospital, all on one scale."""
    scheme = view.unseen or view.main
    drawn = [_small(view, group, scheme) for group in view.groups("site", scheme)]
    if not any(drawn):
        return nope("Calibration by hospital was not measured.")
    return render(
        "multiples.html",
        FIGURE=FIGURE,
        title=shift_title(by_site(view, "observed_expected")),
        subtitle=(
            f"Calibration, {wording.scheme(scheme, True)}: observed share with {view.words} (up) against "
            "predicted risk (across)."
        ),
        drawn=[one for one in drawn if one],
        key="",
        points=points({str(one["name"]): curve for one in drawn if one and isinstance(curve := one["curve"], Curve)}),
    )


def shift_title(rows: list[MetricRow]) -> str:
    """Where risks are too high and where too low, by the intervals of observed/expected."""
    high = [wording.group(found.group) for found in rows if verdicts.off(found) < 0]
    low = [wording.group(found.group) for found in rows if verdicts.off(found) > 0]
    said = [f"too high in {numbers.joined(high)}"] if high else []
    said += [f"too low in {numbers.joined(low)}"] if low else []
    return f"Risks are {', '.join(said)}" if said else "On average, risks agree with what was found in every hospital judged"


def _row(view: View, found: MetricRow, seen: MetricRow | None, on: Scale) -> Row:
    name = wording.group(found.group)
    sized = (wording.of_events(view, found),)
    if found.value is None:
        return Row(name, sized, held=f"Withheld: {found.withheld}")
    marks = [mark(seen, ours=False)] if seen is not None and seen.value is not None else []
    told = f"{name} {numbers.plain(found)}" + (f", seen {numbers.plain(seen)}" if marks else "")
    return Row(name, sized, numbers.full(found), row(told, [*marks, mark(found)], on))


def _small(view: View, group: str, scheme: str) -> dict[str, object]:
    ratio = verdicts.judged(view.one("observed_expected", scheme=scheme, group=group))
    sized = view.one("auroc", scheme=scheme, group=group) or ratio
    name = wording.group(group)
    curve = view.curve("calibration", scheme=scheme, group=group)
    groups = view.curve("calibration_groups", scheme=scheme, group=group)
    if not curve and not groups:
        return {}
    told = f"{sized.events:,} of {sized.cases:,} with {view.words}" if sized and sized.events is not None else ""
    held = ratio is not None and ratio.value is None
    off = ratio is not None and bool(verdicts.off(ratio))
    histograms = view.curve("risk_with", scheme=scheme, group=group), view.curve("risk_without", scheme=scheme, group=group)
    drawing = (
        nope(f"Withheld: {ratio.withheld}")
        if held and ratio
        else calibration.small(name, curve, groups, numbers.plain(ratio), histograms)
    )
    return {"name": name, "sized": told, "drawing": drawing, "ratio": numbers.full(ratio), "off": off, "curve": curve or groups}
