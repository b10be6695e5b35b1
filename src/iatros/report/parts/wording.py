"""Words that several sections use for the same things: models, schemes, groups, cases. In: names in the run. Out: words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from iatros.evaluation.cohort import SEEDS
from iatros.evidence import MethodCheck
from iatros.findings import Finding
from iatros.predictions import ENSEMBLE, OF_POSITIONS, PREVALENCE, UNSEEN, Form
from iatros.report.numbers import MINUS, bare, counted, percent
from iatros.report.reading import Reading, View
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
    "case_accuracy": "Accuracy, mean over cases",
    "perplexity": "Perplexity",
    "bits": "Bits a letter",
    "bits_a_sign": "Bits a letter or byte, ends shared out",
    "log_likelihood": "Log-likelihood a letter",
    "lddt": "lDDT-CA",
    "drmsd": "dRMSD",
    "tm_score": "TM-score",
    "contact_precision": "Precision of the top L contacts",
    "contact_precision_fifth": "Precision of the top L/5 contacts",
    "mae": "Mean absolute error",
    "rmse": "Root mean squared error",
    "r2": "R²",
    "coverage": "Coverage",
    "interval_width": "Width of interval",
    "set_size": "Size of prediction set",
}


RELATIVES = {"homology": "families of relatives", "partners": "both things of each pair"}  # by scheme, what is resampled whole
METHODS = {"shapley": "Shapley values", "grad_cam": "Grad-CAM", "integrated_gradients": "integrated gradients"}


def model(name: str, task: str = "") -> str:
    """`iatros` is the neural network; a single input is named as such; a value's prevalence is its mean."""
    if name == PREVALENCE and task in ("value", "next"):
        return "the mean alone" if task == "value" else "letter frequencies alone"
    if name == f"{ENSEMBLE}{SEEDS}":
        return "one network alone (mean over seeds)"
    if name.startswith("input:"):
        return f"network on {name.removeprefix('input:')} alone"
    return {ENSEMBLE: "neural network", PREVALENCE: "prevalence alone", "existing": "score in use"}.get(
        name, name.replace("_", " ")
    )


def kind(form: Form) -> str:
    """What a form's classes are: classes, labels, or classes of a position."""
    return {"labels": "label", "residues": "class at each position"}.get(form.task, "class")


def capital(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def group(name: str) -> str:
    """`sex=F` is F; everyone is everyone."""
    return bare(name.partition("=")[2]) if "=" in name else name or "Everyone"


def spoken(text: str) -> str:
    """Words of a check or a probe as one would print them: quotation marks, a true minus, `36%`."""
    quoted = re.sub(r"`([^`]*)`|\"([^\"]*)\"", lambda found: f"“{bare(found.group(1) or found.group(2) or '')}”", text)
    signed = re.sub(r"(?<![\w.])-(?=0\.0+\b)(?!0\.0*[1-9])", "", quoted)
    return re.sub(r"(?<=\d) %", "%", re.sub(r"(?<![\w.])-(?=[\d.])", MINUS, signed))


def found(finding: Finding) -> str:
    """What a check saw, with its column before it where the words do not name it."""
    told = SAID[finding.check](finding) if finding.check in SAID else spoken(finding.what)
    return capital(told) if not finding.column or finding.column in told else f"{capital(finding.column)}: {told}"


def _few(finding: Finding) -> str:
    first = spoken(finding.what).partition(":")[0]
    place = f" ({finding.source.partition(': ')[2]})" if ": " in finding.source else ""
    return f"Few for so many inputs{place}: {first}"


def _giving_away(finding: Finding) -> str:
    names = re.findall(r"`([^`]*)` \.\d", finding.what)
    told = ", ".join(f"“{name}”" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"The outcome can nearly be read off {told or 'one input'}: was it known before the outcome was?"


SAID: dict[str, Callable[[Finding], str]] = {  # check -> what it saw, as a doctor would say it
    "small_sample": _few,
    "gives_away": _giving_away,
    "code": lambda finding: f"{counted(finding.count, 'cell holds', 'cells hold')} a code for a missing value",
    "identifier": lambda finding: "left out, as it looks like a number that names people",
    "near_duplicates": lambda finding: f"{spoken(finding.what)}, kept on one side of each split",
}


def why(check: MethodCheck) -> str:
    """Why a method of explanation passed or failed, without the verdict that stands beside it."""
    return spoken(re.sub(r"^(Passed|Failed) its check(, do not rely on it)?: ", "", check.why))


def explanations(method: str) -> str:
    """What a method makes: maps of pictures, or shares of columns."""
    return "shares by Shapley values" if method == "shapley" else f"maps by {METHODS.get(method, method.replace('_', ' '))}"


def setting(reading: Reading, name: str) -> str:
    """Where the cases judged by this scheme come from, seen from the model."""
    return scheme(name, reading.sited, units(reading))


def resampled(reading: Reading) -> str:
    """What each resample draws whole."""
    main = {view.main for view in reading.views}
    if len(main) == 1 and (told := RELATIVES.get(*main)):
        return told
    return RELATIVES["partners"] if reading.part("record", "data").get("pairs") else units(reading)


def singly(reading: Reading) -> bool:
    """Has each unit that is resampled one case, so that proportions have Wilson's intervals?"""
    told = reading.part("record", "data")
    of_cases = not reading.views or any(view.form.task not in OF_POSITIONS for view in reading.views)
    return of_cases and resampled(reading) == units(reading) and told.get("cases") == told.get("patients")


def scheme(name: str, sited: bool, who: str = "patients") -> str:
    """The same, where no run is at hand."""
    if name == UNSEEN:
        return "hospital not seen in training"
    if name == "time":
        return f"later {who}"
    if name == "homology":
        return "families of sequences not seen in training"
    if name == "partners":
        return "pairs of things not seen in training"
    if name == "external":
        return "as the tables give them"
    return "hospital seen in training" if sited else f"{who} not seen in training"


def people(reading: Reading, one: bool = False) -> str:
    """Patients, where a case is one; else cases, or what sequences are."""
    told = reading.part("record", "data")
    cases, patients = told.get("cases"), told.get("patients")
    word = unit(reading) if cases is None or patients is None or cases == patients else "case"
    return word if one else word + "s"


def unit(reading: Reading) -> str:
    """What is dealt out and resampled: patients, but proteins, molecules ... where sequences were given without patients."""
    if reading.part("study", "cases").get("patient"):
        return "patient"
    inputs = reading.part("study", "inputs")
    read = [
        alphabet_of(reading, name, one)
        for name, one in inputs.items()
        if isinstance(one, dict) and one.get("kind") == "sequence"
    ]
    read = [alphabet for alphabet in read if alphabet != "text"]
    if not read:
        return "patient"
    if len(read) == 2 and (read[0] == read[1] or reading.part("record", "data").get("pairs")):
        return "pair"
    return UNITS.get(read[0], "sequence") if len(read) == 1 else "case"


def alphabet_of(reading: Reading, name: str, said: Mapping[str, Any]) -> str:
    """What an input is written in: as the study says, or as the run found."""
    alphabet = str(said.get("alphabet", "auto"))
    if alphabet != "auto":
        return alphabet
    plan = reading.plans.get(name)
    return str(plan.get("alphabet", alphabet)) if isinstance(plan, Mapping) else alphabet


def units(reading: Reading) -> str:
    """More than one."""
    return unit(reading) + "s"


UNITS = {"protein": "protein", "smiles": "molecule"}


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


def of_all(some: int, whole: int, one: str, many: str = "") -> str:
    """`3 of 4 hospitals are`, `1 of 4 hospitals is`, `none of 4 hospitals is`."""
    return f"{some or 'none'} of {counted(whole, one, many)} {'is' if some < 2 else 'are'}"


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
