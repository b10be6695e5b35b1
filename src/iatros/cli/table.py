"""The last tables that a run prints: models by figures, and a sentence on whether the network is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iatros.predictions import Form
from iatros.results import MetricRow
from iatros.workflow.headlines import headlines, verdict

CELL = 26


def metric_table(metrics: Sequence[MetricRow], target: str, form: Form, record: Mapping[str, Any]) -> list[str]:
    """One block a scheme: a line a model, value and interval a column; and whether the network is better."""
    facts = record.get("targets", {}).get(target, {})
    chosen, lines = record.get("baselines", {}).get(target, {}).get("chosen", ""), []
    for block in headlines(metrics, target, form):
        name = max(len(model) for model, _ in block.models) + 1 if block.models else 0
        lines.append(f"{target}, {_who(metrics, target, block.scheme, facts)}{f' · {block.where}' if block.where else ''}")
        lines.append(f"  {'':{name}}" + "".join(f"{title:{CELL}}" for title in block.titles).rstrip())
        lines += [f"  {model:{name}}{''.join(f'{cell:{CELL}}' for cell in cells)}".rstrip() for model, cells in block.models]
        lines += [f"  {verdict(metrics, target, form, chosen, block.scheme)}", ""]
    return lines[:-1]


def _who(metrics: Sequence[MetricRow], target: str, scheme: str, facts: Mapping[str, Any]) -> str:
    """`88 of 400 cases judged, 41 events`: of whom the figures below are."""
    count = int(facts.get("cases") or 0)
    judged = next((row for row in metrics if row.target == target and row.scheme == scheme and row.overall), None)
    some = judged is not None and judged.cases != count
    events = judged.events if judged is not None and some else facts.get("events")
    who = f"{judged.cases:,} of {count:,} cases judged" if judged is not None and some else f"{count:,} cases"
    return who + (f", {events:,} events" if events is not None else "")
