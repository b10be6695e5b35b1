"""An alignment to look at: two sequences over each other, equal and similar letters marked. In: three lines. Out: SVG."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from iatros.report.draw import WIDE, WIDTH, blocks, spread, svg, words
from iatros.report.figures.strip import CELL, LEFT, PER_LINE, runs
from iatros.report.numbers import counted, percent

ROW, GAP, HEAD = 15, 14, 20  # units: of a line of letters, between blocks, of the line that names the two
EQUAL, SIMILAR = "|", "+"


@dataclass(frozen=True)
class Side:
    """One of the two: its name, its letters with "-" for gaps, the number of the first, and the way in which numbers go."""

    name: str
    letters: str
    first: int = 1
    way: int = 1


def alignment(query: Side, middle: str, target: Side, description: str, per_line: int = PER_LINE) -> Markup:
    """middle: | under equal letters, + under similar ones, anything else under others and gaps; as long as both sides."""
    if not len(query.letters) == len(middle) == len(target.letters):
        raise ValueError(f"three lines of {len(query.letters)}, {len(middle)} and {len(target.letters)} letters")
    drawn = [words(2, 12, f"{query.name} over {target.name}", "start", "tt")]
    tall = 3 * ROW + GAP
    starts = range(0, max(1, len(middle)), per_line)
    numbers = [query.first, target.first]
    for k, begin in enumerate(starts):
        end, top = min(begin + per_line, len(middle)), HEAD + k * tall
        drawn += _marked(middle[begin:end], top)
        drawn.append(spread(_places(end - begin), top + ROW + 11, middle[begin:end], "t"))
        for i, (side, row) in enumerate(((query, 0), (target, 2))):
            numbers[i] = _side(drawn, side, side.letters[begin:end], numbers[i], top + row * ROW)
    return svg(f"Alignment of {query.name} and {target.name}", description, drawn, HEAD + tall * len(starts), _width(per_line))


def told(query: Side, middle: str, target: Side) -> str:
    """The alignment in words."""
    equal, similar = middle.count(EQUAL), middle.count(SIMILAR)
    gaps = sum(what == "-" for side in (query, target) for what, *_ in runs(side.letters))
    share = percent(equal / len(middle)) if middle else "none"
    return (
        f"{query.name} and {target.name}: {equal:,} of {len(middle):,} columns are equal ({share}), "
        f"{similar:,} more similar, {counted(gaps, 'gap')}."
    )


def _width(per_line: int) -> int:
    return WIDE if per_line > PER_LINE / 2 else WIDTH


def _places(length: int) -> list[float]:
    return [LEFT + (i + 0.5) * CELL for i in range(length)]


def _marked(middle: str, top: float) -> list[str]:
    """Equal columns dark, similar ones light."""
    places: dict[object, list[tuple[float, float, float, float]]] = {}
    for what, begin, end in runs(middle):
        places.setdefault(what, []).append((LEFT + begin * CELL, top, CELL * float(end - begin), 3.0 * ROW))
    return [blocks(places.get(EQUAL, ()), "equal"), blocks(places.get(SIMILAR, ()), "similar")]


def _side(drawn: list[str], side: Side, letters: str, number: int, top: float) -> int:
    """Draws one line with its numbers, and gives the number with which the next begins."""
    base, length = top + 11, len(letters) - letters.count("-")
    last = number + side.way * max(0, length - 1)
    drawn.append(words(LEFT - 6, base, str(number), "end"))
    drawn.append(spread(_places(len(letters)), base, letters, "tl"))
    drawn.append(words(LEFT + len(letters) * CELL + 6, base, str(last)))
    return number + side.way * length
