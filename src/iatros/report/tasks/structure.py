"""Structures of proteins. In: a view. Out: cards, warnings and the sections' parts: how near predictions are to truth."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers
from iatros.report.parts import comparison, shapes, wording
from iatros.report.parts.dense import NO_SITES, for_whom, undecided
from iatros.report.parts.groups import subgroups
from iatros.report.parts.sites import leaving_out
from iatros.report.reading import View
from iatros.report.section import Card, Caution, Part

METRIC = "lddt"
SAME_FOLD = 0.5  # TM-score above which two structures mostly have one fold (Xu & Zhang 2010, doi:10.1093/bioinformatics/btq066)


def short(view: View) -> Markup:
    """How near, and whether that is a fold."""
    found, cover = view.one(METRIC), view.one("tm_score")
    if found is None or found.value is None:
        return Markup("How near predicted structures are was not measured.")
    fold = cover is not None and cover.value is not None and cover.value >= SAME_FOLD
    said = "most predicted chains have the true fold" if fold else "predicted chains mostly do not have the true fold"
    return Markup("Of the distances below 15 Å, predicted chains keep {} in 100; {}.").format(round(100 * found.value), said)


def cards(view: View) -> list[Card]:
    """lDDT, TM-score, contacts, the simple models."""
    near = _card(view, "How near are residues to their neighbours?", METRIC, "mean lDDT-CA", "1 is the true structure.")
    fold = _card(view, "Is it the right fold?", "tm_score", "mean TM-score", "Unrelated chains have .17, one fold .5.")
    top = _card(view, "Are far contacts right?", "contact_precision", "of the top L pairs", "24 residues apart or more.")
    return [near, fold, top, comparison.card(view, METRIC)]


def cautions(view: View) -> list[Caution]:
    """A simple model that does as well; a confidence that is worth little."""
    return comparison.cautions(view, METRIC) + shapes.cautions(view)


def good(view: View) -> Part:
    """All figures, the simple models beside, errors along the chain, the worth of the confidence."""
    answer = Markup("lDDT-CA is {}, dRMSD {} Å, the TM-score {}.").format(
        *(numbers.full(view.one(metric)) for metric in (METRIC, "drmsd", "tm_score"))
    )
    simple = Markup("<p>Beside it: distances by separation along the chain, and those of the nearest training chain.</p>")
    shown = (METRIC, "drmsd", "tm_score", "contact_precision", "contact_precision_fifth")
    return Part(answer, shapes.lines(view) + simple + comparison.section(view, shown, METRIC))


def help_(view: View) -> Part:
    """No threshold."""
    return undecided("a structure decides nothing about a case.")


def hospital(view: View) -> Part:
    """lDDT by site and group."""
    body = for_whom(subgroups(view, METRIC))
    if not view.reading.sited:
        return Part(Markup(NO_SITES), body)
    return Part(Markup("By site, lDDT-CA is given below."), leaving_out(view, METRIC) + body)


def _card(view: View, question: str, metric: str, unit: str, said: str) -> Card:
    found = view.one(metric)
    verdict = "Cannot be judged" if found is None or found.value is None else f"{found.value:.2f}"
    limits = "" if found is None else numbers.limits(found)
    return Card(question, verdict, numbers.point(found), unit, limits, Markup("{} {}.").format(said, wording.size(view, found)))
