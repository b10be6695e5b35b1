"""A figure of the page as a file of its own: SVG with resolved colours, fonts that fall back, its legend and its panels.

In: the HTML of a figure, and the style sheet. Out: SVG without classes, variables or a style of its own, on white.
"""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from iatros.report.render import asset

DRAWING = re.compile(r'<svg class="fig" viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>(.*?)</svg>', re.DOTALL)
PANEL = re.compile(r'<div class="m1"><b[^>]*>(.*?)</b><br><span class="small">(.*?)</span>(.*?)</div>', re.DOTALL)
LEGEND = re.compile(r'<li><svg viewBox="0 0 26 12" aria-hidden="true">(.*?)</svg><span>(.*?)</span></li>', re.DOTALL)
ELEMENT = re.compile(r"<(text|path|line|rect|circle)\b([^>]*?)(/?)>")
PROPERTIES = (
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linejoin",
    "stroke-linecap",
    "opacity",
    "font-size",
    "font-weight",
)
FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
ABREAST = 4  # small panels in a row
GAP, LINE, LETTER = 14, 17, 6.3  # units: between panels, of a line of the legend, of a letter of 11.5


def standing_alone(figure: str) -> str:
    """One SVG of all drawings of a figure, under its legend."""
    title = re.search(r"<title[^>]*>(.*?)</title>", figure, re.DOTALL)
    told = re.search(r"<desc[^>]*>(.*?)</desc>", figure, re.DOTALL)
    panels = [(name, beneath, drawing) for name, beneath, rest in PANEL.findall(figure) for drawing in DRAWING.findall(rest)]
    width, height, body = _panels(panels) if panels else _whole(figure)
    legend, top = _legend(LEGEND.findall(figure), width)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height + top:g}" '
    head += f'viewBox="0 0 {width:g} {height + top:g}" font-family="{FONTS}" role="img">'
    named = f"<title>{title.group(1)}</title>" if title else ""
    named += f"<desc>{told.group(1)}</desc>" if told else ""
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    moved = f'<g transform="translate(0 {top:g})">{body}</g>' if top else body
    return f"{head}{named}{ground}{plain(legend + moved)}</svg>\n"


def page_alone(title: str, body: Markup, script: str = "") -> str:
    """A page of its own in the report's style, for what is shown beside a run."""
    head = Markup('<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head>')
    rest = Markup('<body style="padding:24px"><h1>{}</h1>{}<script>{}</script></body></html>\n')
    return str(head.format(title, Markup(asset("report.css"))) + rest.format(title, body, Markup(script)))


def plain(drawing: str) -> str:
    """Every class replaced by the properties that the style sheet gives it on a light screen."""
    return ELEMENT.sub(lambda found: f"<{found[1]}{_styled(found[1], found[2])}{found[3]}>", drawing)


def _whole(figure: str) -> tuple[float, float, str]:
    found = DRAWING.search(figure)
    if found is None:
        return 0.0, 0.0, ""
    return float(found[1]), float(found[2]), _inside(found[3])


def _inside(drawing: str) -> str:
    """Without title and description, which stand at the top of the file."""
    return re.sub(r"<(title|desc)\b.*?</\1>", "", drawing, flags=re.DOTALL)


def _panels(panels: list[tuple[str, str, tuple[str, str, str]]]) -> tuple[float, float, str]:
    """Small drawings in rows, each under its name."""
    width = max(float(drawing[0]) for *_, drawing in panels)
    height = max(float(drawing[1]) for *_, drawing in panels) + 2 * LINE + GAP
    body = []
    for i, (name, beneath, drawing) in enumerate(panels):
        x, y = (i % ABREAST) * (width + GAP), (i // ABREAST) * height
        words = f'<text class="tb" x="2" y="{LINE - 4}">{name}</text><text class="t" x="2" y="{2 * LINE - 4}">{beneath}</text>'
        body.append(
            f'<g transform="translate({x:g} {y:g})">{words}<g transform="translate(0 {2 * LINE})">{_inside(drawing[2])}</g></g>'
        )
    abreast = min(ABREAST, len(panels))
    return abreast * (width + GAP) - GAP, -(-len(panels) // ABREAST) * height, "".join(body)


def _legend(entries: list[tuple[str, str]], width: float) -> tuple[str, float]:
    """Marks and words in as many lines as they need, and how high these are."""
    drawn, x, y = [], 2.0, 0.0
    for mark, words in entries:
        room = 26 + 6 + LETTER * len(re.sub(r"&[^;]*;", "x", words)) + GAP
        if x > 2 and x + room > width:
            x, y = 2.0, y + LINE
        text = f'<text class="t" x="32" y="10">{words}</text>'
        drawn.append(f'<g transform="translate({x:g} {y + 3:g})">{mark}{text}</g>')
        x += room
    return "".join(drawn), y + LINE + 6 if entries else 0.0


def _styled(tag: str, attributes: str) -> str:
    found = re.search(r'class="([^"]*)"', attributes)
    classes = set(found.group(1).split()) if found else set()
    kept = re.sub(r'\s*class="[^"]*"', "", attributes)
    named = {name: value for wants, of, told in rules() if of in ("", tag) and wants <= classes for name, value in told}
    if tag == "text" and "halo" in classes:
        named["paint-order"] = "stroke"
    return kept.rstrip() + "".join(f' {name}="{value}"' for name, value in named.items() if f"{name}=" not in kept)


@cache
def rules() -> tuple[tuple[frozenset[str], str, tuple[tuple[str, str], ...]], ...]:
    """What the style sheet says of drawings: (classes wanted, tag or "", its properties), the strongest last."""
    sheet = asset("report.css")
    colours = dict(re.findall(r"(--\w+):([^;}]+)", sheet[: sheet.index("@media")]))
    found = []
    for place, (selectors, body) in enumerate(re.findall(r"([^{}]+)\{([^{}]*)\}", _of_screens(sheet))):
        told = _told(body, colours)
        for selector in selectors.split(",") if told else ():
            match = re.fullmatch(r"(?:svg )?(text|path|line|rect|circle)?((?:\.[\w-]+)*)", selector.strip())
            if match and (match[1] or match[2]):
                wants = frozenset(match[2].split(".")) - {""}
                strength = (
                    "!important" in body,
                    10 * (len(wants)) + bool(match[1]) + selector.strip().startswith("svg "),
                    place,
                )
                found.append((strength, (wants, match[1] or "", told)))
    return tuple(rule for _, rule in sorted(found, key=lambda one: one[0]))


def _told(body: str, colours: dict[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = (part.split(":", 1) for part in body.split(";") if ":" in part)
    cleaned = ((name.strip(), value.replace("!important", "").strip()) for name, value in pairs)
    return tuple(
        (name, re.sub(r"var\((--\w+)\)", lambda var: colours[var[1]], value).removesuffix("px"))
        for name, value in cleaned
        if name in PROPERTIES
    )


def _of_screens(sheet: str) -> str:
    """The style sheet without its @media blocks and comments."""
    kept, depth, start = [], 0, 0
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    for found in re.finditer(r"@media[^{]*\{|\{|\}", sheet):
        if depth == 0 and found[0].startswith("@media"):
            kept.append(sheet[start : found.start()])
            depth = 1
        elif depth:
            depth += 1 if found[0].endswith("{") else -1
            start = found.end()
    return "".join(kept) + sheet[start:]
