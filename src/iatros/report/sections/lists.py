"""Reporting checklist and words. In: a reading. Out: the state of each item of TRIPOD+AI, and the glossary."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report.checklist import WORDS as STATES
from iatros.report.checklist import items
from iatros.report.parts.table import lines
from iatros.report.reading import Reading
from iatros.report.render import render
from iatros.report.section import Section
from iatros.report.words import WORDS


def section(reading: Reading) -> Section:
    """Both lists, folded."""
    found = items(reading)
    states = [item.state for item in found]
    answer = Markup(
        "Of the {} items of TRIPOD+AI, {} are answered by the run, {} in part, and {} only the author can answer."
    ).format(len(found), states.count("run"), states.count("part"), states.count("author"))
    rows = [
        (
            i.name,
            i.where,
            Markup('<span class="{}">{}</span>').format("oktext" if i.state == "run" else "wtext", STATES[i.state]),
        )
        for i in found
    ]
    table = lines("TRIPOD+AI, in short", "Item names are abridged.", ("Item", "Where in this report", "State"), rows)
    return Section("lists", answer, render("lists.html", table=table, words=WORDS, number=len(found)))
