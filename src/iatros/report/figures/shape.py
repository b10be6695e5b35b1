"""The effect of one input along its values. In: an importance. Out: a small drawing with its ends in words."""

from __future__ import annotations

from markupsafe import Markup, escape

from iatros.evidence import Importance
from iatros.report.draw import px, thinned
from iatros.report.numbers import bare, in_units, signed

WIDTH, HEIGHT, EDGE = 110, 34, 4
MOST_NAMES = 4


def shape(one: Importance) -> Markup:
    """Mean effect on the score (Shapley value) from the lowest to the highest value, or by category."""
    if not one.shape_y:
        return Markup('<span class="cit">not measured</span>')
    kept = thinned(len(one.shape_y), 41)
    y = [one.shape_y[i] for i in kept]
    low, high = min(y), max(y)
    across = [EDGE + (WIDTH - 2 * EDGE) * (i / (len(y) - 1) if len(y) > 1 else 0.5) for i in range(len(y))]
    down = [HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * ((v - low) / (high - low) if high > low else 0.5) for v in y]
    points = "L".join(f"{px(a)} {px(b)}" for a, b in zip(across, down, strict=True))
    words = f"{signed(one.shape_y[0])} → {signed(one.shape_y[-1])}"
    return Markup(
        f'<div class="sh"><svg class="row" style="width:110px;min-width:0;height:34px" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{escape(one.column)}: effect {words}"><path class="m" d="M{points}"/></svg>'
        f'<span class="cit" style="white-space:normal;line-height:1.25">{words}<br>{escape(_values(one))}</span></div>'
    )


def _values(one: Importance) -> str:
    ends = one.shape_x
    if not ends:
        return ""
    if all(isinstance(x, float | int) for x in ends):
        return f"{in_units(float(ends[0]))} to {in_units(float(ends[-1]))}"
    return ", ".join(bare(str(x))[:20] for x in ends[:MOST_NAMES]) + (", …" if len(ends) > MOST_NAMES else "")
