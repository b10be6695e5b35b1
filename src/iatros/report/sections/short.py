"""In short. In: a reading and its warnings. Out: natural frequencies, verdict cards and all warnings; A4 page 1."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import tasks
from iatros.report.parts import wording
from iatros.report.reading import Reading
from iatros.report.render import render
from iatros.report.section import Section
from iatros.report.warnings import cautions


def section(reading: Reading) -> Section:
    """The first page."""
    several = len(reading.views) > 1
    answers = [(view.title, tasks.of(view.form).short(view)) for view in reading.views]
    answer = Markup(" ").join(Markup("<b>{}:</b> {}").format(*told) if several else told[1] for told in answers)
    rows = [(view.title if several else "", tasks.cards(view)) for view in reading.views]
    resamples = reading.part("study", "evaluation").get("resamples")
    around = {"resamples": resamples, "units": wording.resampled(reading), "single": wording.singly(reading)}
    body = render("short.html", rows=rows, cautions=cautions(reading), **around)
    return Section("short", answer or Markup("Nothing was measured: the run holds no figures."), body)
