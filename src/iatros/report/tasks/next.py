"""The next letter. In: a view. Out: cards, warnings and the sections' parts: perplexity over all letters."""

from __future__ import annotations

from markupsafe import Markup

from iatros.predictions import PREVALENCE
from iatros.report import numbers, verdicts
from iatros.report.parts import comparison, wording
from iatros.report.parts.dense import at_sites, undecided
from iatros.report.parts.groups import subgroups
from iatros.report.parts.sites import by_site
from iatros.report.reading import View
from iatros.report.section import NEW_HOSPITAL, Card, Caution, Part

METRIC = "perplexity"


def short(view: View) -> Markup:
    """Between how many letters it hesitates."""
    found, guessing = view.one(METRIC), view.one(METRIC, model=PREVALENCE)
    if found is None or found.value is None:
        return Markup("How well the next letter is foretold was not measured.")
    frequencies = f"; letter frequencies alone leave {numbers.point(guessing)}" if guessing and guessing.value else ""
    return Markup(
        "Before each letter, the model hesitates as if between {} equally likely ones{}. It describes sequences like those it "
        "learned from; what it writes of its own has to be judged apart."
    ).format(numbers.point(found), frequencies)


def cards(view: View) -> list[Card]:
    """Perplexity, accuracy, a new hospital, the simple model."""
    found, right, bits = view.one(METRIC), view.one("accuracy"), view.one("bits")
    perplexity = Card(
        "How well is the next letter foretold?",
        "Cannot be judged" if found is None or found.value is None else f"As one of {numbers.point(found)}",
        numbers.point(found),
        "perplexity over all letters",
        "" if found is None else numbers.limits(found),
        Markup("{} bits a letter, the end counted as one. {}.").format(numbers.full(bits), wording.size(view, found)),
    )
    likeliest = Card(
        "How often is the likeliest letter right?",
        "Cannot be judged" if right is None or right.value is None else f"{round(100 * right.value)} of 100 times",
        numbers.point(right),
        "accuracy over all letters",
        "" if right is None else numbers.limits(right),
        Markup("Letter frequencies alone: {}.").format(numbers.full(view.one("accuracy", model=PREVALENCE))),
    )
    return [perplexity, likeliest, _hospital_card(view), comparison.card(view, METRIC)]


def cautions(view: View) -> list[Caution]:
    """A simple model that does as well."""
    return comparison.cautions(view, METRIC)


def good(view: View) -> Part:
    """Perplexity, and the k-gram beside."""
    answer = Markup("Perplexity over all letters is {}, {} bits a letter.").format(
        numbers.full(view.one(METRIC)), numbers.full(view.one("bits"))
    )
    simple = Markup("<p>The simple model counts which letter follows which short words (a k-gram with back-off).</p>")
    return Part(answer, simple + comparison.section(view, (METRIC, "bits", "bits_a_sign", "accuracy"), METRIC))


def help_(view: View) -> Part:
    """No threshold."""
    return undecided("a language model decides nothing about a case.")


def hospital(view: View) -> Part:
    """Perplexity by hospital and group."""
    return at_sites(view, METRIC, "At the worst site, {}, perplexity is {}.", subgroups(view, METRIC))


def _hospital_card(view: View) -> Card:
    question = NEW_HOSPITAL
    worst = verdicts.worst(by_site(view, METRIC)) if view.unseen else None
    if worst is None:
        return Card(question, "Not examined", "not measured", "", "", Markup("The first new site will be the first test."))
    said = Markup("{}.").format(wording.group(worst.group))
    return Card(question, "The worst is shown", numbers.point(worst), "perplexity there", numbers.limits(worst), said)
