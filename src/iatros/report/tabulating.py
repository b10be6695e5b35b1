"""Tables of the page as CSV, in numbers. In: finished HTML. Out: a `Sheet` for each numbered table.

A cell such as `0.898 [0.876 to 0.919]` becomes three columns, so that another program need not take words apart. Digits are
those of the page; metrics.csv has all of them.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from iatros.report.numbers import MINUS
from iatros.report.parts.points import safe

NUMBER = rf"[+{MINUS}-]?\d[\d,]*(?:\.\d+)?"
SHAPES: tuple[tuple[str, tuple[str, ...]], ...] = (  # how a cell may look -> what its numbers are
    (rf"([A-Z][\w ]*?) ({NUMBER})(%?) ?\[({NUMBER}) to ({NUMBER})\]", ("measure", "", "%", "low", "high")),
    (rf"({NUMBER})(%?) ?\[({NUMBER}) to ({NUMBER})\]", ("", "%", "low", "high")),
    (rf"({NUMBER})(%?) ({NUMBER}) to ({NUMBER})", ("", "%", "low", "high")),
    (rf"({NUMBER}) \(({NUMBER}) to ({NUMBER})\)", ("", "lower quartile", "upper quartile")),
    (rf"({NUMBER}) \(?({NUMBER})%\)?", ("", "per cent")),
    (rf"({NUMBER}) \(({NUMBER})\)", ("", "of them with the outcome")),
    (rf"({NUMBER}) of ({NUMBER})", ("", "of")),
    (rf"({NUMBER})(%?)", ("", "%")),
)
ORDER = ("measure", "", "low", "high", "lower quartile", "upper quartile", "per cent", "of them with the outcome", "of", "note")
VOID = {"br", "img", "input", "meta", "link", "hr"}


@dataclass
class Sheet:
    """One table while it is read. rows: (heading above them, cells); a cell that only draws is None."""

    number: int = 0
    title: str = ""
    head: list[str | None] = field(default_factory=list)
    rows: list[tuple[str, list[str | None]]] = field(default_factory=list)

    def csv(self) -> str:
        """The table with a column for every kind of number that a column of the page holds."""
        drawn = [i for i in range(len(self.head)) if all(_at(cells, i) in (None, "") for _, cells in self.rows)]
        kept = [i for i in range(len(self.head)) if i not in drawn]
        parts = {i: _numeric([_parts(_at(cells, i) or "", i == 0) for _, cells in self.rows]) for i in kept}
        kinds = {i: [kind for kind in ORDER if any(kind in part for part in parts[i])] for i in kept}
        headed = any(heading for heading, _ in self.rows)
        names = (["Under"] if headed else []) + [_named(self.head[i] or "", kind) for i in kept for kind in kinds[i]]
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow([safe(name) for name in names])
        for place, (heading, _) in enumerate(self.rows):
            cells = [parts[i][place].get(kind, "") for i in kept for kind in kinds[i]]
            writer.writerow([*([safe(heading)] if headed else []), *cells])
        return made.getvalue()


def sheets(html: str) -> list[Sheet]:
    """All tables that have a number, in order."""
    reader = _Reader()
    reader.feed(html)
    return [sheet for sheet in reader.found if sheet.number]


def _at(cells: list[str | None], place: int) -> str | None:
    return cells[place] if place < len(cells) else None


def _named(column: str, kind: str) -> str:
    bare = column.removesuffix(" [95% interval]")
    return f"{bare}, {kind}" if kind else bare


def _numeric(column: list[dict[str, object]]) -> list[dict[str, object]]:
    """Words among numbers, such as why one is withheld, go beside them."""
    if not any("low" in part or "per cent" in part for part in column):
        return column
    return [{"note": part[""]} if set(part) == {""} and part[""] and not _is_number(part[""]) else part for part in column]


def _is_number(cell: object) -> bool:
    return re.fullmatch(r"-?[\d.]+", str(cell)) is not None


def _parts(text: str, first: bool = False) -> dict[str, object]:
    """`0.898 [0.876 to 0.919]` as {"": "0.898", "low": "0.876", "high": "0.919"}; shares in percent as shares of 1."""
    for shape, names in SHAPES:
        found = re.match(rf"{shape}(?:$|,? (?=\S))(.*)", text)
        if found and (not found[len(names) + 1] or "low" in names or (first and "%" in found.groups())):
            said = dict(zip(names, found.groups(), strict=False))
            scale = 100 if said.pop("%", "") else 1
            parts: dict[str, object] = {
                kind: safe(number) if kind == "measure" else _plain(number, scale) for kind, number in said.items()
            }
            return parts | ({"note": safe(found[len(names) + 1])} if found[len(names) + 1] else {})
    return {"": safe(text)}


def _plain(number: str, scale: int) -> str:
    text = number.replace(",", "").replace(MINUS, "-").removeprefix("+")
    if scale == 1:
        return text
    return f"{float(text) / scale:.{len(text.partition('.')[2]) + 2}f}"


class _Reader(HTMLParser):
    """Collects captions, heads and cells; tables do not stand inside tables."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Sheet] = []
        self.inside: list[str] = []  # open elements of the table
        self.words: list[str] = []
        self.heading, self.kind, self.span = "", "", 1
        self.cells: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "table":
            self.found.append(Sheet())
            self.inside, self.heading = [], ""
        if not self.found or (tag != "table" and not self.inside):
            return
        if tag == "br":
            self.words.append(" ")
        if tag in VOID:
            return
        self.inside.append(tag)
        if tag == "tr":
            self.cells, self.kind = [], told.get("class") or ""
        elif tag in ("td", "th", "caption"):
            self.words, self.span = [], int(told.get("colspan") or 1)
        elif tag == "span" and "caption" in self.inside:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self.inside:
            return
        while self.inside and self.inside.pop() != tag:
            pass
        if tag in ("td", "th"):
            self.cells += [_spaced(self.words)] + [None] * (self.span - 1)
        elif tag == "caption":
            title = "".join(self.words).partition("\n")[0]
            match = re.match(r"\s*Table (\d+)\. (.*)", title, re.DOTALL)
            if match:
                self.found[-1].number, self.found[-1].title = int(match[1]), " ".join(match[2].split())
        elif tag == "tr" and self.kind != "axisrow":
            self._row()

    def handle_data(self, data: str) -> None:
        if self.inside and "svg" not in self.inside and self.inside[-1] not in ("table", "tbody", "tr", "template"):
            self.words.append(data)

    def _row(self) -> None:
        sheet = self.found[-1]
        if "thead" in self.inside:
            sheet.head = list(self.cells)
        elif "sub" in self.kind.split():
            self.heading = self.cells[0] or ""
        else:
            sheet.rows.append((self.heading, list(self.cells)))


def _spaced(words: list[str]) -> str:
    return " ".join("".join(words).split())
