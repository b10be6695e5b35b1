"""Can I trust it in my hospital? In: a reading. Out: the section, each target answering in its own way."""

from __future__ import annotations

from iatros.report import tasks
from iatros.report.reading import Reading
from iatros.report.section import Section, assemble


def section(reading: Reading) -> Section:
    """One part a target."""
    parts = [tasks.of(view.form).hospital(view) for view in reading.views]
    return assemble("hospital", parts, [view.title for view in reading.views])
