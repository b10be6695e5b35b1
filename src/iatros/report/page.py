"""The page: all sections in the order of the reader's questions, numbered, in one file that needs nothing else.

In: a reading. Out: HTML, and the files that a reader can save from it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count

from markupsafe import Markup

from iatros.report import numbers
from iatros.report.draw import ID
from iatros.report.export import table
from iatros.report.methods import methods
from iatros.report.paper import Page, bound
from iatros.report.parts import wording
from iatros.report.reading import Reading, View
from iatros.report.render import FIGURE, TABLE, asset, environment, render
from iatros.report.section import TITLES, Section

TURNS = 'class="turn"'  # of a drawing that the second script turns
MOST_NAMED = 6  # classes that the line under the title names
STATUS = "Research use only. Not a medical device."


def page(reading: Reading) -> Page:
    """The whole report."""
    environment().globals["section_number"] = lambda key: list(TITLES).index(key)
    sections = [_section(key, reading) for key in TITLES]
    script = asset("report.js")
    if any(TURNS in section.body for section in sections):
        script += asset("backbone.js")
    html = render(
        "page.html",
        name=reading.name.replace("_", " "),
        status=STATUS,
        lede=lede(reading),
        meta=meta(reading),
        leaks=reading.listed("record", "leak"),
        sections=sections,
        style=Markup(asset("report.css") + margins(reading.name)),
        script=Markup(script),
        policy=policy(script),
        credit=_credit(reading),
    )
    texts = {"methods.txt": methods(reading) + "\n", "metrics.csv": table(reading.rows)}
    return bound(numbered(html), str(reading.record.get("name") or reading.name), texts)


def _section(key: str, reading: Reading) -> Section:
    make: Callable[[Reading], Section] = import_module(f"iatros.report.sections.{key}").section
    return make(reading)


def lede(reading: Reading) -> str:
    """What the model estimates, for whom, from what."""
    what = [_estimated(view) for view in reading.views]
    inputs = [_input(name, told) for name, told in reading.part("record", "inputs").items()]
    purpose = str(reading.record.get("purpose") or "")
    start = f"The model estimates {numbers.joined(what)}" if what else "What the model estimates is not recorded"
    return f"{start}{' from ' + numbers.joined(inputs) if inputs else ''}. {purpose}".strip()


def _estimated(view: View) -> str:
    """What is estimated of a case."""
    if view.form.binary:
        return f"the chance of {view.words}"
    if view.form.task == "next":
        return "the chance of each next letter"
    if view.form.task == "structure":
        return f"the three-dimensional structure, {view.title},"
    if view.form.task == "value":
        return f"{view.title}{f' in {view.form.unit}' if view.form.unit else ''}"
    named = view.form.classes[:MOST_NAMED]
    more = ", ..." if len(view.form.classes) > MOST_NAMED else ""
    return f"the chance of each {wording.kind(view.form)} of {view.title} ({numbers.joined(list(named))}{more})"


def meta(reading: Reading) -> list[tuple[str, str]]:
    """Study, patients, data, model, baseline: the facts under the title."""
    data = reading.part("record", "data")
    cases, patients = data.get("cases"), data.get("patients")
    sizes = wording.cases(reading, cases) if isinstance(cases, int) else numbers.NOT_MEASURED
    if isinstance(patients, int) and patients != cases:
        sizes += f" of {numbers.counted(patients, 'patient')}"
    events = [
        f"{told['events']:,} with {view.words}"
        for view in reading.views
        if (told := reading.part("record", "targets", view.name)) and isinstance(told.get("events"), int)
    ]
    finger = str(data.get("fingerprint") or "")[:8]
    source = ", ".join(
        part for part in (source_of(reading), data.get("licence"), f"SHA-256 {finger}" if finger else "") if part
    )
    seeds = len(reading.listed("record", "seeds"))
    weights = reading.record.get("parameters")
    model = f"{numbers.counted(seeds or 1, 'neural network')} a fold{', averaged' if seeds > 1 else ''}"
    model += f", {weights:,} weights each" if isinstance(weights, int) else ""
    baselines = dict.fromkeys(wording.model(view.baseline) for view in reading.views if view.baseline)
    facts = (
        ("Study", str(reading.record.get("name") or reading.name)),
        (wording.capital(wording.people(reading)), ", ".join([sizes, *events])),
        ("Data", source),
        ("Model", model),
        ("Baseline", ", ".join(baselines)),
    )
    return [(name, value or numbers.NOT_MEASURED) for name, value in facts]


def _input(name: str, told: dict[str, object]) -> str:
    columns = told.get("columns")
    words = name.replace("_", " ")
    if told.get("kind") == "table" and isinstance(columns, list):
        return f"{numbers.counted(len(columns), 'column')} ({words})" if len(columns) > 1 else str(columns[0])
    return f"{words} ({told.get('kind', 'input')})"


def source_of(reading: Reading) -> str:
    """The file's name, without the folder in which somebody keeps it."""
    data = reading.part("record", "data")
    return str(data.get("file") or "").replace("\\", "/").rpartition("/")[2] or str(data.get("title") or "")


def margins(name: str) -> str:
    """Margin boxes of the printed page: status and page numbers on every one. CSS strings cannot be escaped by the template."""
    safe = re.sub(r"[^\w .,:()-]", " ", name)
    look = "font:8pt Arial,sans-serif;color:#52606f"
    return (
        f'@media print{{@page{{size:A4;margin:15mm 14mm 16mm;@bottom-left{{content:"{safe}. {STATUS}";{look}}}'
        f'@bottom-right{{content:counter(page) " of " counter(pages);{look}}}}}}}\n'
    )


def policy(script: str) -> str:
    """A policy that allows the page its own style, script and pictures, and forbids the network."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def numbered(html: str) -> str:
    """Running numbers in place of the marks of figures, tables and ids. Marks inside escaped words are never touched."""
    figures, tables, heads, tails = count(1), count(1), count(1), count(1)
    html = re.sub(
        rf'id="fig{FIGURE}"((?:[^{FIGURE}]|(?!<b>Figure ){FIGURE})*?)<b>Figure {FIGURE}\.', lambda m: _figure(figures, m), html
    )
    html = re.sub(rf'<div class="cp">Table {TABLE}\.', lambda _: _tabled(tables), html)
    html = re.sub(rf'aria-labelledby="t{ID} d{ID}"><title id="t{ID}">', lambda _: _named(heads), html)
    return re.sub(rf'<desc id="d{ID}">', lambda _: f'<desc id="d{next(tails)}">', html)


def _figure(numbers_left: Iterator[int], found: re.Match[str]) -> str:
    number = next(numbers_left)
    return f'id="fig{number}"{found.group(1)}<b>Figure {number}.'


def _tabled(numbers_left: Iterator[int]) -> str:
    number = next(numbers_left)
    return f'<div class="cp" id="tab{number}">Table {number}.'


def _named(numbers_left: Iterator[int]) -> str:
    number = next(numbers_left)
    return f'aria-labelledby="t{number} d{number}"><title id="t{number}">'


def _credit(reading: Reading) -> str:
    data = reading.part("record", "data")
    licence = f" ({data['licence']})" if data.get("licence") else ""
    version = reading.part("record", "versions").get("iatros")
    return (
        f"{STATUS} Data: {source_of(reading) or 'not recorded'}{licence}. Made by Iatros "
        f"{version or ''} from the run’s own record."
    )
