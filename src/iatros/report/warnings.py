"""All warnings of a run, by rule. In: a reading. Out: cautions, gravest first."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from iatros.evidence import Probe
from iatros.report import numbers, tasks, verdicts
from iatros.report.parts import wording
from iatros.report.parts.groups import too_small
from iatros.report.reading import Reading
from iatros.report.section import Caution

PROBES = {  # name of a probe -> title of its warning, and what it means; the measure is put in
    "missingness alone": (
        "what was not measured gives the answer away.",
        "The pattern of missing values alone, without a single value, reaches {}. Part of the performance may reflect how "
        "people worked, not the patient",
    ),
    "site alone": (
        "the hospital alone gives the answer away.",
        "Knowing only the hospital reaches {}. Judge the model within hospitals, and in new ones",
    ),
    "site from inputs": (
        "the data betray the hospital.",
        "The hospital can be guessed from the inputs, with {}. A model may have learned hospitals in place of disease",
    ),
    "best single column": (
        "one input alone nearly gives the answer.",
        "Alone it reaches {}. See whether it was written down after the outcome was known",
    ),
    "inputs met before": (
        "inputs seen in training give the outcome away.",
        "Without reading them, how often the same inputs had the outcome in training reaches {}. Judge on inputs never met",
    ),
    "shuffled outcomes": (
        "something was learned from outcomes dealt at random.",
        "They were predicted with {}, which must not be: the run itself leaks",
    ),
}
SHOWN = 3  # of many alike, how many are named


def cautions(reading: Reading) -> list[Caution]:
    """Every warning that the rules give."""
    rules: tuple[Callable[[Reading], list[Caution]], ...] = (
        _leak,
        _targets,
        _probes,
        _maps,
        _small,
        _findings,
        _patients,
        _looks,
        _missing,
    )
    return [caution for rule in rules for caution in rule(reading)]


def _leak(reading: Reading) -> list[Caution]:
    found = reading.listed("record", "leak")
    text = "The figures below are those of a leaking split and say nothing about new {}"
    told = Markup(text).format(wording.units(reading))
    return [Caution("the split leaks and was forced.", told, "artefact")] if found else []


def _targets(reading: Reading) -> list[Caution]:
    several = len(reading.views) > 1
    found = []
    for view in reading.views:
        for caution in tasks.of(view.form).cautions(view):
            title = f"{view.title}: {caution.title}" if several else caution.title
            found.append(Caution(title, caution.text, caution.section))
    return found


def _probes(reading: Reading) -> list[Caution]:
    told = [probe for probe in reading.evidence.probes if verdicts.probe_warns(probe)]
    return [Caution(*_said(probe), "artefact") for probe in told]


def _said(probe: Probe) -> tuple[str, Markup]:
    """What such a probe means at the bedside; a probe without words of its own gives its measure."""
    title, meaning = PROBES.get(probe.name, (f"{probe.name} should tell nothing, and does.", ""))
    measured = _probe(probe)
    return title, Markup("{}").format(measured) if not meaning else Markup(meaning).format(measured)


def _probe(probe: Probe) -> Markup:
    if probe.value is None:
        return Markup("{}").format(wording.spoken(probe.why or probe.expected).rstrip("."))
    limits = (
        f" [{numbers.three(probe.low)} to {numbers.three(probe.high)}]"
        if probe.low is not None and probe.high is not None
        else ""
    )
    name = wording.METRICS.get(probe.metric, probe.metric.replace("_", " "))
    best = f" ({probe.why.partition(' alone')[0].partition(' is the')[0]})" if probe.name == "best single column" else ""
    article = "an " if name[:1] in "AEIOR" else "a "
    return Markup("{}{} of {}{}{}").format(article, name, numbers.three(probe.value), limits, best)


def _maps(reading: Reading) -> list[Caution]:
    failed = [check for check in reading.evidence.checks if not check.passed]
    return [
        Caution(
            f"{wording.explanations(check.method)} failed their check.",
            Markup("{}").format(wording.capital(wording.why(check)).rstrip(".")),
            "looks",
        )
        for check in failed
    ]


def _small(reading: Reading) -> list[Caution]:
    found = [(view, row) for view in reading.views for row in too_small(view)]
    if not found:
        return []
    some = [f"{wording.group(row.group)} (n = {row.cases:,})" for _, row in found[:SHOWN]]
    return [
        Caution(
            f"{numbers.counted(len(found), 'group is', 'groups are')} too small to judge.",
            Markup("{}{}").format("Among them: " if len(found) > SHOWN else "", wording.capital(numbers.joined(some))),
            "hospital",
        )
    ]


def _findings(reading: Reading) -> list[Caution]:
    found = [finding for finding in reading.findings if finding.severity == "warning"]
    found.sort(key=lambda finding: -finding.count)
    if not found:
        return []
    said = " ".join(f"{told.rstrip('.?')}{'?' if told.endswith('?') else '.'}" for told in map(wording.found, found[:SHOWN]))
    said = said.rstrip(".")
    more = f"; {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return [
        Caution(
            f"the checks of the data gave {numbers.counted(len(found), 'warning')}.",
            Markup("{}{}").format(said, more),
            "patients",
        )
    ]


def _patients(reading: Reading) -> list[Caution]:
    if not reading.one_patient_a_row or wording.unit(reading) != "patient":
        return []
    text = "Each row is taken as one patient; repeat visits cannot be examined"
    return [Caution("no patient numbers in the file.", Markup("{}").format(text), "patients")]


def _looks(reading: Reading) -> list[Caution]:
    looks = reading.record.get("looks_at_test")
    if not isinstance(looks, int) or looks < 2:
        return []
    return [
        Caution(
            f"the test part was looked at {looks} times.",
            Markup("Each look makes the figures more favourable than they are"),
            "again",
        )
    ]


def _missing(reading: Reading) -> list[Caution]:
    names = {
        "rows": "metrics.json",
        "curves": "curves.parquet",
        "evidence": "evidence.json",
        "record": "record.json",
        "study": "study.toml",
        "findings": "findings.json",
    }
    return [
        Caution(f"{names.get(part, part)} is missing from this report.", Markup("{}").format(wording.capital(why)), "")
        for part, why in reading.missing.items()
    ]
