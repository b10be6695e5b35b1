"""Can I trust it in my hospital, or on sequences unlike those in training? In: a reading. Out: the section."""

from __future__ import annotations

from dataclasses import replace

from iatros.report import tasks
from iatros.report.parts import strangers
from iatros.report.reading import Reading
from iatros.report.section import Section, assemble


def section(reading: Reading) -> Section:
    """One part a target."""
    names = [view.title for view in reading.views]
    parts = [tasks.of(view.form).hospital(view) for view in reading.views]
    if not strangers.concern(reading):
        return assemble("hospital", parts, names)
    told = [replace(part, answer=strangers.answer(view)) for part, view in zip(parts, reading.views, strict=True)]
    return assemble("hospital", told, names, question=strangers.question(reading))
