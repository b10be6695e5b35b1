"""Tables: of a forest, of cards on a phone, of lines. In: rows. Out: HTML with a running number and a caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from iatros.report.render import render

Cell = str | Markup
PICTURE = "picture"  # name of the column that holds the drawing


@dataclass(frozen=True)
class Row:
    """A row of a forest: a heading; or a name, cells before the number, the number, a note in red, the drawing, cells after it.

    held: the reason why there is no number, in which case it stands for number, drawing and cells after it
    """

    name: Cell = ""
    before: tuple[Cell, ...] = ()
    number: Cell = ""
    picture: Cell = ""
    after: tuple[Cell, ...] = ()
    note: str = ""
    held: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Forest:
    """What stands around the rows: labels are the names of cells on a phone, where the head is not shown."""

    title: str
    subtitle: str
    columns: tuple[str, ...]
    labels_before: tuple[str, ...] = ()
    labels_after: tuple[str, ...] = ()
    arrows: str = ""
    kind: str = ""


def forest(around: Forest, rows: Sequence[Row], axis: Cell = "") -> Markup:
    """A table whose rows each hold a small drawing on one scale, so that words reflow."""
    before = around.columns.index(PICTURE) - 2
    return render("forest.html", rows=rows, axis=axis, before_count=before, **vars_of(around))


def cards(title: str, subtitle: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], kind: str = "") -> Markup:
    """A table that becomes one card a row on a phone."""
    return render("cards4.html", title=title, subtitle=subtitle, columns=columns, rows=rows, kind=kind, short=_short(columns))


def lines(title: str, subtitle: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Markup:
    """A table of words."""
    return render("lines.html", title=title, subtitle=subtitle, columns=columns, rows=rows)


def vars_of(around: Forest) -> dict[str, object]:
    """The fields by name."""
    return {name: getattr(around, name) for name in around.__dataclass_fields__}


def _short(columns: Sequence[str]) -> list[str]:
    return [name.split(", n =")[0] for name in columns]
