"""Two models on the same cases: the figures of both, and what the second has more than the first.

In: a predictions table of two models. Out: `Pair`. Patients are resampled whole and both models share the resamples.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from iatros.evaluation.evaluate import evaluate
from iatros.evaluation.settings import Settings
from iatros.predictions import ENSEMBLE, Form
from iatros.results import MetricRow

FIRST = "first"  # `model` of the first in the table; the second is `iatros`, whose difference is taken
SIDED = {  # metrics of which more (or less) is better, by task: these have a difference
    "binary": ("auroc", "auprc", "brier", "log_loss", "sensitivity", "specificity", "net_benefit"),
    "class": ("auroc", "auprc", "accuracy", "balanced_accuracy", "brier", "log_loss"),
    "labels": ("auroc", "auprc", "brier", "log_loss"),
    "value": ("mae", "rmse", "r2"),
    "next": ("log_likelihood", "perplexity", "bits", "accuracy"),
    "structure": ("lddt", "drmsd", "tm_score", "contact_precision", "contact_precision_fifth"),
    "residues": ("accuracy", "balanced_accuracy", "auroc", "brier", "log_loss"),
}
BESIDE = {  # metrics that should be at one value: only shown side by side
    "binary": ("calibration_slope", "calibration_intercept", "observed_expected"),
    "class": (),
    "labels": (),
    "next": (),
    "residues": (),
    "structure": (),
    "value": ("bias", "coverage", "interval_width"),
}
POINTS = ("declared", "default")  # rules of the operating points at which both are judged


@dataclass(frozen=True)
class Pair:
    """One target and scheme. rows: figures of `first` and of `second`, and of second less first (`against` is first)."""

    first: str
    second: str
    target: str
    scheme: str
    form: Form
    cases: int
    patients: int
    events: int | None
    rows: tuple[MetricRow, ...]

    def difference(self, metric: str) -> MetricRow | None:
        """Second less first, on the same cases."""
        return next((row for row in self.rows if row.metric == metric and row.against), None)

    def figure(self, metric: str, model: str) -> MetricRow | None:
        """One model's own figure on the common cases."""
        return next((row for row in self.rows if row.metric == metric and row.model == model and not row.against), None)

    @property
    def sided(self) -> list[str]:
        """Metrics that have a difference, the headline first."""
        return [metric for metric in SIDED[self.form.judged_as] if self.difference(metric) is not None]

    @property
    def beside(self) -> list[str]:
        """Metrics that are only shown side by side."""
        return [metric for metric in BESIDE[self.form.judged_as] if self.figure(metric, self.first) is not None]


def paired(table: pl.DataFrame, form: Form, first: str, second: str, target: str, *, resamples: int = 2000) -> Pair:
    """Judge `iatros` (called `second`) beside FIRST (called `first`).

    table: as `iatros.predictions` describes, of one scheme and of cases that both models scored, with case and patient.
    """
    results = evaluate(table, form, settings=Settings(resamples=resamples, groups=()), target=target)
    names = {ENSEMBLE: second, FIRST: first}
    wanted = (*SIDED[form.judged_as], *BESIDE[form.judged_as])
    kept = [row for row in results.rows if row.metric in wanted and _main(row) and row.model in names]
    rows = [
        row.model_copy(update={"model": names[row.model], "against": names.get(row.against, "")})
        for row in kept
        if row.against in ("", FIRST) and not (row.against and row.metric in BESIDE[form.judged_as])
    ]
    events = next((row.events for row in rows if row.events is not None), None)
    cases, patients = table["case"].n_unique(), table["patient"].n_unique()
    return Pair(first, second, target, str(table["scheme"][0]), form, cases, patients, events, tuple(rows))


def _main(row: MetricRow) -> bool:
    return row.overall and (row.threshold is None or row.rule in POINTS)
