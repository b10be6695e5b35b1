"""The last table that a run prints: models by figures, and a sentence on whether the network is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iatros.predictions import Form
from iatros.results import MetricRow

COLUMNS = {
    "binary": (("auroc", "AUROC"), ("brier", "Brier"), ("calibration_slope", "calibration slope")),
    "class": (("auroc", "AUROC (macro)"), ("accuracy", "accuracy"), ("log_loss", "log loss")),
    "labels": (("auroc", "AUROC (macro)"), ("auprc", "AUPRC (macro)"), ("brier", "Brier")),
    "value": (("mae", "MAE"), ("rmse", "RMSE"), ("r2", "R2")),
}
SCHEME_WORDS = {"sites": "hospital not seen", "time": "later cases"}
CELL = 26


def metric_table(metrics: Sequence[MetricRow], target: str, form: Form, record: Mapping[str, Any]) -> list[str]:
    """One block a scheme: a line a model, value and interval a column."""
    columns = COLUMNS["binary" if form.binary else form.task]
    facts = record.get("targets", {}).get(target, {})
    events = f", {facts['events']:,} events" if facts.get("events") is not None else ""
    lines = []
    for scheme in dict.fromkeys(row.scheme for row in metrics if row.target == target):
        rows = [row for row in metrics if row.target == target and row.scheme == scheme and _plain(row)]
        where = f" · {SCHEME_WORDS[scheme]}" if scheme in SCHEME_WORDS else ""
        lines.append(f"{target}, {facts.get('cases', 0):,} cases{events}{where}")
        lines.append(f"  {'':22}" + "".join(f"{title:{CELL}}" for _, title in columns).rstrip())
        for model in dict.fromkeys(row.model for row in rows):
            by_metric = {row.metric: row for row in rows if row.model == model}
            cells = "".join(f"{_cell(by_metric.get(metric)):{CELL}}" for metric, _ in columns)
            lines.append(f"  {model:22}{cells}".rstrip())
        lines.append("")
    return lines[:-1]


def verdict_line(metrics: Sequence[MetricRow], target: str, form: Form, chosen: str) -> str:
    """Is the network better than the simple model that inner folds chose? By the paired interval."""
    metric = "r2" if form.task == "value" else "auroc"
    for row in metrics:
        if row.target == target and row.model == "iatros" and row.against == chosen and row.metric == metric and _main(row):
            if row.value is None or row.low is None or row.high is None:
                break
            better = "the network is better" if row.low > 0 else "the simple model is better" if row.high < 0 else ""
            told = better or "no proof that the network is better"
            return f"  difference to {chosen}: {row.value:+.3f} [{row.low:+.3f}, {row.high:+.3f}]: {told}"
    return "  difference to a simple model: not measured"


def _plain(row: MetricRow) -> bool:
    return not row.against and _main(row)


def _main(row: MetricRow) -> bool:
    return not row.group and not row.class_ and row.threshold is None and row.part == "test"


def _cell(row: MetricRow | None) -> str:
    if row is None:
        return ""
    if row.value is None:
        return "withheld" if row.withheld else ""
    interval = f" [{_short(row.low)}, {_short(row.high)}]" if row.low is not None and row.high is not None else ""
    return f"{_short(row.value)}{interval}"


def _short(value: float | None) -> str:
    text = f"{value:.3f}" if value is not None else ""
    return text.removeprefix("0") if text.startswith("0.") else text
