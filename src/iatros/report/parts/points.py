"""The points behind a figure, for other programs. In: curves by name. Out: CSV inside the figure, which export lifts out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from iatros.report.reading import Curve

COLUMNS = ("series", "x", "y", "low", "high", "n")


def points(curves: Mapping[str, Curve]) -> Markup:
    """One line a point, at full precision: series, x, y, low, high, n. What a point lacks is empty."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    for name, curve in curves.items():
        columns = (curve.x, curve.y, curve.low, curve.high, curve.n)
        writer.writerows((safe(name), *point) for point in zip(*columns, strict=True))
    return Markup('<template class="points">{}</template>').format(made.getvalue())


def series(found: Iterable[tuple[float, float]]) -> Curve:
    """A line of (x, y) without intervals."""
    kept = list(found)
    none = [None] * len(kept)
    return Curve([x for x, _ in kept], [y for _, y in kept], list(none), list(none), list(none))


def safe(cell: object) -> object:
    """A word that a spreadsheet would take for a formula is quoted by an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
