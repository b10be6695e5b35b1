"""The backbone of a chain in space, coloured by confidence. In: coordinates. Out: a drawing that turns, where there is script.

Without script, and in print, it is an orthographic projection along the chain's flattest side. The script (assets/backbone.js)
turns the same paths by drag and by arrow keys; it reads the coordinates from the element and asks nothing of the network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from iatros.report.draw import WIDTH, svg, words
from iatros.report.numbers import percent

HEIGHT, EDGE, HEAD = 300, 14, 6
STEPS = (0.5, 0.7, 0.9)  # confidence: very low, low, good, very good; as predicted structures are shown elsewhere
NAMES = ("very low (under 50)", "low (50 to 70)", "good (70 to 90)", "very good (90 and over)")
TRUTH = 4  # the class of a chain that is shown beside, as measured
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """A stretch around one residue: kind of its line, and the places in the list of points that it bends between."""

    kind: int
    at: tuple[int, int, int]


def backbone(points: Floats, confidence: Floats, title: str, description: str, truth: Floats | None = None) -> Markup:
    """A chain's trace, as one drawing that may be turned.

    points: [L, 3] one atom a residue (CA), in order, in angstrom; a row of NaN is a break
    confidence: [L] 0 to 1, such as lDDT; truth: [T, 3], the measured chain laid over the predicted one, drawn dashed
    """
    whole = points if truth is None else np.concatenate([points, truth])
    turned = flattest(whole)
    kinds = np.digitize(np.nan_to_num(confidence), STEPS)
    pieces = _pieces(turned[: len(points)], kinds, 0)
    if truth is not None:
        pieces += _pieces(turned[len(points) :], np.full(len(truth), TRUTH), len(points))
    drawn = "".join(_piece(turned, piece) for piece in _far_first(turned, pieces))
    ends = _ends(turned, len(points))
    drawing = svg(title, description, [f'<g class="turning">{drawn}</g>', ends], HEIGHT)
    told = {
        "xyz": [[round(float(v), 1) for v in row] if np.isfinite(row).all() else None for row in turned],
        "of": [[*piece.at] for piece in _far_first(turned, pieces)],
    }
    return Markup(
        '<div class="turn" tabindex="0" role="group" data-chain="{}" aria-label="{}">{}'
        '<p class="small hint3d" hidden>Drag it, or use the arrow keys, to turn it; Home brings it back.</p></div>'
    ).format(json.dumps(told, separators=(",", ":")), f"{title}, can be turned", drawing)


def flattest(points: Floats) -> Floats:
    """Points [N, 3] about their middle, x and y along their widest extents, so that least is hidden; scaled to fit the figure.

    The turn keeps handedness: a mirrored chain would be another molecule.
    """
    known = np.isfinite(points).all(axis=1)
    middle = points - points[known].mean(axis=0)
    axes = np.linalg.svd(middle[known], full_matrices=True)[2]
    if np.linalg.det(axes) < 0:
        axes[2] *= -1
    turned = middle @ axes.T
    reach = np.linalg.norm(turned[known], axis=1).max(initial=1e-9)  # whichever way it is turned
    return np.asarray(turned * (HEIGHT / 2 - EDGE - HEAD) / reach)


def told(confidence: Floats) -> str:
    """Shares of the chain by confidence, in words."""
    kinds = np.digitize(np.nan_to_num(confidence), STEPS)
    shares = [f"{percent(float(np.mean(kinds == k)))} {name}" for k, name in reversed(list(enumerate(NAMES)))]
    return f"{len(confidence):,} residues by confidence: {', '.join(shares)}."


def _pieces(points: Floats, kinds: NDArray[np.int64], start: int) -> list[Piece]:
    """One piece a residue, from the middle before it to the middle after it; breaks and ends cut it short."""
    known = np.asarray(np.isfinite(points).all(axis=1))
    found = []
    for i in np.flatnonzero(known).tolist():
        before = i - 1 if i > 0 and known[i - 1] else i
        after = i + 1 if i + 1 < len(points) and known[i + 1] else i
        found.append(Piece(int(kinds[i]), (start + before, start + i, start + after)))
    return found


def _far_first(points: Floats, pieces: list[Piece]) -> list[Piece]:
    """What is nearer is drawn over what is farther. z grows towards the reader."""
    return sorted(pieces, key=lambda piece: points[piece.at[1], 2])


def _piece(points: Floats, piece: Piece) -> str:
    """A bend under a wider one in the colour of the page, which parts it from what lies behind."""
    before, at, after = (points[i, :2] * (1, -1) + (WIDTH / 2, HEIGHT / 2 + HEAD) for i in piece.at)
    begin, end = (before + at) / 2, (at + after) / 2
    numbers = " ".join(f"{v:.1f}" for v in (*at, *end))
    d = f"M{begin[0]:.1f} {begin[1]:.1f}Q{numbers}"
    under = "" if piece.kind == TRUTH else f'<path class="f" d="{d}"/>'
    return f'<g>{under}<path class="f{piece.kind}" d="{d}"/></g>'


def _ends(points: Floats, length: int) -> str:
    """The letters N and C at the ends of the predicted chain; the script moves them along."""
    known = np.flatnonzero(np.isfinite(points[:length]).all(axis=1))
    if not len(known):
        return ""
    named = []
    for letter, i in (("N", known[0]), ("C", known[-1])):
        x, y = points[i, :2] * (1, -1) + (WIDTH / 2, HEIGHT / 2 + HEAD)
        named.append(words(float(x), float(y) - 5, letter, "middle", f"tb halo end{letter.lower()}"))
    return "".join(named)
