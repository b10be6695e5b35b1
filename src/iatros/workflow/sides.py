"""What is compared: the test predictions of a finished run, or of any other program.

In: a run's folder, or a table of predictions. Out: a `Side`. Nothing here needs the networks, so nothing imports torch.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from iatros.cases import read
from iatros.evaluation.external import from_table
from iatros.findings import Finding, InputError, from_source
from iatros.predictions import ENSEMBLE, Form
from iatros.runs import RunFolder, changed, finished_run, read_json

KEYS = ("row", "case", "case_id")  # columns by which another program says which case it scored, best first
SPREADSHEET = "row"  # key of a case by its row of the user's file
POSITION = "position"  # key of a case by its place among the run's cases, or by its line in a table without a key


@dataclass(frozen=True)
class Side:
    """One of those compared.

    name:   as the screen calls it; path: where it lies
    tables: target -> its test rows as `iatros.predictions` describes, with `key`: which case of the data this is
    by:     what the key is: "row" of the user's file, a column of the table, or the position
    record, study: of a run, as they lie in its folder; empty for another program
    """

    name: str
    path: Path
    forms: Mapping[str, Form]
    tables: Mapping[str, pl.DataFrame]
    by: str
    record: Mapping[str, Any] = field(default_factory=dict)  # Any: JSON
    study: Mapping[str, Any] = field(default_factory=dict)  # Any: TOML
    findings: tuple[Finding, ...] = ()

    @property
    def is_run(self) -> bool:
        """A run of ours, not another program's table."""
        return bool(self.study)


@dataclass(frozen=True)
class Columns:
    """Which columns of another program's table hold what, where their names do not say."""

    truth: str | None = None
    score: str | None = None
    positive: str | None = None


def side(path: Path | str, columns: Columns = Columns()) -> Side:
    """Read a run's folder or a table of predictions. Raises InputError where there is neither."""
    place = Path(path)
    return _of_run(place) if place.is_dir() else _of_table(place, columns)


def _of_run(path: Path) -> Side:
    folder = finished_run(path)
    record = read_json(folder.record)
    forms = {name: Form.model_validate(told["form"]) for name, told in record.get("targets", {}).items()}
    rows = _rows(folder)
    tables = {name: _keyed(pl.read_parquet(folder.predictions(name)), rows) for name in forms}
    study = tomllib.loads(folder.study.read_text("utf-8"))
    return Side(path.name, path, forms, tables, POSITION if rows is None else SPREADSHEET, record, study, _damage(folder))


def _rows(folder: RunFolder) -> pl.DataFrame | None:
    """case -> row of the user's file; None for a run made before rows were kept."""
    folds = pl.read_parquet(folder.folds)
    return folds.select("case", "row").unique("case") if "row" in folds.columns else None


def _keyed(table: pl.DataFrame, rows: pl.DataFrame | None) -> pl.DataFrame:
    tested = table.filter((pl.col("part") == "test") & (pl.col("model") == ENSEMBLE))
    if rows is None:
        return tested.with_columns(key=pl.col("case").cast(pl.String))
    return tested.join(rows, on="case", how="left").with_columns(key=pl.col("row").cast(pl.String)).drop("row")


def _damage(folder: RunFolder) -> tuple[Finding, ...]:
    faults = changed(folder)
    if not faults:
        return ()
    listed = ", ".join(f"{name} {what}" for name, what in list(faults.items())[:3])
    todo = "compare runs whose files are as they were written"
    return (Finding("warning", f"files of this run are not as they were written: {listed}", todo, file=str(folder.path)),)


def _of_table(path: Path, columns: Columns) -> Side:
    given = read(path, Path())
    table, form, findings = from_table(
        given.frame, truth=columns.truth, score=columns.score, positive=columns.positive, file=given.file
    )
    by = next((name for name in KEYS if name in given.frame.columns), POSITION)
    keys = given.frame.select(key=pl.col(by).cast(pl.String)) if by != POSITION else None
    key = table["case"].cast(pl.String) if keys is None else keys["key"].gather(table["case"])
    table = table.with_columns(key=key)
    if "part" in table.columns:
        table = table.filter(pl.col("part") == "test")
    if "model" in table.columns:
        table = table.filter(pl.col("model") == _one_model(table, given.file))
    name = form.name or "outcome"
    found = tuple(from_source([*given.findings, *findings], "", given.file))
    return Side(path.name, path, {name: form}, {name: table}, by, findings=found)


def _one_model(table: pl.DataFrame, file: str) -> str:
    models = table["model"].unique(maintain_order=True).to_list()
    if ENSEMBLE in models or len(models) == 1:
        return ENSEMBLE if ENSEMBLE in models else str(models[0])
    what = f"this table holds {len(models)} models: {', '.join(map(str, models[:4]))}"
    raise InputError(Finding("error", what, "give a table of one model each", file=file, column="model"))
