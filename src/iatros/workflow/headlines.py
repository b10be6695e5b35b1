"""The figures that a person wants first: models by metrics, and whether the network is better. In: figures. Out: words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iatros.evaluation.headline import METRICS
from iatros.evaluation.learning import CURVE
from iatros.predictions import Form
from iatros.results import MetricRow

COLUMNS = {
    "binary": (("auroc", "AUROC"), ("brier", "Brier"), ("calibration_slope", "calibration slope")),
    "class": (("auroc", "AUROC (macro)"), ("accuracy", "accuracy"), ("log_loss", "log loss")),
    "labels": (("auroc", "AUROC (macro)"), ("auprc", "AUPRC (macro)"), ("brier", "Brier")),
    "next": (("perplexity", "perplexity"), ("bits", "bits a letter"), ("accuracy", "accuracy")),
    "residues": (("accuracy", "accuracy"), ("auroc", "AUROC (macro)"), ("log_loss", "log loss")),
    "structure": (("lddt", "lDDT-CA"), ("drmsd", "dRMSD"), ("contact_precision", "contacts")),
    "value": (("mae", "MAE"), ("rmse", "RMSE"), ("r2", "R2")),
}
SCHEME_WORDS = {
    "sites": "hospital not seen", "time": "later cases", "homology": "family not seen", "partners": "things not seen",
}  # fmt: skip


@dataclass(frozen=True)
class Headlines:
    """One scheme. where: in words, "" for the plain one; titles: of the metrics; models: (name, one cell a metric)"""

    scheme: str
    where: str
    titles: tuple[str, ...]
    models: tuple[tuple[str, tuple[str, ...]], ...]


def headlines(metrics: Sequence[MetricRow], target: str, form: Form) -> list[Headlines]:
    """One a scheme of the target: value and interval of each model."""
    columns = COLUMNS[form.judged_as]
    made = []
    for scheme in dict.fromkeys(row.scheme for row in metrics if row.target == target):
        rows = [row for row in metrics if row.target == target and row.scheme == scheme and not row.against and _main(row)]
        rows = [row for row in rows if not row.model.startswith(f"{CURVE}:")]  # of the learning curve, which the report draws
        cells = {(row.model, row.metric): cell(row) for row in rows}
        models = tuple(
            (model, tuple(cells.get((model, metric), "") for metric, _ in columns))
            for model in dict.fromkeys(row.model for row in rows)
        )
        made.append(Headlines(scheme, SCHEME_WORDS.get(scheme, ""), tuple(title for _, title in columns), models))
    return made


def verdict(metrics: Sequence[MetricRow], target: str, form: Form, chosen: str, scheme: str) -> str:
    """Is the network better than the simple model that inner folds chose? By the paired interval under this scheme."""
    metric = METRICS.get(form.task, "auroc")
    paired = [row for row in metrics if (row.target, row.scheme, row.against) == (target, scheme, chosen) and _main(row)]
    for row in paired:
        if row.model == "iatros" and row.metric == metric:
            if row.value is None or row.low is None or row.high is None:
                break
            better = "the network is better" if row.low > 0 else "the simple model is better" if row.high < 0 else ""
            told = better or "no proof that the network is better"
            return f"difference to {chosen}: {row.value:+.3f} [{row.low:+.3f}, {row.high:+.3f}]: {told}"
    return "difference to a simple model: not measured"


def cell(row: MetricRow) -> str:
    """`.912 [.880, .944]`, or that it is withheld."""
    if row.value is None:
        return "withheld" if row.withheld else ""
    interval = f" [{_short(row.low)}, {_short(row.high)}]" if row.low is not None and row.high is not None else ""
    return f"{_short(row.value)}{interval}"


def _main(row: MetricRow) -> bool:
    return row.overall and row.threshold is None and row.part == "test"


def _short(value: float | None) -> str:
    text = f"{value:.3f}" if value is not None else ""
    return text.removeprefix("0") if text.startswith("0.") else text
