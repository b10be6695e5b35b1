"""What a manuscript needs, from the page: tables as CSV, figures as SVG with their points as CSV, captions, methods.

In: finished HTML and further texts. Out: a `Page`: the HTML, with all files inside it as one ZIP link; and the files by name.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from iatros.report.standing import standing_alone
from iatros.report.tabulating import Sheet, sheets

PAPER = "\ue003"  # stands in the page where the ZIP will be
FIGURE = re.compile(r'<figure id="fig(\d+)".*?</figure>', re.DOTALL)
POINTS = re.compile(r'<template class="points">(.*?)</template>', re.DOTALL)
CAPTION = re.compile(r"<b>Figure \d+\. (.*?)</b><span>(.*?)</span>", re.DOTALL)
HEAD = "series,x,y,low,high,n\n"
BORN = (1980, 1, 1, 0, 0, 0)  # of every file in the ZIP, so that one page has one content
LONGEST = 44  # letters of a title in a file's name


@dataclass(frozen=True)
class Page:
    """A page, and what it lets a reader save: name of the file -> its text."""

    html: str
    files: Mapping[str, str]


def bound(html: str, name: str, texts: Mapping[str, str]) -> Page:
    """The page with its files inside. name: of the ZIP, as text; texts: further files, such as methods.txt."""
    figures = [(int(found[1]), found[0]) for found in FIGURE.finditer(html)]
    tables = sheets(html)
    files = dict(texts) | {"captions.txt": captions(figures, tables)}
    files |= {f"table-{sheet.number:02d}-{slug(sheet.title)}.csv": sheet.csv() for sheet in tables}
    for number, figure in figures:
        stem = f"figure-{number:02d}-{slug(_title(figure))}"
        files[f"{stem}.svg"] = standing_alone(figure)
        points = "".join(unescape(found) for found in POINTS.findall(figure))
        files |= {f"{stem}.csv": HEAD + points} if points else {}
    return Page(POINTS.sub("", html).replace(PAPER, _link(name, files)), files)


def captions(figures: list[tuple[int, str]], tables: list[Sheet]) -> str:
    """What stands above each figure and table, as text."""
    said = [
        f"Figure {number}. {_words(found[1])} {_words(found[2])}"
        for number, figure in figures
        if (found := CAPTION.search(figure))
    ]
    return "\n\n".join([*(f"Table {sheet.number}. {sheet.title}" for sheet in tables), *said]) + "\n"


def slug(title: str) -> str:
    """A title as a part of a file's name: small letters, digits and hyphens."""
    kept = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    return (kept if len(kept) <= LONGEST else kept[:LONGEST].rpartition("-")[0] or kept[:LONGEST]) or "untitled"


def _title(figure: str) -> str:
    """What is drawn, which does not change with the result; of several drawings, the caption."""
    drawn = re.findall(r"<title[^>]*>(.*?)</title>", figure)
    found = CAPTION.search(figure)
    return unescape(drawn[0] if len(drawn) == 1 else found[2].partition(",")[0] if found else "")


def _words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def _link(name: str, files: Mapping[str, str]) -> str:
    """A link that saves all files; it needs neither script nor server."""
    made = zipped(files)
    data = base64.b64encode(made).decode("ascii")
    size = f"{max(1, round(len(made) / 1000))} kB"
    return (
        f'<a id="paper" download="{slug(name)}-paper.zip" href="data:application/zip;base64,{data}">'
        f"Save all of it ({len(files)} files, {size}, ZIP)</a>"
    )


def zipped(files: Mapping[str, str]) -> bytes:
    """A ZIP of texts; equal files give equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, BORN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode("utf-8"))
    return made.getvalue()
