"""Templates. In: a template's name and what it shows. Out: HTML in which every word from outside is escaped."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from iatros.report import numbers

HERE = Path(__file__).parent
FIGURE, TABLE = "\ue000", "\ue001"  # replaced by running numbers when the page is whole


def render(template: str, **shown: Any) -> Markup:  # Any: whatever a template shows
    """One template, filled."""
    return Markup(environment().get_template(template).render(shown))


def asset(name: str) -> str:
    """The text of a style sheet or script."""
    return (HERE / "assets" / name).read_text("utf-8")


def nope(why: str) -> Markup:
    """A part that does not apply, or was not measured: it stays, with the reason."""
    return Markup('<div class="nope">{}</div>').format(coded(why))


def coded(text: str) -> Markup:
    """Text in which what stands between backticks is set as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))


def gaps(text: str) -> Markup:
    """Text in which what the author must say, in square brackets, is marked."""
    mark = r'<span class="wtext">\1:</span> <span class="todo">\2</span>'
    return Markup(re.sub(r"\[(Author to complete): ([^\]]*)\]", mark, str(escape(text))))


def figure(
    title: str, subtitle: str, key: Markup, drawing: Markup, read: Markup | str = "", points: Markup | str = ""
) -> Markup:
    """A figure with its number, the finding as title, what is drawn as subtitle, how to read it, and the points behind it."""
    return render("figure.html", title=title, subtitle=subtitle, key=key, drawing=drawing, read=read, points=points)


@cache
def environment() -> Environment:
    """Templates of this package; a name that a template misses is an error, never a blank."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(FIGURE=FIGURE, TABLE=TABLE)
    found.filters.update(
        plain=numbers.plain,
        full=numbers.full,
        three=numbers.three,
        coded=coded,
        gaps=gaps,
        tally=lambda value: numbers.NOT_MEASURED if value is None else numbers.count(value),
    )
    return found
