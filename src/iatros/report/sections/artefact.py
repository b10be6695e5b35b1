"""Could the result be an artefact? In: a reading. Out: what was tried, the result, what it should be, the verdict."""

from __future__ import annotations

from markupsafe import Markup

from iatros.evidence import Probe
from iatros.predictions import OF_POSITIONS
from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.parts.table import lines
from iatros.report.reading import Reading
from iatros.report.render import nope
from iatros.report.section import Section

VERDICTS = {"passed": ("oktext", "As it should be"), "warning": ("wtext", "Warning"), "not measured": ("cit", "Not measured")}


def section(reading: Reading) -> Section:
    """All probes, and the leaks of a split that was forced."""
    probes = reading.evidence.probes
    leaks = [
        Markup('<p class="warn1"><b class="wtext">Warning: {}</b></p>').format(leak)
        for leak in reading.listed("record", "leak")
    ]
    table = (
        lines(
            "Attempts to explain the result away",
            "With 95% intervals.",
            ("What was tried", "Result", "What it should be", "Verdict"),
            [_row(reading, probe) for probe in probes],
        )
        if probes
        else nope(_why_none(reading))
    )
    return Section("artefact", _answer(reading), Markup("").join(leaks) + table)


def _answer(reading: Reading) -> Markup:
    probes = reading.evidence.probes
    warned = [probe for probe in probes if verdicts.probe_warns(probe)]
    measured = [probe for probe in probes if probe.value is not None]
    if reading.listed("record", "leak"):
        return Markup("Yes: the split leaks, and was forced.")
    if not measured:
        return Markup("Not examined{}.").format("" if _without_outcome(reading) else ": no probe was run")
    if not warned:
        return Markup("No sign of it: {}.").format(
            numbers.counted(len(measured), "attempt to explain it away", "attempts to explain it away")
            + " found what was hoped for"
        )
    return Markup("In part: {} of {} to explain it away gave a warning.").format(
        len(warned), numbers.counted(len(measured), "attempt")
    )


def _why_none(reading: Reading) -> str:
    if _without_outcome(reading):
        return "The probes (shuffled outcomes, one input alone, what is missing) need one outcome a case, which there is not."
    return "No probe was run."


def _without_outcome(reading: Reading) -> bool:
    """Has no target one outcome a case?"""
    return bool(reading.views) and all(view.form.task in OF_POSITIONS for view in reading.views)


def _row(reading: Reading, probe: Probe) -> tuple[str | Markup, ...]:
    kind, words = VERDICTS["warning" if verdicts.probe_warns(probe) else probe.verdict]
    name = f"{probe.target}: {probe.name}" if len(reading.views) > 1 else probe.name
    value = numbers.NOT_MEASURED if probe.value is None else numbers.three(probe.value)
    limits = (
        f" [{numbers.three(probe.low)} to {numbers.three(probe.high)}]"
        if probe.low is not None and probe.high is not None
        else ""
    )
    metric = "" if probe.value is None else f"{wording.METRICS.get(probe.metric, probe.metric.replace('_', ' '))} "
    told = [wording.capital(wording.spoken(part)).rstrip(".") + "." for part in (probe.expected, probe.why) if part]
    should = " ".join(told)
    return (
        f"{wording.capital(name)}: {wording.spoken(probe.tried)}",
        f"{metric}{value}{limits}",
        should,
        Markup('<span class="{}">{}</span>').format(kind, words),
    )
