"""Who were the patients? In: a reading. Out: flow, table by outcome, what was not measured, what the checks said."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers
from iatros.report.parts import wording
from iatros.report.parts.table import cards, lines
from iatros.report.reading import Reading, View
from iatros.report.render import nope, render
from iatros.report.section import Section

DEEPEST = 0.62  # opacity of the colour of 100% missing


def section(reading: Reading) -> Section:
    """The cohort."""
    body = [Markup("<h3>From records to results</h3>"), _flow(reading), _table_one(reading)]
    body += [
        Markup("<h3>What was not measured</h3>"),
        _missing(reading),
        Markup("<h3>What the checks of the data said</h3>"),
        _findings(reading),
    ]
    return Section("patients", _answer(reading), Markup("").join(body))


def _answer(reading: Reading) -> Markup:
    told = reading.part("record", "data")
    cases, patients = told.get("cases"), told.get("patients")
    if cases is None:
        return Markup("How many there were is not recorded.")
    of = f" of {patients:,} patients" if patients is not None and patients != cases else ""
    sites = len(reading.listed("record", "sites"))
    where = f", at {numbers.counted(sites, 'hospital')}" if sites else ""
    said = [f"{_share(view)} had {view.words}" for view in reading.views if view.form.binary and _share(view)]
    outcome = f"; {numbers.joined(said)}" if said else ""
    return Markup("{}{}{}{}.").format(wording.cases(reading, cases), of, where, outcome)


def _share(view: View) -> str:
    told = view.reading.part("record", "targets", view.name)
    events, cases = told.get("events"), told.get("cases")
    return f"{events:,} ({numbers.percent(events / cases)})" if isinstance(events, int) and cases else ""


def _flow(reading: Reading) -> Markup:
    steps = [step for step in reading.listed("record", "flow") if isinstance(step, dict)]
    if not steps:
        return nope("How cases entered the study is not recorded.")
    return render("flow.html", steps=steps, people=wording.people(reading), sites=reading.listed("record", "sites"))


def _table_one(reading: Reading) -> Markup:
    found = reading.listed("record", "table_one")
    if not found:
        return nope("Table 1: the inputs hold no plain columns, so none can be summed up.")
    names: list[str] = next((entry["outcomes"] for entry in found if entry.get("outcomes")), [])
    rows = [
        [*_label(entry, row), row.get("all", ""), *row.get("by_outcome", ()), row.get("missing", "")]
        for entry in found
        for row in entry.get("rows", ())
    ]
    columns = ("Characteristic", "All", *(f"{name}" for name in names), "Missing")
    return cards("The patients, by outcome", "Median (quartiles) or number (% of those measured)", columns, rows, "t1")


def _label(entry: dict[str, object], row: dict[str, object]) -> list[str]:
    name, label = str(entry.get("name", "")), str(row.get("label", ""))
    return [name if label == name else f"{name}: {label}"]


def _missing(reading: Reading) -> Markup:
    told = reading.part("record", "missing_by_site")
    columns, sites, share = told.get("columns"), told.get("sites"), told.get("share")
    if not columns or not sites or not share:
        return nope("Not recorded, or there are no plain columns.")
    order = sorted(range(len(columns)), key=lambda i: -sum(share[i]))
    rows = [(columns[i], [(numbers.whole_percent(part), round(DEEPEST * part, 3)) for part in share[i]]) for i in order]
    worst = max(max(part) for part in share)
    title = f"{columns[order[0]]} is missing most often" if worst else "Nothing is missing"
    return render("missing.html", title=title, sites=["All" if site == "all" else site for site in sites], rows=rows)


def _findings(reading: Reading) -> Markup:
    if not reading.findings:
        return nope("Nothing." if "findings" not in reading.missing else "Not recorded.")
    words = {"error": "Error", "aside": "Set aside", "warning": "Warning", "note": "Note"}
    rows = [
        (words[f.severity], f.column or f.source or "study", f"{f.count:,}", f"{f.what}; {f.todo}.") for f in reading.findings
    ]
    table = lines("Findings", "Rows are named in findings.json.", ("What", "Where", "How many", "Finding"), rows)
    return Markup("<details><summary>{}</summary>{}</details>").format(numbers.counted(len(rows), "finding"), table)
