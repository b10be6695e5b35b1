"""Verdicts: what the figures allow one to say. Rules over metric rows, never softened by hand.

In: rows of metrics.json. Out: one of a few words, or the rows for which a rule strikes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from iatros.evidence import Probe
from iatros.results import MetricRow

Ranking = Literal["well", "fairly", "weakly", "not shown", "withheld"]
Better = Literal["yes", "no", "no evidence", "not measured"]
Extreme = Literal["too extreme", "too timid", "right", "not measured"]

WELL, FAIRLY, WEAKLY = 0.8, 0.7, 0.6  # lower limits of the AUROC's interval
ENOUGH_EVENTS = 10  # with and without, to judge a ranking
ENOUGH_CASES = 30  # to judge calibration
PROBE_LIMIT = 0.55  # lower limit of an AUROC above which a probe warns
CLEAR_PROBES = ("missing", "site", "metadata", "hospital")  # probes that should find nothing

RANKING_METRICS = frozenset({"auroc", "auprc", "sensitivity", "specificity"})
CALIBRATION_METRICS = frozenset({"calibration_slope", "calibration_intercept", "observed_expected"})
SMALLER_IS_BETTER = frozenset({"brier", "log_loss", "mae", "rmse", "interval_width", "set_size", "perplexity", "bits", "drmsd"})


@dataclass(frozen=True)
class Gap:
    """Two groups whose intervals do not overlap: `worse` lies wholly below `better`."""

    worse: MetricRow
    better: MetricRow


def held(row: MetricRow | None) -> str:
    """Why a figure is not to be judged; "" if it may be. The numbers are counted again here, whatever evaluation said."""
    if row is None:
        return "not measured"
    if row.withheld:
        return row.withheld
    if row.value is None:
        return "not measured"
    if row.metric in CALIBRATION_METRICS and row.cases < ENOUGH_CASES:
        return f"{row.cases} cases; {ENOUGH_CASES} are needed"
    if row.metric in RANKING_METRICS and row.events is not None:
        return too_few(row.cases, row.events)
    return ""


def too_few(cases: int, events: int) -> str:
    """Why a ranking of so many could not be judged, or ""."""
    scarce = [(events, "events"), (cases - events, "non-events")]
    found = [f"{number} {name}" for number, name in scarce if number < ENOUGH_EVENTS]
    return f"{' and '.join(found)}; {ENOUGH_EVENTS} are needed" if found else ""


def judged(row: MetricRow | None) -> MetricRow | None:
    """The row as it may be shown: with its value, or without it and with the reason."""
    reason = held(row)
    if row is None or not reason:
        return row
    return row.model_copy(update={"value": None, "low": None, "high": None, "withheld": reason})


def ranking(row: MetricRow | None) -> Ranking:
    """How well sick are told from well, by the lower limit of the AUROC's interval."""
    if held(row) or row is None or row.low is None:
        return "withheld"
    limits: tuple[tuple[float, Ranking], ...] = ((WELL, "well"), (FAIRLY, "fairly"), (WEAKLY, "weakly"))
    return next((word for limit, word in limits if row.low >= limit), "not shown")


def side(row: MetricRow | None, no_difference: float = 0.0) -> int:
    """+1 if the interval lies above `no_difference` in favour of the model, -1 if below, 0 if it holds it or is not known."""
    if row is None or row.low is None or row.high is None:
        return 0
    above, below = row.low > no_difference, row.high < no_difference
    sign = -1 if row.metric in SMALLER_IS_BETTER else 1
    return sign if above else -sign if below else 0


def better(differences: Sequence[MetricRow | None]) -> Better:
    """Better than the baseline? `differences`: the paired one of each scheme judged (hospitals seen, and not seen).

    Yes only if every one excludes 0 in the model's favour; no if any excludes it the other way.
    """
    if all(row is None or row.value is None for row in differences):
        return "not measured"
    sides = [side(row) for row in differences]
    if -1 in sides:
        return "no"
    return "yes" if all(found == 1 for found in sides) else "no evidence"


def off(row: MetricRow | None) -> int:
    """Observed/expected: +1 if more was observed than predicted, -1 if less, 0 if chance explains it or too few to judge."""
    return 0 if held(row) else side(row, 1.0)


def extreme(slope: MetricRow | None) -> Extreme:
    """What the calibration slope says of the risks."""
    if held(slope) or slope is None or slope.low is None:
        return "not measured"
    return {-1: "too extreme", 1: "too timid", 0: "right"}[side(slope, 1.0)]  # type: ignore[return-value]  # a literal each


def worst(rows: Iterable[MetricRow]) -> MetricRow | None:
    """The worst judged row; None if none can be judged."""
    return min((row for row in rows if not held(row)), key=_merit, default=None)


def best(rows: Iterable[MetricRow]) -> MetricRow | None:
    """The best judged row."""
    return max((row for row in rows if not held(row)), key=_merit, default=None)


def gaps(rows: Sequence[MetricRow]) -> list[Gap]:
    """Pairs of groups of one column whose intervals do not overlap (sensitivity at the declared threshold)."""
    usable = [row for row in rows if not held(row) and row.low is not None and row.high is not None]
    pairs = [(a, b) for a, b in combinations(usable, 2) if column_of(a.group) == column_of(b.group)]
    ordered = [Gap(a, b) if _merit(a) < _merit(b) else Gap(b, a) for a, b in pairs if _apart(a, b)]
    return sorted(ordered, key=lambda gap: _merit(gap.worse))


def column_of(group: str) -> str:
    """The column of a group: `sex` of `sex=F`."""
    return group.partition("=")[0]


def probe_warns(probe: Probe) -> bool:
    """Does what should tell nothing tell something? Missingness, site or metadata alone with a lower limit above .55."""
    named = any(word in probe.name.casefold() for word in CLEAR_PROBES)
    told = probe.low is not None and probe.low > PROBE_LIMIT and probe.metric == "auroc" and named
    return told or probe.verdict == "warning"


def _merit(row: MetricRow) -> float:
    value = row.value if row.value is not None else float("nan")
    return -value if row.metric in SMALLER_IS_BETTER else value


def _apart(a: MetricRow, b: MetricRow) -> bool:
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return False
    return a.high < b.low or b.high < a.low
