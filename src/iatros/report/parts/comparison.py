"""The verdict against the simple model. In: a view and the headline metric. Out: card, warning, section, title."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import learning, wording
from iatros.report.parts.difference import beside, difference, turned
from iatros.report.reading import View
from iatros.report.section import Card, Caution
from iatros.results import MetricRow

QUESTION = "Is it better than a simple model?"
WORDS: dict[verdicts.Better, str] = {
    "yes": "Yes, by more than chance",
    "no": "No: the simple model is as good or better",
    "no evidence": "No evidence that it is",
    "not measured": "Not compared",
}


def differences(view: View, metric: str) -> list[MetricRow | None]:
    """The paired difference under each scheme."""
    return [view.difference(metric, scheme) for scheme in view.schemes]


def card(view: View, metric: str) -> Card:
    """The verdict, with the worst of the differences in front."""
    found = [row for row in differences(view, metric) if row is not None and row.value is not None]
    verdict = verdicts.better(differences(view, metric))
    if not found:
        return Card(QUESTION, WORDS[verdict], "not measured", "", "", Markup("{}").format(_why_not(view)), True)
    ordered = sorted((turned(row) for row in found), key=lambda row: row.value or 0)
    named = f"{wording.METRICS.get(metric, metric)} difference" + (
        ", sign turned" if metric in verdicts.SMALLER_IS_BETTER else ""
    )
    first = (
        f"Neural network minus {wording.model(view.baseline)}, same {wording.people(view.reading)}, "
        f"{wording.setting(view.reading, ordered[0].scheme)}."
    )
    others = [f"{wording.capital(wording.setting(view.reading, row.scheme))}: {numbers.plain(row)}." for row in ordered[1:]]
    text = Markup("{}").format(" ".join([first, *others]))
    return Card(QUESTION, WORDS[verdict], numbers.point(ordered[0]), named, numbers.limits(ordered[0]), text, verdict != "yes")


def cautions(view: View, metric: str) -> list[Caution]:
    """The simple model is preferable where the verdict is no."""
    if verdicts.better(differences(view, metric)) != "no":
        return []
    worse = [row for row in differences(view, metric) if verdicts.side(row) < 0]
    where = numbers.joined([wording.setting(view.reading, row.scheme) for row in worse if row is not None])
    text = f"{wording.capital(wording.model(view.baseline))} was better by more than chance ({where})"
    return [Caution("the simple model is preferable.", Markup("{}").format(text), "good")]


def section(view: View, metrics: tuple[str, ...], headline: str) -> Markup:
    """Paired differences, every model beside by `metrics`, and the learning curve of `headline`."""
    heading = Markup("<h3>{}</h3>").format(QUESTION)
    return Markup("").join([heading, difference(view), beside(view, metrics), learning.section(view, headline)])


def title(view: View, metric: str) -> str:
    """The finding, for the figure that shows both models."""
    name = wording.model(view.baseline) if view.baseline else "simple model"
    found = verdicts.side(view.difference(metric))
    if not view.baseline or view.difference(metric) is None:
        return "How the model ranks"
    if found:
        return (
            f"The neural network ranks better than {name}"
            if found > 0
            else f"{wording.capital(name)} ranks better than the neural network"
        )
    return f"No difference shown between the neural network and {name}"


def _why_not(view: View) -> str:
    return (
        "The run holds no baseline."
        if not view.baseline
        else f"The difference to {wording.model(view.baseline)} was not measured."
    )
