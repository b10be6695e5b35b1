"""A class at every position. In: a view. Out: cards, warnings and the sections' parts: accuracy over all positions."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from iatros.predictions import PREVALENCE
from iatros.report import numbers, verdicts
from iatros.report.parts import comparison, wording
from iatros.report.parts.dense import at_sites, undecided
from iatros.report.parts.difference import beside, difference
from iatros.report.parts.groups import subgroups
from iatros.report.parts.table import cards as table
from iatros.report.reading import View
from iatros.report.section import Card, Caution, Part
from iatros.report.tasks.several import confusion, hospital_card, per_class, ranking_card

METRIC = "accuracy"


def short(view: View) -> Markup:
    """How many positions of a hundred are right."""
    right = view.one(METRIC)
    if right is None or right.value is None:
        return Markup("How many positions are right was not measured.")
    guessing = view.one(METRIC, model=PREVALENCE)
    beside_it = (
        f"; always saying the most frequent class would be right at {round(100 * guessing.value)}"
        if (guessing is not None and guessing.value is not None)
        else ""
    )
    return Markup("Of 100 positions, {} are given the right one of {} classes{}.").format(
        round(100 * right.value), len(view.form.classes), beside_it
    )


def cards(view: View) -> list[Card]:
    """Accuracy, the worst class, a new hospital, the simple model."""
    right, of_case = view.one(METRIC), view.one("case_accuracy")
    accuracy = Card(
        "How many positions are right?",
        "Cannot be judged" if right is None or right.value is None else f"{round(100 * right.value)} of 100",
        numbers.point(right) if right is not None else "withheld",
        "accuracy over all positions",
        numbers.limits(right) if right is not None else "",
        Markup("Mean over cases: {}. {}.").format(numbers.full(of_case), wording.size(view, right)),
    )
    return [accuracy, _ranking(view), hospital_card(view), comparison.card(view, METRIC)]


def cautions(view: View) -> list[Caution]:
    """A simple model that does as well."""
    return comparison.cautions(view, METRIC)


def good(view: View) -> Part:
    """Per class, confusion, difference."""
    answer = Markup("Accuracy over all positions is {}; mean over cases {}.").format(
        numbers.full(view.one(METRIC)), numbers.full(view.one("case_accuracy"))
    )
    body = [
        _classes(view),
        confusion(view),
        Markup("<h3>Is it better than a simple model?</h3>"),
        Markup("<p>The simple model reads the letters around each position, 15 in all.</p>"),
        difference(view),
        beside(view, (METRIC, "auroc", "log_loss")),
    ]
    return Part(answer, Markup("").join(body))


def help_(view: View) -> Part:
    """No threshold."""
    return undecided("what is gained depends on what the positions are used for.")


def hospital(view: View) -> Part:
    """Accuracy by hospital and group."""
    said = "At the worst site, {}, {} of the positions are right."
    return at_sites(view, METRIC, said, subgroups(view, METRIC), most=1.0)


def _ranking(view: View) -> Card:
    """The verdict of the worst class; how many positions are of it is a share, not a number of cases."""
    card, worst = ranking_card(view, "class"), verdicts.worst(per_class(view, "auroc"))
    if worst is None:
        return card
    share = numbers.full(view.one("prevalence", class_=worst.class_))
    meaning = Markup("{}, {} of the positions. Mean over all: {}.").format(worst.class_, share, numbers.full(view.one("auroc")))
    return replace(card, meaning=meaning)


def _classes(view: View) -> Markup:
    """One row a class: how frequent, how many found, how many of those said are right."""
    metrics = ("prevalence", "auroc", "sensitivity", "ppv")
    rows = [
        [name, *(numbers.full(verdicts.judged(view.one(metric, class_=name))) for metric in metrics)]
        for name in (row.class_ for row in per_class(view, "auroc"))
    ]
    heads = ("Class", "Share of positions", "AUROC", "Found", "Right where said")
    return table("Class by class", "Each against the rest, over all known positions.", heads, rows)
