"""Is it better than a simple model? The table of paired differences, and the table of all models beside.

In: a view. Out: HTML. Right of the line is always better: the sign of measures that should be small is turned.
"""

from __future__ import annotations

from markupsafe import Markup

from iatros.predictions import ENSEMBLE
from iatros.report import numbers, verdicts
from iatros.report.figures.forest import Mark, Scale, axis, row, symmetric
from iatros.report.parts import wording
from iatros.report.parts.table import PICTURE, Forest, Row, cards, forest
from iatros.report.reading import View
from iatros.report.render import nope
from iatros.results import MetricRow

PAIRED = (
    "auroc", "auroc_within_sites", "auprc", "brier", "log_loss", "net_benefit", "mae", "rmse", "r2", "accuracy", "perplexity",
    "bits", "lddt", "drmsd", "tm_score",
)  # fmt: skip


def difference(view: View) -> Markup:
    """Model minus baseline, same cases and folds, for each scheme and measure."""
    if not view.baseline:
        return nope("Not compared: the run holds no baseline.")
    found = {scheme: _paired(view, scheme) for scheme in view.schemes}
    kept = [turned(pair) for pairs in found.values() for pair in pairs]
    if not kept:
        return nope(f"The paired difference to {wording.model(view.baseline)} was not measured.")
    on = symmetric([mark(pair) for pair in kept])
    rows: list[Row] = []
    for scheme, pairs in found.items():
        if pairs:
            rows.append(Row(heading=wording.capital(wording.setting(view.reading, scheme))))
            rows += [_row(view, pair, on) for pair in pairs]
    name = wording.model(view.baseline)
    around = Forest(
        f"Same {wording.people(view.reading)}, same folds: neural network minus {name}",
        "Right of the line the neural network is better. An interval that crosses the line: no difference shown.",
        ("Measure", "Neural network", wording.capital(name), "Difference [95% interval]", PICTURE),
        ("Network", wording.capital(name)),
        arrows="← simple better\u2003network better →",
        kind="d",
    )
    return forest(around, rows, axis(on))


def beside(view: View, metrics: tuple[str, ...]) -> Markup:
    """Every model that was judged on the same cases."""
    if not view.beside:
        return Markup("")
    models = (ENSEMBLE, *view.beside)
    judged = [[numbers.full(verdicts.judged(view.one(metric, model=m))) for metric in metrics] for m in models]
    rows = [[wording.capital(wording.model(m, view.form.task)), *figures] for m, figures in zip(models, judged, strict=True)]
    why = view.reading.part("record", "baselines", view.name).get("why")
    because = f": {why}" if why else ""
    chosen = (
        f"{wording.capital(wording.model(view.baseline))} is the baseline of this report{because}." if view.baseline else ""
    )
    subtitle = f"{wording.capital(wording.setting(view.reading, view.main))}. {chosen}"
    return cards("Every model beside", subtitle, ("Model", *(wording.METRICS.get(m, m) for m in metrics)), rows)


def turned(found: MetricRow) -> MetricRow:
    """The difference so that more is better."""
    if found.metric not in verdicts.SMALLER_IS_BETTER or found.value is None:
        return found
    low, high = (None if limit is None else -limit for limit in (found.high, found.low))
    return found.model_copy(update={"value": -found.value, "low": low, "high": high})


def mark(found: MetricRow, ours: bool = True) -> Mark:
    """A row as a dot of a forest; only for rows that have a value."""
    assert found.value is not None
    return Mark(found.value, found.low, found.high, ours)


def _paired(view: View, scheme: str) -> list[MetricRow]:
    found: list[MetricRow] = []
    for metric in PAIRED:
        pair = view.difference(metric, scheme, threshold=view.threshold if metric == "net_benefit" else None)
        found += [pair] if pair is not None and pair.value is not None else []
    return found


def _row(view: View, pair: MetricRow, on: Scale) -> Row:
    shown = turned(pair)
    same = {"scheme": pair.scheme, "group": pair.group, "threshold": pair.threshold}
    name = wording.METRICS.get(pair.metric, pair.metric)
    name += f" at {wording.threshold(view)}" if pair.threshold is not None else ""
    name += " (sign turned)" if pair.metric in verdicts.SMALLER_IS_BETTER else ""
    values = [numbers.point(view.one(pair.metric, **(same | {"model": model}))) for model in (ENSEMBLE, view.baseline)]
    note = {-1: "network worse", 1: "", 0: ""}[verdicts.side(pair)]
    drawing = row(f"{name} difference {numbers.plain(shown)}", [mark(shown)], on, line=0.0)
    return Row(name, tuple(values), numbers.full(shown), drawing, note=note)
