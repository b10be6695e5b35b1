"""Who were the patients? In: a reading. Out: flow, table by outcome, what was not measured, what the checks said."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from iatros.report import numbers
from iatros.report.parts import wording
from iatros.report.parts.table import cards, lines
from iatros.report.reading import Reading, View
from iatros.report.render import coded, nope, render
from iatros.report.section import Section

LONGEST, FIRST = 16, 12  # a table of more rows than LONGEST shows the FIRST, and folds the rest
MOST_WHOLE = 5  # of more columns without a gap, only the number is told
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
    question = "" if wording.unit(reading) == "patient" else f"What were the {wording.units(reading)}?"
    return Section("patients", _answer(reading), Markup("").join(body), question)


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
    sized = [f"{_share(view)} with {view.words}" for view in reading.views if view.form.binary and _share(view)]
    tested = {row.cases for view in reading.views for row in view.rows if row.scheme == view.main and row.overall and row.cases}
    if len(tested) == 1 and (count := tested.pop()) < int(steps[-1].get("left") or 0):
        sized.append(f"{count:,} of them tested")
    flow = render("flow.html", steps=steps, people=wording.people(reading), sized=sized, sites=_sites(reading))
    return flow + _mended(reading)


def _sites(reading: Reading) -> list[tuple[str, str, str]]:
    """Name, size and events of each hospital, the latter where every case was judged."""
    view = next((view for view in reading.views if view.form.binary), None)
    found = []
    for site in reading.listed("record", "sites"):
        row = view and view.one("brier", group=f"site={site}")
        events = "" if not row or not row.cases or row.events is None else f"{row.events:,} with {view.words}"  # type: ignore[union-attr]
        share = f" ({numbers.whole_percent(row.events / row.cases)})" if events and row and row.events is not None else ""
        found.append((str(site), f"{row.cases:,}" if row else "", events + share))
    return found


def _mended(reading: Reading) -> Markup:
    """Cells that hold a code or what cannot be, and count as missing."""
    found = [f for f in reading.findings if f.check in ("code", "impossible") and f.column]
    if not found:
        return Markup("")
    told = numbers.joined([f"{f.column} in {numbers.counted(f.count, 'row')}" for f in found])
    return Markup('<p class="small">Codes and impossible values that count as missing: {}.</p>').format(told)


def _table_one(reading: Reading) -> Markup:
    found = reading.listed("record", "table_one")
    if not found:
        return nope("Table 1: the inputs hold no plain columns, so none can be summed up.")
    view = next(iter(reading.views), None)
    told: dict[str, Any] = next((entry for entry in found if entry.get("outcomes")), {})
    names = list(view.headings) if view is not None and told else list(told.get("outcomes", []))
    sizes = [f", n = {size:,}" for size in told.get("sizes", [])] or [""] * len(names)
    rows = [
        [*_label(entry, row), row.get("all", ""), *row.get("by_outcome", ()), row.get("missing", "")]
        for entry in found
        for row in entry.get("rows", ())
    ]
    cases = reading.part("record", "data").get("cases")
    all_of_them = f"All, n = {cases:,}" if isinstance(cases, int) else "All"
    heads = [wording.capital(name) + size for name, size in zip(names, sizes, strict=True)]
    columns = ("Characteristic", all_of_them, *heads, "Missing")
    return _folded(f"The {wording.people(reading)}{', by outcome' if names else ''}", columns, rows)


def _folded(title: str, columns: tuple[str, ...], rows: list[list[str]]) -> Markup:
    """A long table shows its first rows; the rest is folded, and stands open in print."""
    subtitle = "Median (quartiles) or number (% of those measured)"
    if len(rows) <= LONGEST:
        return cards(title, subtitle, columns, rows, "t1")
    first, rest = rows[:FIRST], rows[FIRST:]
    folded = cards(f"{title}, continued", subtitle, columns, rest, "t1")
    more = Markup("<details><summary>{} more rows</summary>{}</details>").format(len(rest), folded)
    return cards(title, subtitle, columns, first, "t1") + more


def _label(entry: dict[str, object], row: dict[str, object]) -> list[str]:
    name, label = str(entry.get("name", "")), str(row.get("label", ""))
    words = numbers.bare(label).replace("_", " ")
    return [name.replace("_", " ") if label == name else f"{name.replace('_', ' ')}: {words}"]


def _missing(reading: Reading) -> Markup:
    told = reading.part("record", "missing_by_site")
    columns, sites, share = told.get("columns"), told.get("sites"), told.get("share")
    if not columns or not sites or not share:
        return nope("Not recorded, or there are no plain columns.")
    if not any(max(part) for part in share):
        every = f"for every one of the {len(columns):,} input columns" if len(columns) > 1 else "in the one input column"
        return Markup("<p>Nothing: all {} have a value {}.</p>").format(wording.people(reading), every)
    order = sorted(range(len(columns)), key=lambda i: -sum(share[i]))
    rows = [(columns[i], [(numbers.whole_percent(part), round(DEEPEST * part, 3)) for part in share[i]]) for i in order]
    title = f"{columns[order[0]].replace('_', ' ')} is missing most often"
    whole = [name for name, part in zip(columns, share, strict=True) if not any(part)]
    if len(whole) > MOST_WHOLE:
        rows = [row for row in rows if row[0] not in whole]
    sited = list(sites) != ["all"]
    around = {"title": wording.capital(title), "sites": sites if sited else ["All"], "sited": sited}
    return render("missing.html", **around, rows=rows, whole=len(whole) if len(whole) > MOST_WHOLE else 0)


def _findings(reading: Reading) -> Markup:
    if not reading.findings:
        return nope("Nothing." if "findings" not in reading.missing else "Not recorded.")
    words = {"error": "Error", "aside": "Set aside", "warning": "Warning", "note": "Note"}
    rows = [
        (words[f.severity], f.column or f.source or "study", f"{f.count:,}", coded(f"{f.what}; {f.todo}."))
        for f in reading.findings
    ]
    table = lines("Findings", "Rows are named in findings.json.", ("What", "Where", "How many", "Finding"), rows)
    return Markup("<details><summary>{}</summary>{}</details>").format(numbers.counted(len(rows), "finding"), table)
