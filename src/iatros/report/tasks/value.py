"""A value. In: a view. Out: cards, warnings and the sections' parts: error, predicted against measured, intervals."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.draw import key
from iatros.report.figures import scatter
from iatros.report.parts import comparison, wording
from iatros.report.parts.groups import subgroups
from iatros.report.parts.points import points
from iatros.report.parts.sites import by_site, leaving_out
from iatros.report.reading import View
from iatros.report.render import figure, nope
from iatros.report.section import NEW_HOSPITAL, Card, Caution, Part


def unit(view: View) -> str:
    """` mg/dl`, or nothing."""
    return f" {view.form.unit}" if view.form.unit else ""


def short(view: View) -> Markup:
    """How far off, and how often the interval holds the truth."""
    mae, covered = view.one("mae"), view.one("coverage")
    if mae is None or mae.value is None:
        return Markup("How far off it is was not measured.")
    answer = f"On average the predicted {view.title} is {numbers.point(mae)}{unit(view)} away from what was measured."
    if covered is not None and covered.value is not None:
        answer += (
            f" Of 100 predictive intervals, {round(100 * covered.value)} hold the measured value; "
            f"{round(100 * view.form.coverage)} were promised."
        )
    return Markup("{}").format(answer)


def explains(view: View) -> bool:
    """Does it explain more than chance would: does the interval of R2 lie above 0?"""
    return verdicts.side(view.one("r2")) > 0


def cards(view: View) -> list[Card]:
    """Error, a new hospital, intervals, the simple model."""
    mae, r2 = verdicts.judged(view.one("mae")), verdicts.judged(view.one("r2"))
    verdict = "It explains part of the variation" if explains(view) else "Not shown to beat the mean"
    error = Card(
        "How far off is it?",
        verdict,
        numbers.point(mae) + unit(view),
        "mean absolute error",
        "" if mae is None else numbers.limits(mae),
        Markup("R² {}. {}.").format(numbers.full(r2), wording.size(view, mae)),
        not explains(view),
    )
    return [error, _hospital_card(view), _coverage_card(view), comparison.card(view, "mae")]


def cautions(view: View) -> list[Caution]:
    """Intervals that promise too much, no better than the mean, a simple model that does as well."""
    found = comparison.cautions(view, "mae")
    covered = view.one("coverage")
    if verdicts.side(covered, view.form.coverage) < 0 and covered is not None:
        found.append(
            Caution(
                "predictive intervals are too narrow.",
                Markup("They hold the truth in {} where {} were promised").format(
                    numbers.full(covered), numbers.percent(view.form.coverage)
                ),
                "good",
            )
        )
    if not explains(view):
        found.append(Caution("it is not shown to beat the mean.", Markup("R² {}").format(numbers.full(view.one("r2"))), "good"))
    return found


def good(view: View) -> Part:
    """Predicted against measured, residuals, intervals, difference."""
    answer = Markup("It is off by {}{} on average (R² {}).").format(
        numbers.full(view.one("mae")), unit(view), numbers.full(view.one("r2"))
    )
    measured, residuals = view.curve("predicted_measured"), view.curve("residuals")
    told = f"Mean absolute error {numbers.plain(view.one('mae'))}{unit(view)}"
    drawn = [
        figure(
            "Predicted against measured",
            wording.size(view, view.one("mae")) + ".",
            key(("dot", "group of cases, middle 80%"), ("chance", "perfect")),
            scatter.diagonal(measured, view.form.unit, told),
            "On the diagonal, the prediction is right.",
            points({"groups of cases": measured}),
        )
        if measured
        else nope("Predicted against measured was not kept."),
        figure(
            "Error along the prediction",
            "Measured minus predicted.",
            Markup(""),
            scatter.residuals(residuals, view.form.unit, told),
            "Dots should lie evenly about 0 everywhere.",
            points({"groups of cases": residuals}),
        )
        if residuals
        else nope("Errors along the prediction were not kept."),
    ]
    rows = Markup(
        '<p class="small">Mean error {}{}; root mean squared error {}; '
        "intervals hold the truth in {} (promised {}), width {}.</p>"
    ).format(
        numbers.full(view.one("bias")),
        unit(view),
        numbers.full(view.one("rmse")),
        numbers.full(view.one("coverage")),
        numbers.percent(view.form.coverage),
        numbers.full(view.one("interval_width")),
    )
    body = [
        Markup('<div class="figs">\n{}</div>').format(Markup("").join(drawn)),
        rows,
        comparison.section(view, ("mae", "rmse", "r2"), "mae"),
    ]
    return Part(answer, Markup("").join(body))


def help_(view: View) -> Part:
    """No threshold, so no decision curve."""
    why = (
        "A value has no threshold to decide at, so there is no decision curve. Whether this error is small enough "
        "for use is a clinical question."
    )
    return Part(
        Markup("This cannot be computed: the run predicts a value, with an error of {}{}.").format(
            numbers.point(view.one("mae")), unit(view)
        ),
        nope(why),
    )


def hospital(view: View) -> Part:
    """Error by hospital and group."""
    body = Markup("<h3>For whom is it better or worse?</h3>") + subgroups(view, "mae")
    if not view.reading.sited:
        return Part(Markup("Not examined: the study names no hospitals, so nothing is known about a new one."), body)
    worst = verdicts.worst(by_site(view, "mae"))
    answer = (
        Markup("At the worst hospital, {}, it is off by {}{}.").format(
            wording.group(worst.group), numbers.full(worst), unit(view)
        )
        if worst
        else Markup("No hospital has enough cases to be judged.")
    )
    return Part(answer, leaving_out(view, "mae") + body)


def _hospital_card(view: View) -> Card:
    question = NEW_HOSPITAL
    worst = verdicts.worst(by_site(view, "mae")) if view.unseen else None
    if worst is None:
        return Card(question, "Not examined", "not measured", "", "", Markup("The first new hospital will be the first test."))
    whole = view.one("mae")
    bad = whole is not None and whole.value is not None and verdicts.side(worst, whole.value) < 0
    return Card(
        question,
        "Not everywhere as good" if bad else "No hospital stands out",
        numbers.point(worst) + unit(view),
        "error at the worst hospital",
        numbers.limits(worst),
        Markup("{}, {}.").format(wording.group(worst.group), wording.size(view, worst)),
        bad,
    )


def _coverage_card(view: View) -> Card:
    covered, question = verdicts.judged(view.one("coverage")), "Can its intervals be believed?"
    if covered is None or covered.value is None:
        return Card(question, "Cannot be said", numbers.point(covered), "", "", numbers.full(covered), True)
    narrow = verdicts.side(covered, view.form.coverage)
    verdict = {-1: "No: they are too narrow", 0: "Yes, within chance", 1: "Yes, they are wider than needed"}[narrow]
    meaning = Markup("{} were promised. Mean width {}{}.").format(
        numbers.percent(view.form.coverage), numbers.full(view.one("interval_width")), unit(view)
    )
    return Card(
        question, verdict, numbers.point(covered), "of intervals hold the truth", numbers.limits(covered), meaning, narrow < 0
    )
