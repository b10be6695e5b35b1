"""Evaluate: a run on another hospital's cases, or anybody's predictions.

In: a run and labelled cases, or a table with truth and scores. Out: `Judged`: figures, drift, local recalibration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.anchors import anchor_of
from iatros.cases import Cases, codes, read
from iatros.checks import Findings, paired
from iatros.evaluation import Results, Settings
from iatros.evaluation import evaluate as evaluate_table
from iatros.evaluation.external import from_table
from iatros.findings import Finding, from_source
from iatros.metrics.recalibration import fit_intercept, fit_platt
from iatros.predictions import ENSEMBLE, LOCAL_INTERCEPT, LOCAL_SLOPE, Form
from iatros.results import MetricRow
from iatros.splits.deal import deal
from iatros.workflow.cohort import cells_of
from iatros.workflow.learned_from import learned_from
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.predict import Predicted, predicted
from iatros.workflow.scoring import with_relatives

CROSS_FITS = 5  # parts: each is recalibrated by what the others say, so that the recalibrated figures are honest
SAID = {"auroc_within_sites": "AUROC within sites", "observed_expected": "observed/expected", "brier": "Brier score"}
ABBREVIATED = {"auroc", "auprc", "ppv", "npv", "f1", "mae", "rmse", "r2"}
OFF_SCREEN = {"net_benefit", "true_positives", "false_positives", "true_negatives", "false_negatives"}
DRIFT_SHOWN = 8


@dataclass(frozen=True)
class Local:
    """Recalibration in a new hospital. intercept: shift alone; slope, slope_intercept: of logistic recalibration."""

    target: str
    intercept: float
    slope: float
    slope_intercept: float


@dataclass(frozen=True)
class Judged:
    """results: target -> figures and curves; drift: features by how far they moved; local: recalibration, if asked for."""

    results: Mapping[str, Results]
    forms: Mapping[str, Form]
    findings: tuple[Finding, ...]
    tables: Mapping[str, pl.DataFrame]
    drift: pl.DataFrame | None = None
    unusual: int = 0
    local: tuple[Local, ...] = ()

    @property
    def metrics(self) -> list[MetricRow]:
        """All figures."""
        return [row for result in self.results.values() for row in result.rows]

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "metrics": [row.model_dump(mode="json") for row in self.metrics],
            "drift": self.drift.to_dicts() if self.drift is not None else [],
            "unusual_cases": self.unusual,
            "recalibration": [{name: getattr(one, name) for name in Local.__dataclass_fields__} for one in self.local],
        }

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """For the screen."""
        told: list[str] = []
        for name, result in self.results.items():
            told += _metric_lines(name, result.rows)
        for one in self.local:
            told += [f"local recalibration of {one.target}: add {one.intercept:+.3f} to every log-odds, or "
                     f"{one.slope_intercept:+.3f} + {one.slope:.3f} x log-odds", ""]  # fmt: skip
        if self.drift is not None:
            told += _drift_lines(self.drift, self.unusual)
        return told


def evaluate(run: Run | str | Path, cases: Any, *, recalibrate: bool = False) -> Judged:
    """Judge a run on cases of another hospital (external validation). The run itself is not changed."""
    return evaluate_run(run if isinstance(run, Run) else open_run(run), cases, recalibrate=recalibrate)


def evaluate_run(run: Run, cases: Any, *, recalibrate: bool = False, folder: Path = Path()) -> Judged:
    """See `evaluate`. folder: where the table's relative path starts."""
    new = predicted(run, cases, folder=folder)
    findings = [*learned_from(run, new.cases), *new.findings]
    forms, tables = run.forms(), dict[str, pl.DataFrame]()
    for name, target in run.study.targets.items():
        cells = cells_of(new.cases, target)
        findings += from_source(target.check(cells), name, cells.file)
        packed = target.pack(cells, run.plans[name], new.packs[anchor_of(target, run.study.inputs)])
        findings += from_source(packed.findings, name, cells.file)
        scored = new.tables[name]
        rows = scored["case"].to_numpy()
        known = packed.present[rows]
        truth = target.truth_columns(packed, rows)
        tables[name] = _with_context(run, new, scored, truth).filter(pl.Series(known))
    local: tuple[Local, ...] = ()
    if recalibrate:
        tables, local = _recalibrated(tables, forms)
    said = run.study.evaluation
    settings = Settings(resamples=said.resamples, small_counts=said.small_counts)
    findings = [f for f in findings if f.severity != "error"]
    results = {name: evaluate_table(table, forms[name], settings=settings, target=name) for name, table in tables.items()}
    familiar = new.familiar
    return Judged(results, forms, Findings(findings), tables, familiar.drift, int(familiar.unusual.sum()), local)


def evaluate_predictions(
    path: Path | str | pl.DataFrame,
    *,
    truth: str | None = None,
    score: str | None = None,
    positive: str | None = None,
    threshold: float | None = None,
) -> Judged:
    """Judge a table of any program's predictions: it needs truth and score columns, and the rest is taken where it is found."""
    given = read(path, Path())
    table, form, findings = from_table(given.frame, truth=truth, score=score, positive=positive, threshold=threshold)
    findings = [*given.findings, *from_source(findings, "", given.file)]
    name = form.name or "outcome"
    return Judged(
        {name: evaluate_table(table, form, settings=Settings(), target=name)}, {name: form}, Findings(findings), {name: table}
    )


def _with_context(run: Run, predicted: Predicted, scored: pl.DataFrame, truth: Mapping[str, Any]) -> pl.DataFrame:
    cases, rows = predicted.cases, scored["case"].to_numpy()
    patients = _patients(run, cases)
    alone = len(np.unique(patients)) == len(patients)
    scored = with_relatives(scored, paired(run.study.inputs, predicted.packs) if alone else None)
    return scored.with_columns(
        patient=pl.Series([f"p{code}" for code in patients[rows]]),
        scheme=pl.lit("external"),
        repeat=pl.lit(0, pl.Int64),
        fold=pl.lit(0, pl.Int64),
        seed=pl.lit(None, pl.Int64),
        part=pl.lit("test"),
        model=pl.lit(ENSEMBLE),
        **_site(run, cases, rows),
        **{name: pl.Series(values) if not isinstance(values, pl.Series) else values for name, values in truth.items()},
    ).drop("row")


def _patients(run: Run, cases: Cases) -> NDArray[np.int64]:
    column = run.study.cases.patient
    return codes(cases, column if column in cases.frame.columns else None).values


def _site(run: Run, cases: Cases, rows: NDArray[np.int64]) -> dict[str, pl.Series]:
    column = run.study.cases.site
    if column is None or column not in cases.frame.columns:
        return {}
    return {"site": cases.frame[column].cast(pl.String)[rows]}


def _recalibrated(
    tables: Mapping[str, pl.DataFrame], forms: Mapping[str, Form]
) -> tuple[dict[str, pl.DataFrame], tuple[Local, ...]]:
    """Beside the model as it is, the model with local intercept, and with intercept and slope, cross-fitted by patient."""
    made, local = {}, list[Local]()
    for name, table in tables.items():
        made[name] = table
        truth = table["truth"].to_numpy() if forms[name].binary else np.zeros(0)
        if not forms[name].binary or len(np.unique(truth)) < 2:
            continue
        risk, flag = table["score"].to_numpy(), truth.astype(bool)
        shift, line = fit_intercept(risk, flag), fit_platt(risk, flag)
        local.append(Local(name, shift.intercept, line.slope, line.intercept))
        group = table["patient"].rank("dense").to_numpy().astype(np.int64)
        part = deal(group, flag.astype(np.int64), [1] * CROSS_FITS, np.random.default_rng(0))
        blocks = [table]
        for title, fitted in ((LOCAL_INTERCEPT, fit_intercept), (LOCAL_SLOPE, fit_platt)):
            moved = np.empty_like(risk)
            for i in range(CROSS_FITS):
                inside = part == i
                moved[inside] = fitted(risk[~inside], flag[~inside])(risk[inside])
            blocks.append(table.with_columns(score=pl.Series(moved), model=pl.lit(title)))
        made[name] = pl.concat(blocks, how="diagonal")
    return made, tuple(local)


def _metric_lines(name: str, rows: list[MetricRow]) -> list[str]:
    overall = [row for row in rows if row.overall and not row.against and _on_screen(row)]
    first = next((row for row in overall if row.cases), None)
    counted = f", {first.cases:,} cases" + (f", {first.events:,} events" if first.events is not None else "") if first else ""
    told = [f"{name}{counted}"]
    for row in overall:
        at = f" at {row.threshold:.3g} ({row.rule})" if row.threshold is not None else ""
        model = f"{row.model}: " if row.model != ENSEMBLE else ""
        if row.value is None:
            told.append(f"  {model}{_title(row)}{at}: withheld, {row.withheld}")
        else:
            interval = f" [{row.low:.3f}, {row.high:.3f}]" if row.low is not None and row.high is not None else ""
            told.append(f"  {model}{_title(row)}{at}: {row.value:.3f}{interval}")
    return [*told, ""]


def _on_screen(row: MetricRow) -> bool:
    """Counts, and the rows of a whole table of thresholds, are for `--json`."""
    return row.rule != "table" and row.metric not in OFF_SCREEN


def _title(row: MetricRow) -> str:
    return SAID.get(row.metric) or (row.metric.upper() if row.metric in ABBREVIATED else row.metric.replace("_", " "))


def _drift_lines(drift: pl.DataFrame, unusual: int) -> list[str]:
    moved = drift.filter(pl.col("verdict") != "stable")
    cases = "1 case is" if unusual == 1 else f"{unusual:,} cases are"
    told = [f"{len(moved):,} of {len(drift):,} features have moved; {cases} unlike the training cases"]
    for row in moved.head(DRIFT_SHOWN).to_dicts():
        shift = f"{row['shift_sd']:+.2f} sd" if row["shift_sd"] is not None else "not measured"
        absent = f"missing {row['training_missing']:.0%} -> {row['new_missing']:.0%}"
        told.append(f"  {row['feature']:32} {row['verdict']:17} mean {shift}, {absent}")
    return told
