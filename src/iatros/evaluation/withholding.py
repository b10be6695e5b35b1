"""When a group is too small to judge. The row stays, with its reason.

Rules of the report: ranking below 10 events or 10 non-events; calibration below 30 patients.
"""

from __future__ import annotations

from iatros.evaluation.settings import SmallCounts
from iatros.results import MetricRow

ENOUGH_EVENTS = 10
ENOUGH_PATIENTS = 30
ENOUGH_CASES = 10  # for errors of a value
RANKING = frozenset({"auroc", "auprc", "sensitivity", "specificity", "auroc_within_sites", "balanced_accuracy"})
CALIBRATION = frozenset({"calibration_slope", "calibration_intercept", "observed_expected"})
ERRORS = frozenset({"mae", "rmse", "r2", "bias"})
COUNTED = frozenset({"true_positives", "false_positives", "true_negatives", "false_negatives", "confusion"})


def withheld(metric: str, cases: int, events: int | None, patients: int) -> str:
    """Why a figure is withheld, or ""."""
    if metric in RANKING and events is not None:
        scarce = [(events, "events"), (cases - events, "non-events")]
        found = [f"{number} {name}" for number, name in scarce if number < ENOUGH_EVENTS]
        return f"{' and '.join(found)}; {ENOUGH_EVENTS} are needed" if found else ""
    if metric in CALIBRATION and patients < ENOUGH_PATIENTS:
        return f"{patients} patients; {ENOUGH_PATIENTS} are needed"
    if metric in ERRORS and cases < ENOUGH_CASES:
        return f"{cases} cases; {ENOUGH_CASES} are needed"
    return ""


def small(row: MetricRow, patients: int, policy: SmallCounts) -> MetricRow:
    """The row as the policy lets it be seen."""
    if policy == "show":
        return row
    reason = withheld(row.metric, row.cases, row.events, patients) or row.withheld
    if policy == "mask" and row.metric in COUNTED and row.value is not None and row.value < ENOUGH_EVENTS:
        reason = f"fewer than {ENOUGH_EVENTS}"
    return row.model_copy(update={"value": None, "low": None, "high": None, "withheld": reason}) if reason else row
