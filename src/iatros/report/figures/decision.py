"""Decision curve: net benefit over thresholds. In: curves of the model, the baseline and of flagging everyone. Out: SVG."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report.draw import Frame, as_percent, band, box, grid, ground, line, named, path, svg, tick_writer, ticks, words
from iatros.report.reading import Curve

CUT = 0.9  # thresholds above are of no use, and their odds make the curve jump
LOWEST = -0.1


def decision(model: Curve, baseline: Curve, everyone: Curve, declared: tuple[float, float] | None, description: str) -> Markup:
    """Net benefit of the model, the baseline, flagging everyone and flagging no one; the declared range is shaded."""
    model, baseline, everyone = (shortened(curve) for curve in (model, baseline, everyone))
    highest = max([*model.y, *(h for h in model.high if h is not None), *baseline.y, 0.1])
    frame = Frame(bottom=270, y_low=LOWEST, y_high=highest * 1.04)
    lines = ticks(LOWEST, highest)
    across = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    drawn = [
        *([] if declared is None else _shade(frame, declared)),
        grid(frame, lines, tick_writer(lines)),
        ground(frame, across, as_percent),
        named(frame, "Threshold: risk at which you would act", "Net benefit (true positives per case)"),
        path(frame, *_above(everyone), "p2"),
        line(frame.left, frame.y(0), frame.right, frame.y(0), "ax"),
        band(frame, model.x, model.low, model.high),
        path(frame, baseline.x, baseline.y, "b"),
        path(frame, model.x, model.y, "m"),
        *_names(frame, everyone),
    ]
    return svg("Decision curve", description, drawn, frame.bottom + 40)


def shortened(curve: Curve) -> Curve:
    """The part of a curve up to the highest threshold drawn."""
    kept = [i for i, x in enumerate(curve.x) if x <= CUT]
    return Curve(
        [curve.x[i] for i in kept],
        [curve.y[i] for i in kept],
        [curve.low[i] for i in kept],
        [curve.high[i] for i in kept],
        [curve.n[i] for i in kept],
    )


def useful_from(model: Curve, everyone: Curve) -> float | None:
    """The lowest threshold from which on the model beats both flagging everyone and flagging no one, up to the cut."""
    others = dict(zip([round(x, 6) for x in everyone.x], everyone.y, strict=True))
    beats = [y > max(0.0, others.get(round(x, 6), float("-inf"))) for x, y in zip(model.x, model.y, strict=True) if x <= CUT]
    first = next((i for i in range(len(beats)) if all(beats[i : i + max(2, len(beats) // 4)])), None)
    return None if first is None else model.x[first]


def _above(curve: Curve) -> tuple[list[float], list[float]]:
    kept = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y >= LOWEST]
    return [x for x, _ in kept], [y for _, y in kept]


def _shade(frame: Frame, declared: tuple[float, float]) -> list[str]:
    left, right = frame.x(declared[0]), frame.x(declared[1])
    return [
        box(left, frame.top, right - left, frame.bottom - frame.top, "zone"),
        words((left + right) / 2, frame.top + 11, "range declared", "middle"),
    ]


def _names(frame: Frame, everyone: Curve) -> list[str]:
    x, y = _above(everyone)
    named_everyone = [words(frame.x(x[-1]) - 5, frame.bottom - 6, "flag everyone", "end", "t halo")] if y else []
    return [*named_everyone, words(frame.right - 3, frame.y(0) - 5, "flag no one", "end", "t halo")]
