"""Several labels at once. In: a view. Out: cards, warnings and the sections' parts: one row a label, the commonest first."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import comparison
from iatros.report.reading import View
from iatros.report.render import nope
from iatros.report.section import Card, Caution, Part
from iatros.report.tasks import several


def by_events(view: View) -> tuple[str, ...]:
    """Labels, the commonest first."""
    events = {name: (row.events or 0) if (row := view.one("auroc", class_=name)) else 0 for name in view.form.classes}
    return tuple(sorted(events, key=lambda name: -events[name]))


def short(view: View) -> Markup:
    """How many labels can be judged, and how the mean is."""
    rows = several.per_class(view, "auroc")
    judged = [row for row in rows if row.value is not None]
    well = sum(verdicts.ranking(row) == "well" for row in judged)
    return Markup("Of {} labels, {} can be judged, and {} of them {} told well; mean AUROC {}.").format(
        len(view.form.classes), len(judged), well or "none", "is" if well < 2 else "are", numbers.full(view.one("auroc"))
    )


def cards(view: View) -> list[Card]:
    """Ranking of the worst label, a new hospital, percentages, the simple model."""
    return [
        several.ranking_card(view, "label"),
        several.hospital_card(view),
        several.percentages_card(view, "label"),
        comparison.card(view, "auroc"),
    ]


def cautions(view: View) -> list[Caution]:
    """Labels that are told badly or are too rare, and a simple model that does as well."""
    return [*several.class_cautions(view, "labels"), *comparison.cautions(view, "auroc")]


def good(view: View) -> Part:
    """One row a label."""
    worst = verdicts.worst(several.per_class(view, "auroc"))
    lowest = f" The worst label is {worst.class_}, {numbers.plain(worst)}." if worst else ""
    answer = Markup("Mean AUROC over labels is {}.{}").format(numbers.full(view.one("auroc")), lowest)
    body = [
        several.per_class_table(view, "Label by label, the commonest first", by_events(view)),
        several.curves(view),
        comparison.section(view, ("auroc", "auprc", "brier"), "auroc"),
    ]
    return Part(answer, Markup("").join(body))


def help_(view: View) -> Part:
    """No single threshold."""
    return Part(
        Markup("Not examined: {} labels have no single threshold in common.").format(len(view.form.classes)),
        nope("A decision curve needs one outcome; declare a label of interest as a target of two classes."),
    )


def hospital(view: View) -> Part:
    """As for several classes."""
    part = several.hospital(view)
    return Part(
        part.answer,
        part.body
        + nope(
            "Figures are means over labels; single labels by "
            f"{'hospital and ' if view.reading.sited else ''}group are in metrics.json."
        ),
    )
