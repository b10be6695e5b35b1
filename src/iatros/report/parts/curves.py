"""The figures of two classes: ROC, precision and recall, risks by outcome, calibration, decision curve.

In: a view. Out: HTML, each figure with the points behind it; or why it could not be drawn.
"""

from __future__ import annotations

from math import floor

from markupsafe import Markup

from iatros.predictions import ENSEMBLE
from iatros.report import draw, numbers, verdicts
from iatros.report.figures import calibration as calibrating
from iatros.report.figures import decision as deciding
from iatros.report.figures import precision as recalling
from iatros.report.figures import risks as counting
from iatros.report.figures import roc as ranking
from iatros.report.parts import comparison, wording
from iatros.report.parts.explorer import prevalence
from iatros.report.parts.points import points
from iatros.report.reading import Curve, View
from iatros.report.render import figure, nope, render

EXTREME_WORDS = {
    "too extreme": "Risks are too extreme: low ones too low, high ones too high",
    "too timid": "Risks are too timid: low ones too high, high ones too low",
    "right": "Percentages agree with what was found, within chance",
    "not measured": "Predicted and observed shares",
}


def pair(*figures: Markup) -> Markup:
    """Figures side by side, two on a desktop."""
    return Markup('<div class="figs">\n{}</div>').format(Markup("").join(figures))


def roc(view: View) -> Markup:
    """Sensitivity over 1 - specificity."""
    model, baseline = view.curve("roc"), view.curve("roc", model=view.baseline)
    row = verdicts.judged(view.one("auroc"))
    if not model:
        return nope("The ROC curve was not measured.")
    point = _point(view, "specificity", "sensitivity")
    told = f"AUROC {numbers.plain(row)}"
    if view.baseline:
        told += f"; {wording.model(view.baseline)} {numbers.plain(view.one('auroc', model=view.baseline))}"
    subtitle = f"Receiver operating characteristic. {wording.size(view, row)}."
    read = f"Further up and left is better. {told}."
    return figure(
        comparison.title(view, "auroc"),
        subtitle,
        _models(view, baseline, model.banded),
        ranking.roc(model, baseline, told, point),
        read,
        _points(view, model, baseline),
    )


def precision(view: View) -> Markup:
    """PPV over sensitivity."""
    model, baseline, share = view.curve("pr"), view.curve("pr", model=view.baseline), prevalence(view)
    if not model or share is None:
        return nope("Precision and recall were not measured.")
    point = _point(view, "sensitivity", "ppv")
    title = "Precision and recall"
    if point is not None:
        title = f"Of those flagged at {wording.threshold(view)}, {floor(10 * point[1] + 0.5)} in 10 have {view.words}"
    told = f"Area {numbers.plain(verdicts.judged(view.one('auprc')))}"
    subtitle = f"Precision and recall. {wording.size(view, view.one('auroc'))}."
    read = f"Depends on how common {view.words} is: do not carry it to another clinic. {told}."
    drawing = recalling.precision(model, baseline, share, told, point)
    key = _models(view, baseline, model.banded)
    return figure(title, subtitle, key, drawing, read, _points(view, model, baseline))


def risks(view: View) -> Markup:
    """Histograms of the predicted risks, with the outcome up, without it down."""
    with_it, without = view.curve("risk_with"), view.curve("risk_without")
    if not with_it or not without:
        return nope("The distribution of predicted risks was not measured.")
    sure = view.reading.evidence.sure_and_wrong.get(view.name)
    title = f"{sure[0]:,} of {sure[1]:,} got a clear and wrong answer" if sure else "Predicted risks, by what was found"
    subtitle = f"Number of {wording.people(view.reading)} at each predicted risk. {wording.size(view, view.one('auroc'))}."
    names = wording.capital(view.headings[1]), wording.capital(view.headings[0])
    drawing = counting.risks(with_it, without, names, view.threshold, subtitle)
    read = "Up: with the outcome, down: without. The less the two overlap, the better."
    return figure(title, subtitle, Markup(""), drawing, read, points({names[0]: with_it, names[1]: without}))


def calibration(view: View) -> Markup:
    """Observed over predicted shares, with the numbers behind."""
    smooth, groups = view.curve("calibration"), view.curve("calibration_groups")
    if not smooth and not groups:
        return nope("Calibration was not measured.")
    baseline = view.curve("calibration", model=view.baseline)
    slope = verdicts.judged(view.one("calibration_slope"))
    histograms = view.curve("risk_with"), view.curve("risk_without")
    subtitle = (
        "Calibration: observed against predicted, in groups of equal size and as a smooth curve. "
        f"{wording.size(view, view.one('auroc'))}."
    )
    drawing = calibrating.calibration(smooth, groups, baseline, histograms, f"Calibration slope {numbers.plain(slope)}")
    whole = verdicts.judged(view.one("observed_expected"))
    title = EXTREME_WORDS[verdicts.extreme(slope)]
    if verdicts.extreme(slope) == "right" and verdicts.off(whole):
        title = "Risks are too low on average" if verdicts.off(whole) > 0 else "Risks are too high on average"
    key = _models(view, baseline, smooth.banded)
    behind = points({"groups of equal size": groups}) + _points(view, smooth, baseline)
    return figure(title, subtitle, key, drawing + render("behind.html", groups=_behind(groups)), points=behind)


def decision(view: View) -> Markup:
    """Net benefit over the threshold, and how to read it."""
    model, baseline, all_ = (view.curve("decision", model=name) for name in (ENSEMBLE, view.baseline, "everyone"))
    if not model:
        return nope("The decision curve was not measured.")
    start = deciding.useful_from(model, all_)
    title = "At no threshold does the model clearly beat flagging everyone or no one"
    if start is not None:
        title = f"From about {wording.percent_of(start)} upwards, the model beats flagging everyone"
    benefit = view.at("net_benefit")
    told = f"Net benefit at {wording.threshold(view)}: {numbers.plain(benefit)}"
    drawing = deciding.decision(model, baseline, all_, view.form.range, told)
    subtitle = f"Decision curve up to a threshold of 90%. {wording.size(view, view.one('auroc'))}."
    beside_it = view.at("net_benefit", model=view.baseline) if view.baseline else None
    odds = None if not view.threshold else (1 - view.threshold) / view.threshold
    read = render(
        "decision_read.html",
        view=view,
        benefit=benefit,
        other=beside_it,
        everyone=everyone(view),
        at=wording.threshold(view),
        odds=odds,
        baseline=wording.model(view.baseline),
        span=view.form.range,
    )
    behind = _points(view, model, baseline) + points({"everyone": all_})
    return Markup('<div class="figs one">\n{}{}</div>').format(
        figure(title, subtitle, _models(view, baseline, model.banded), drawing, points=behind), read
    )


def everyone(view: View) -> float | None:
    """Net benefit of flagging everyone at the operating point, from its curve; None where it was not drawn there."""
    drawn = view.curve("decision", model="everyone")
    return next((y for x, y in zip(drawn.x, drawn.y, strict=True) if abs(x - (view.threshold or -1)) < 1e-9), None)


def _models(view: View, baseline: Curve, banded: bool) -> Markup:
    entries = [("model", "Neural network")] + ([("band", "95% interval")] if banded else [])
    return draw.key(*entries, *([("baseline", wording.capital(wording.model(view.baseline)))] if baseline else []))


def _points(view: View, model: Curve, baseline: Curve) -> Markup:
    return points({wording.model(ENSEMBLE): model, wording.model(view.baseline): baseline})


def _point(view: View, across: str, up: str) -> tuple[float, float, str] | None:
    """The operating point on a curve; specificity is drawn from the right."""
    x, y = view.at(across), view.at(up)
    if x is None or y is None or x.value is None or y.value is None:
        return None
    return 1 - x.value if across == "specificity" else x.value, y.value, f"at {wording.threshold(view)}"


def _behind(groups: Curve) -> list[tuple[str, str, str]]:
    rows = zip(groups.x, groups.y, groups.low, groups.high, groups.n, strict=True)
    return [
        (
            numbers.percent(x),
            numbers.percent(y)
            + (
                f" [{numbers.share_number(low)} to {numbers.share_number(high)}]"
                if low is not None and high is not None
                else ""
            ),
            "not recorded" if n is None else f"{n:,}",
        )
        for x, y, low, high, n in rows
    ]
