"""Pens for SVG: scales, axes, lines, text. In: numbers and words. Out: pieces of SVG with the words escaped.

A figure is 360 units wide (a small one 180), its text 11.5 high; colours are classes of the page's style sheet.
Ids are left as a mark that the page replaces by running numbers, so that a figure does not depend on where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup, escape

from iatros.report.numbers import MINUS, fixed

ID = "\ue002"  # replaced by a running number, the same for the four places of one figure
WIDTH = 360
SMALL = 180
WIDE = 720  # of what cannot be narrow; on small screens it scrolls inside its box
MOST_POINTS = 101
AT_MOST_LINES = 6


@dataclass(frozen=True)
class Frame:
    """Where the data lie inside a figure: pixels left, right, top, bottom; and the values at these borders."""

    left: float = 42
    right: float = 343
    top: float = 26
    bottom: float = 290
    x_low: float = 0
    x_high: float = 1
    y_low: float = 0
    y_high: float = 1

    def x(self, value: float) -> float:
        """Pixels from the left, kept inside the frame."""
        share = (value - self.x_low) / (self.x_high - self.x_low)
        return self.left + min(1, max(0, share)) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Pixels from the top, kept inside the frame."""
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return self.bottom - min(1, max(0, share)) * (self.bottom - self.top)


def px(value: float) -> str:
    """A coordinate: one decimal, none where it is not needed."""
    return f"{value:.1f}".removesuffix(".0")


def svg(title: str, description: str, body: Iterable[str], height: float, width: int = WIDTH) -> Markup:
    """The whole figure, named for those who cannot see it."""
    return Markup(
        f'<svg class="fig" viewBox="0 0 {width} {px(height)}" role="img" aria-labelledby="t{ID} d{ID}">'
        f'<title id="t{ID}">{escape(title)}</title><desc id="d{ID}">{escape(description)}</desc>{"".join(body)}</svg>'
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line class="{kind}" x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"/>'


def words(x: float, y: float, text: str, anchor: str = "start", kind: str = "t") -> str:
    """Horizontal text."""
    return f'<text class="{kind}" x="{px(x)}" y="{px(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A bar or a shaded area."""
    return f'<rect class="{kind}" x="{px(x)}" y="{px(y)}" width="{px(max(0, width))}" height="{px(max(0, height))}"/>'


def dot(x: float, y: float, kind: str, radius: float = 3.4) -> str:
    """A point."""
    return f'<circle class="{kind}" cx="{px(x)}" cy="{px(y)}" r="{radius}"/>'


def blocks(places: Iterable[tuple[float, float, float, float]], kind: str, opacity: float | None = None) -> str:
    """Many bars (x, y, width, height) as one path, which is a third of their size; nothing for none."""
    d = "".join(f"M{px(x)} {px(y)}h{px(width)}v{px(height)}h-{px(width)}z" for x, y, width, height in places)
    faint = "" if opacity is None else f' opacity="{opacity:g}"'
    return f'<path class="{kind}"{faint} d="{d}"/>' if d else ""


def spread(xs: Sequence[float], y: float, text: str, kind: str) -> str:
    """Letters, each in the middle of its own place; blanks take no place in the text."""
    shown = [(x, letter) for x, letter in zip(xs, text, strict=True) if not letter.isspace()]
    if not shown:
        return ""
    at = " ".join(px(x) for x, _ in shown)
    letters = escape("".join(letter for _, letter in shown))
    return f'<text class="{kind}" text-anchor="middle" x="{at}" y="{px(y)}">{letters}</text>'


def scrolled(drawing: Markup, name: str) -> Markup:
    """A wide figure in a box that scrolls sideways where there is no room, with the keyboard too."""
    return Markup('<div class="scroll broad" tabindex="0" role="region" aria-label="{}">{}</div>').format(name, drawing)


def thinned(length: int, most: int = MOST_POINTS) -> list[int]:
    """Positions of at most `most` points spread over a curve, its ends among them."""
    if length <= most:
        return list(range(length))
    return sorted({round(i * (length - 1) / (most - 1)) for i in range(most)})


def path(frame: Frame, x: Sequence[float], y: Sequence[float], kind: str) -> str:
    """A line through the points."""
    if not x:
        return ""
    points = "L".join(f"{px(frame.x(x[i]))} {px(frame.y(y[i]))}" for i in thinned(len(x)))
    return f'<path class="{kind}" d="M{points}"/>'


def band(
    frame: Frame, x: Sequence[float], low: Sequence[float | None], high: Sequence[float | None], kind: str = "band"
) -> str:
    """The area between two lines; points that lack a limit are left out."""
    whole = [(at, under, over) for at, under, over in zip(x, low, high, strict=True) if under is not None and over is not None]
    if len(whole) < 2:
        return ""
    kept = [whole[i] for i in thinned(len(whole))]
    there = [f"{px(frame.x(at))} {px(frame.y(under))}" for at, under, _ in kept]
    back = [f"{px(frame.x(at))} {px(frame.y(over))}" for at, _, over in reversed(kept)]
    return f'<path class="{kind}" d="M{"L".join(there + back)}Z"/>'


def grid(frame: Frame, ticks: Iterable[float], write: Callable[[float], str]) -> str:
    """Light horizontal lines, each with its value at the left."""
    return "".join(
        line(frame.left, frame.y(t), frame.right, frame.y(t), "g") + words(frame.left - 6, frame.y(t) + 4, write(t), "end")
        for t in ticks
    )


def ground(frame: Frame, ticks: Iterable[float], write: Callable[[float], str]) -> str:
    """The horizontal axis with its values; a value that would stand over the edge is moved inside."""
    drawn = [line(frame.left, frame.bottom, frame.right, frame.bottom, "ax")]
    for t in ticks:
        drawn.append(line(frame.x(t), frame.bottom, frame.x(t), frame.bottom + 4, "ax"))
        drawn.append(words(frame.x(t), frame.bottom + 16, write(t), "middle"))
    return "".join(drawn)


def named(frame: Frame, across: str, up: str, width: int = WIDTH) -> str:
    """Names of the axes, each at the end of its axis, with an arrow."""
    return words(frame.right, frame.bottom + 32, f"{across} →", "end", "tt") + words(2, 14, f"↑ {up}", "start", "tt")


def ticks(low: float, high: float, most: int = AT_MOST_LINES) -> list[float]:
    """At most `most` round values from `low` to `high`."""
    span = high - low or 1.0
    step = 10.0 ** floor(log10(span / most))
    step *= next(factor for factor in (1, 2, 2.5, 5, 10, 20, 25) if span / (step * factor) <= most - 1 + 1e-9)
    first = ceil(low / step - 1e-9)
    return [round((first + i) * step, 12) for i in range(floor(high / step + 1e-9) - first + 1)]


def around(values: Iterable[float], room: float = 0.04) -> tuple[float, float]:
    """Borders that hold all values with a little room."""
    kept = list(values) or [0.0, 1.0]
    low, high = min(kept), max(kept)
    slack = (high - low) * room or abs(high) * room or 1.0
    return low - slack, high + slack


def tick_writer(found: Sequence[float]) -> Callable[[float], str]:
    """Writes ticks with as many decimals as their step needs."""
    step = abs(found[1] - found[0]) if len(found) > 1 else 1.0
    decimals = next((d for d in range(7) if abs(round(step, d) - step) < 1e-9 * max(1, step)), 6)
    return lambda value: fixed(value, decimals)


def as_percent(value: float) -> str:
    """A tick in percent."""
    return f"{fixed(100 * value, 0)}%".replace(f"{MINUS}0%", "0%")


def key(*entries: tuple[str, str]) -> Markup:
    """The legend above a figure: (mark, words); marks are those of `MARKS`."""
    items = Markup("").join(
        Markup('<li><svg viewBox="0 0 26 12" aria-hidden="true">{}</svg><span>{}</span></li>').format(Markup(MARKS[mark]), text)
        for mark, text in entries
    )
    return Markup('<ul class="key">{}</ul>').format(items)


MARKS = {
    "model": '<path class="m" d="M0 6H26"/>',
    "baseline": '<path class="b" d="M0 6H26"/>',
    "other": '<path class="p2" d="M0 6H26"/>',
    "band": '<rect class="band" width="26" height="12"/>',
    "null": '<rect class="nullband" x="4" width="18" height="12"/>',
    "chance": '<line class="ref" x1="0" y1="6" x2="26" y2="6"/>',
    "raised": '<rect class="up" opacity="0.5" width="26" height="12"/><rect class="up" width="26" height="1.5"/>',
    "lowered": '<rect class="down" opacity="0.5" width="26" height="12"/><rect class="down" y="10.5" width="26" height="1.5"/>',
    "helix": '<rect class="k1" y="1" width="26" height="11" rx="5"/>',
    "strand": '<path class="k2" d="M0 3H18V0L26 6L18 12V9H0Z"/>',
    "same": '<path class="dotted" d="M0 6H26"/>',
    "turned": '<path class="turned" d="M0 6H26"/>',
    "surest": '<path class="f3" d="M0 6H26"/>',
    "sure": '<path class="f2" d="M0 6H26"/>',
    "unsure": '<path class="f1" d="M0 6H26"/>',
    "least": '<path class="f0" d="M0 6H26"/>',
    "measured": '<path class="f4" d="M0 6H26"/>',
    "guess": '<rect class="guess" opacity="0.6" x="8" y="1" width="10" height="10"/>',
    "fact": '<rect class="fact" x="8" y="1" width="10" height="10"/>',
    "differs": '<rect class="miss" x="9" y="5" width="8" height="2"/>',
    "dot": '<line class="ci mk" x1="2" x2="24" y1="6" y2="6"/><circle class="mk" cx="13" cy="6" r="4"/>',
    "ring": '<line class="ci bk" x1="2" x2="24" y1="6" y2="6"/><circle class="bk" cx="13" cy="6" r="4"/>',
}
QUINTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
