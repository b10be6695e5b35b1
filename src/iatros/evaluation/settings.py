"""How results are judged, and what judging gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from iatros.results import MetricRow

SmallCounts = Literal["withhold", "mask", "show"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to judge.

    resamples:       of patients, for figures of everyone; `group_resamples` for groups, `curve_resamples` for bands of curves
    groups:          names of subgroups (columns `group:NAME`); None takes all that the table has
    sensitivity:     the one that the rule "sensitivity 90 % (validation)" reaches
    prevalence:      expected where the model will be used, if it is known without looking at the test part: the rule "best
                     accuracy (validation)" then weighs validation cases to it
    small_counts:    "withhold" figures of groups too small to judge; "mask" counts below ten as well; "show" all
    """

    resamples: int = 2000
    seed: int = 0
    groups: tuple[str, ...] | None = None
    group_resamples: int = 500
    curve_resamples: int = 300
    sensitivity: float = 0.9
    prevalence: float | None = None
    small_counts: SmallCounts = "withhold"


@dataclass(frozen=True, slots=True)
class Results:
    """rows of metrics.json, and the points of curves.parquet (CURVE_COLUMNS)."""

    rows: list[MetricRow]
    curves: pl.DataFrame
