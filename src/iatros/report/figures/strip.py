"""The letters of one sequence, shaded by attribution, with labels beneath. In: letters, numbers, labels. Out: SVG, wrapped.

What raises the score is shaded with a line above, what lowers it with a line below: a print without colour says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from iatros.report.draw import WIDE, WIDTH, blocks, px, spread, svg, words

PER_LINE = 60
CELL = 10  # units a letter
TALL, LABEL, TICK = 17, 15, 14  # units of a line of letters, of labels, of numbers
GAP = 12  # between lines
LEFT = 62
SHADES = 5
DARKEST = 0.6  # opacity of the strongest; letters stay legible on it
PEAK = 0.995  # quantile of what is drawn strongest
HELIX, STRAND = "HGI", "EB"  # drawn as a bar and as an arrow
NOTHING = "C-._LN"  # labels drawn as a thin line: coil, none
Rows = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One line of the strip: letters begin to end, its upper border, and how many units a letter has."""

    begin: int
    end: int
    top: float

    def x(self, position: int) -> float:
        """The left border of a letter's place."""
        return LEFT + (position - self.begin) * CELL


def strip(
    letters: str,
    title: str,
    description: str,
    attribution: NDArray[np.floating] | None = None,
    rows: Rows | None = None,
    first: int = 1,
    per_line: int = PER_LINE,
    special: bool = True,
) -> Markup:
    """A sequence as a reader can follow it.

    letters: L signs; attribution: [L], above 0 raises the score
    rows: name -> L labels, one sign a position, a blank where unknown; a row called "predicted" is compared with one "truth"
    first: the number of the first letter; special: H and E are drawn as a helix's bar and a strand's arrow, C and - as a line
    """
    labelled = dict(rows or {})
    _agree(letters, attribution, labelled)
    tall = TICK + TALL + LABEL * len(labelled) + GAP
    starts = range(0, max(1, len(letters)), per_line)
    lines = [Line(begin, min(begin + per_line, len(letters)), 4 + i * tall) for i, begin in enumerate(starts)]
    shades = np.zeros(len(letters), int) if attribution is None else levels(attribution)
    drawn = _shading(lines, shades)
    for line in lines:
        drawn += _line(line, letters, labelled, first, special)
    width = WIDE if per_line > PER_LINE / 2 else WIDTH
    return svg(title, description, drawn, 4 + tall * len(lines), width)


def levels(attribution: NDArray[np.floating]) -> NDArray[np.int64]:
    """[L] from -SHADES to SHADES, in even steps up to the strongest; what is weaker than half a step is 0."""
    size = np.abs(np.nan_to_num(attribution))
    peak = float(np.quantile(size, PEAK)) or float(size.max(initial=0.0))
    share = np.clip(np.nan_to_num(attribution) / peak, -1, 1) if peak > 0 else np.zeros(len(attribution))
    return np.rint(share * SHADES).astype(np.int64)


def opacity(level: int) -> float:
    """Of a level's shade."""
    return round(DARKEST * abs(level) / SHADES, 2)


def runs(text: Sequence[object]) -> list[tuple[object, int, int]]:
    """(what, begin, end) of equal neighbours."""
    found, at = [], 0
    for what, group in groupby(text):
        end = at + len(list(group))
        found.append((what, at, end))
        at = end
    return found


def spoken(attribution: NDArray[np.floating], letters: str, first: int = 1, most: int = 10) -> str:
    """The strongest letters in words."""
    strongest = np.argsort(-np.abs(np.nan_to_num(attribution)), kind="stable")[:most]
    sides = {"raise": [i for i in strongest if attribution[i] > 0], "lower": [i for i in strongest if attribution[i] < 0]}
    told = [
        f"{', '.join(f'{letters[i]}{first + i}' for i in sorted(found))} {side}{'s' if len(found) == 1 else ''} the score most"
        for side, found in sides.items()
        if found
    ]
    return ("; ".join(told) or "No letter raises or lowers the score") + "."


def _agree(letters: str, attribution: NDArray[np.floating] | None, rows: Rows) -> None:
    lengths = {name: len(row) for name, row in rows.items()}
    lengths |= {} if attribution is None else {"attribution": len(attribution)}
    wrong = [f"{name} has {length}" for name, length in lengths.items() if length != len(letters)]
    if wrong:
        raise ValueError(f"the sequence has {len(letters)} letters; {', '.join(wrong)}")


def _shading(lines: Sequence[Line], shades: NDArray[np.int64]) -> list[str]:
    """All places of one level as one path, with their line above or below."""
    places: dict[int, list[tuple[float, float, float]]] = {}
    for line in lines:
        for level, begin, end in runs(shades[line.begin : line.end].tolist()):
            if isinstance(level, int) and level:
                at = (line.x(line.begin + begin), line.top + TICK, CELL * float(end - begin))
                places.setdefault(level, []).append(at)
    drawn = []
    for level in sorted(places):
        kind = "up" if level > 0 else "down"
        drawn.append(blocks(((x, y, width, TALL) for x, y, width in places[level]), kind, opacity(level)))
        edge = 0 if level > 0 else TALL - 1.5
        drawn.append(blocks(((x, y + edge, width, 1.5) for x, y, width in places[level]), kind))
    return drawn


def _line(line: Line, letters: str, rows: Rows, first: int, special: bool) -> list[str]:
    """Numbers, letters and labels of one line."""
    middle = [line.x(i) + CELL / 2 for i in range(line.begin, line.end)]
    tens = [i for i in range(line.begin, line.end) if (first + i) % 10 == 0]
    base = line.top + TICK + TALL - 4.5
    drawn = [words(line.x(i) + CELL / 2, line.top + 10, str(first + i), "middle") for i in tens]
    drawn.append(spread(middle, base, letters[line.begin : line.end], "tl"))
    drawn.append(words(LEFT - 6, base, str(first + line.begin), "end"))
    drawn.append(words(line.x(line.end) + 6, base, str(first + line.end - 1)))
    for k, (name, row) in enumerate(rows.items()):
        top = line.top + TICK + TALL + k * LABEL
        drawn.append(words(LEFT - 6, top + LABEL - 4, name, "end"))
        drawn += _labels(line, row, top + 2, special)
        if name == "predicted" and "truth" in rows:
            drawn.append(_differing(line, row, rows["truth"], top + LABEL))
    return drawn


def _labels(line: Line, row: str, top: float, special: bool) -> list[str]:
    """Runs of equal labels: a bar, an arrow, a thin line, or a box with the label in it."""
    drawn = []
    for label, begin, end in runs(row[line.begin : line.end]):
        left, right = line.x(line.begin + begin), line.x(line.begin + end)
        if str(label).isspace():
            continue
        if str(label) in NOTHING:
            drawn.append(blocks([(left, top + 5, right - left, 1.2)], "coil"))
            continue
        drawn.append(_shape(str(label) if special else "", left + 0.4, right - 0.4, top))
        drawn.append(words((left + right) / 2, top + 9.5, str(label), "middle", "tl"))
    return drawn


def _shape(label: str, left: float, right: float, top: float) -> str:
    """12 units high: rounded for a helix, pointed for a strand, square for others."""
    tall = 11.5
    if label and label in HELIX:
        curve = min(5.0, (right - left) / 2)
        return f'<rect class="k1" x="{px(left)}" y="{px(top)}" width="{px(right - left)}" height="{tall}" rx="{px(curve)}"/>'
    if label and label in STRAND:
        neck = max(left, right - 8)
        shaft = f"M{px(left)} {px(top + 2)}H{px(neck)}V{px(top - 0.5)}L{px(right)} {px(top + tall / 2)}"
        return f'<path class="k2" d="{shaft}L{px(neck)} {px(top + tall + 0.5)}V{px(top + tall - 2)}H{px(left)}Z"/>'
    return blocks([(left, top, right - left, tall)], "k3")


def _differing(line: Line, row: str, truth: str, top: float) -> str:
    """A tick under each position that is predicted otherwise than it is; unknown ones are left out."""
    wrong = [i for i in range(line.begin, line.end) if row[i] != truth[i] and not (row[i] + truth[i]).count(" ")]
    return blocks([(line.x(i) + 1.5, top, CELL - 3, 2) for i in wrong], "miss")
