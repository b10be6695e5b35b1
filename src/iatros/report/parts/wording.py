"""Words that several sections use for the same things: models, schemes, groups, cases. In: names in the run. Out: words."""

from __future__ import annotations

from iatros.predictions import ENSEMBLE, PREVALENCE
from iatros.report.numbers import counted, percent
from iatros.report.reading import UNSEEN, Reading, View
from iatros.results import MetricRow

METRICS = {
    "auroc": "AUROC",
    "auroc_within_sites": "AUROC, same hospital only",
    "balanced_accuracy": "Balanced accuracy",
    "top2_accuracy": "Among the first two",
    "bias": "Mean error",
    "auprc": "Area under precision and recall",
    "brier": "Brier score",
    "log_loss": "Log loss",
    "net_benefit": "Net benefit",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "observed_expected": "Observed/expected",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
    "f1": "F1",
    "accuracy": "Accuracy",
    "mae": "Mean absolute error",
    "rmse": "Root mean squared error",
    "r2": "R²",
    "coverage": "Coverage",
    "interval_width": "Width of interval",
    "set_size": "Size of prediction set",
}


def model(name: str) -> str:
    """`iatros` is the neural network; a single input is named as such."""
    if name.startswith("input:"):
        return f"network on {name.removeprefix('input:')} alone"
    return {ENSEMBLE: "neural network", PREVALENCE: "prevalence alone", "existing": "score in use"}.get(
        name, name.replace("_", " ")
    )


def capital(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def group(name: str) -> str:
    """`sex=F` is F; everyone is everyone."""
    return name.partition("=")[2] if "=" in name else name or "Everyone"


def scheme(name: str, sited: bool) -> str:
    """Where the patients judged come from, seen from the model."""
    if name == UNSEEN:
        return "hospital not seen in training"
    if name == "time":
        return "later patients"
    return "hospital seen in training" if sited else "patients not seen in training"


def people(reading: Reading, one: bool = False) -> str:
    """Patients, where a case is one; else cases."""
    told = reading.part("record", "data")
    cases, patients = told.get("cases"), told.get("patients")
    word = "patient" if cases is None or patients is None or cases == patients else "case"
    return word if one else word + "s"


def size(view: View, row: MetricRow | None) -> str:
    """`n = 918, 508 with disease`."""
    if row is None or not row.cases:
        return "n not recorded"
    events = "" if row.events is None else f", {row.events:,} with {view.words}"
    return f"n = {row.cases:,}{events}"


def of_events(view: View, row: MetricRow | None) -> str:
    """`303 (139)`: cases and, of them, events."""
    if row is None:
        return "not recorded"
    return f"{row.cases:,}" if row.events is None else f"{row.cases:,} ({row.events:,})"


def threshold(view: View) -> str:
    """`20%`; a chosen point may need a decimal."""
    return percent_of(view.threshold)


def cases(reading: Reading, number: int) -> str:
    """`918 patients`."""
    return counted(number, people(reading, one=True))


def percent_of(at: float | None) -> str:
    """A threshold in percent, with a decimal only where it has one."""
    if at is None:
        return "no threshold"
    return f"{100 * at:.0f}%" if abs(100 * at - round(100 * at)) < 0.05 else percent(at)
