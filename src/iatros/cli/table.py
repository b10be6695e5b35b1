"""The last table that a run prints: models by figures, and a sentence on whether the network is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iatros.predictions import Form
from iatros.results import MetricRow
from iatros.workflow.headlines import headlines, verdict

CELL = 26


def metric_table(metrics: Sequence[MetricRow], target: str, form: Form, record: Mapping[str, Any]) -> list[str]:
    """One block a scheme: a line a model, value and interval a column."""
    facts = record.get("targets", {}).get(target, {})
    events = f", {facts['events']:,} events" if facts.get("events") is not None else ""
    lines = []
    for block in headlines(metrics, target, form):
        lines.append(f"{target}, {facts.get('cases', 0):,} cases{events}{f' · {block.where}' if block.where else ''}")
        lines.append(f"  {'':22}" + "".join(f"{title:{CELL}}" for title in block.titles).rstrip())
        lines += [f"  {model:22}{''.join(f'{cell:{CELL}}' for cell in cells)}".rstrip() for model, cells in block.models]
        lines.append("")
    return lines[:-1]


def verdict_line(metrics: Sequence[MetricRow], target: str, form: Form, chosen: str) -> str:
    """Is the network better than the simple model that inner folds chose?"""
    return f"  {verdict(metrics, target, form, chosen)}"
