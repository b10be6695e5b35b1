"""Findings as one self-contained page: findings.html.

In: findings, pictures as PNG. Out: HTML that needs no script, no network and no other file.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from iatros.checks.lines import counted, unique
from iatros.findings import SEVERITIES, Finding, Severity

LARGEST_PICTURE = 12_000  # bytes of a PNG; larger ones are left out
PICTURES = 12  # shown for one finding
ROWS = 400  # listed for one finding; findings.json has all
TITLES: Mapping[Severity, str] = {
    "error": "Errors: these stop the run",
    "aside": "Cases set aside: they take no part",
    "warning": "Warnings: they go on into the report",
    "note": "Notes",
}

# The colours and type of the report (design/report.html), so that both pages read as one.
CSS = """
:root{--bg:#fff;--ink:#17202b;--muted:#52606f;--line:#d4dbe3;--soft:#f3f6f9;--warn:#a8001c;--warnbg:#fdf2f3;--ok:#1c6b3a;
 --sans:"Inter","Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;color-scheme:light dark}
@media screen and (prefers-color-scheme:dark){:root{--bg:#11161d;--ink:#e6ebf1;--muted:#a3afbd;--line:#2e3844;--soft:#19212b;
 --warn:#ff8d94;--warnbg:#2a181c;--ok:#7fd09b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 var(--sans)}
:focus-visible{outline:3px solid #f5b301;outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--bg);padding:8px}
.page{max-width:920px;margin:0 auto;padding:0 32px 48px}
header{padding:40px 0 24px;border-bottom:1px solid var(--line);margin-bottom:36px}
.kicker{font-size:13px;color:var(--muted);margin:0 0 10px;display:flex;gap:8px 16px;flex-wrap:wrap;align-items:center}
.status{color:var(--warn);font-weight:700;border:1.5px solid var(--warn);border-radius:3px;padding:1px 8px}
code{font:.92em ui-monospace,"SFMono-Regular",Consolas,"Liberation Mono",monospace}
h1{font-size:38px;line-height:1.13;letter-spacing:-.022em;margin:0 0 12px;font-weight:750;text-wrap:balance}
.lede{font-size:19px;line-height:1.5;margin:0;font-variant-numeric:tabular-nums}
section{margin:0 0 48px}
h2{font-size:26px;line-height:1.2;letter-spacing:-.015em;margin:0 0 16px;font-weight:720;padding-top:18px;
 border-top:3px solid var(--ink)}
article{border:1px solid var(--line);border-radius:6px;padding:14px 20px;margin:0 0 14px;break-inside:avoid;
 overflow-wrap:anywhere}
article.error,article.warning{border-left:6px solid var(--warn)}
article.error{background:var(--warnbg)}
h3{font-size:17px;line-height:1.4;margin:0 0 4px;font-weight:680}
h3 b{color:var(--warn)}
p{margin:0 0 8px;max-width:46em}
dl{display:flex;flex-wrap:wrap;gap:2px 24px;font-size:14px;margin:8px 0 0}
dl div{display:flex;gap:6px;min-width:0}dt{color:var(--muted);white-space:nowrap}
dd{margin:0;font-variant-numeric:tabular-nums;min-width:0}
details{font-size:14px;margin-top:6px}summary{cursor:pointer;color:var(--muted)}
.pictures{display:flex;flex-wrap:wrap;gap:12px;margin:12px 0 0}
figure{margin:0;width:112px}
img{display:block;width:112px;height:112px;object-fit:contain;background:#000;border-radius:3px;image-rendering:auto}
figcaption{font-size:13px;color:var(--muted);line-height:1.35;margin-top:3px}
footer{font-size:14px;color:var(--muted);border-top:1px solid var(--line);padding-top:14px}
@media(max-width:600px){.page{padding:0 20px 32px}h1{font-size:29px}header{padding-top:24px}article{padding:12px 14px}
 figure,img{width:96px}img{height:96px}}
@media print{@page{size:A4;margin:15mm 14mm 16mm;
 @bottom-left{content:"Research use only. Not a medical device.";font:8pt Arial,sans-serif;color:#52606f}
 @bottom-right{content:counter(page) " of " counter(pages);font:8pt Arial,sans-serif;color:#52606f}}
 .skip{display:none}body{font-size:10.5pt}.page{padding:0;max-width:none}header{padding-top:0}h2,h3{break-after:avoid}}
"""

HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{{ title }}: findings</title><style>{{ css }}</style></head><body>
<a class="skip" href="#main">Skip to the findings</a><div class="page">
<header><p class="kicker"><span class="status">Research use only. Not a medical device.</span><span>Findings</span></p>
<h1>{{ title }}</h1><p class="lede">{{ told }}</p></header>
<main id="main">
{% for section in sections %}<section><h2>{{ section.title }}</h2>
{% for card in section.cards %}{% set f = card.finding %}<article class="{{ f.severity }}">
<h3>{% if f.severity in ("error", "warning") %}<b>{{ f.severity|capitalize }}:</b> {% endif %}{{ f.what|coded }}</h3>
<p><b>What to do.</b> {{ f.todo|coded }}.</p>
<dl>{% for name, value in card.facts %}<div><dt>{{ name }}</dt><dd>{{ value }}</dd></div>{% endfor %}</dl>
{% if card.rest %}<details><summary>all rows</summary>{{ card.rest }}</details>{% endif %}
{% if card.pictures %}<div class="pictures">{% for p in card.pictures %}<figure><img alt="{{ p.alt }}"
 src="data:image/png;base64,{{ p.base64 }}"><figcaption>{{ p.alt }}</figcaption></figure>{% endfor %}</div>{% endif %}
</article>
{% endfor %}</section>
{% else %}<section><p>Nothing was found.</p></section>
{% endfor %}</main>
<footer>Rows are counted as a spreadsheet counts: the header of a CSV is row 1. The same as data: findings.json.</footer>
</div></body></html>
"""


@dataclass(frozen=True)
class Thumbnail:
    """A small picture of the case in a row of the user's file. png: at most 12 kB, or it is not shown."""

    row: int
    png: bytes

    @property
    def alt(self) -> str:
        """What stands for it in words."""
        return f"row {self.row:,}"

    @property
    def base64(self) -> str:
        """For a data URL."""
        return base64.b64encode(self.png).decode("ascii")


@dataclass(frozen=True)
class Card:
    """One finding as shown. facts: (name, value) pairs; rest: rows beyond the first ones."""

    finding: Finding
    facts: tuple[tuple[str, str], ...]
    rest: str
    pictures: tuple[Thumbnail, ...]


@dataclass(frozen=True)
class Section:
    """All findings of one severity."""

    title: str
    cards: tuple[Card, ...]


def page(
    findings: Iterable[Finding], title: str, cases: int | None = None, pictures: Mapping[tuple[str, int], bytes] | None = None
) -> str:
    """The page, gravest findings first.

    title: of the study, as text; cases: how many were looked at.
    pictures: (source, row) -> PNG of at most 12 kB; the first twelve of a finding's rows that have one are shown.
    """
    told = unique(findings)
    sections = [
        Section(TITLES[severity], tuple(_card(f, pictures or {}) for f in told if f.severity == severity))
        for severity in SEVERITIES
        if any(f.severity == severity for f in told)
    ]
    lede = f"{cases:,} cases: {counted(told)}" if cases is not None else counted(told)
    environment = Environment(loader=DictLoader({"page": HTML}), autoescape=True, undefined=StrictUndefined)
    environment.filters["coded"] = _coded
    return environment.get_template("page").render(title=title, told=lede, sections=sections, css=Markup(CSS))  # our own text


def _coded(text: str) -> Markup:
    """A sentence: its first letter large, and what stands between backticks set as code."""
    said = re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text)))
    return Markup(said[:1].upper() + said[1:] if text[:1].isalpha() else said)


def _card(finding: Finding, pictures: Mapping[tuple[str, int], bytes]) -> Card:
    facts = {
        "where": finding.file,
        "input or target": finding.source,
        "column": finding.column,
        "count": f"{finding.count:,}" if finding.count > 1 else "",
        "example": finding.example,
        "rows": _rows(finding.rows[:10]) + (f" and {len(finding.rows) - 10:,} more" if len(finding.rows) > 10 else ""),
        "check": finding.check,
    }
    rest = _rows(finding.rows[:ROWS]) + (" … (findings.json has all)" if len(finding.rows) > ROWS else "")
    shown = tuple((name, value) for name, value in facts.items() if value)
    return Card(finding, shown, rest if len(finding.rows) > 10 else "", _pictures(finding, pictures))


def _pictures(finding: Finding, pictures: Mapping[tuple[str, int], bytes]) -> tuple[Thumbnail, ...]:
    found = [Thumbnail(row, pictures[finding.source, row]) for row in finding.rows if (finding.source, row) in pictures]
    return tuple(small for small in found if len(small.png) <= LARGEST_PICTURE)[:PICTURES]


def _rows(rows: Sequence[int]) -> str:
    return ", ".join(f"{row:,}" for row in rows)
