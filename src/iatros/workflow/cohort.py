"""From the study's cases to what the rest of the way reads: cells by source, patients, sites, times and weights as arrays.

In: a study's [cases] section and its sources. Out: `Cohort`, and findings about the columns that the study names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import PolarsError

from iatros.cases import Cases, FlowStep, codes, include, read
from iatros.contracts import Cells, Source, SplitCases, Target
from iatros.findings import Finding, InputError, some_rows
from iatros.packed import Packed
from iatros.registry import did_you_mean
from iatros.study import Study

MOST_GROUPS = 12  # a text column with more values than this is not cut into subgroups
NUMBER_GROUPS = 4


@dataclass(frozen=True)
class Cohort:
    """The cases of a study, M of them.

    patient: [M] codes, one a patient; site: [M] names or None; time: [M] seconds or None; weight: [M], 1 where there are none
    """

    cases: Cases
    patient: NDArray[np.int64]
    site: tuple[str | None, ...] | None
    time: NDArray[np.float64] | None
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.cases.rows)

    def take(self, rows: NDArray[np.int64]) -> Cohort:
        """Some of the cases."""
        site = None if self.site is None else tuple(self.site[i] for i in rows)
        time = None if self.time is None else self.time[rows]
        return Cohort(self.cases.take(rows), self.patient[rows], site, time, self.weight[rows])

    def for_split(self, strata: NDArray[np.int64], columns: Sequence[str]) -> SplitCases:
        """What a split may see."""
        told = {name: _texts(self.cases.frame[name]) for name in columns}
        return SplitCases(self.patient, strata, self.cases.rows, self.cases.file, self.site, self.time, told)


def gather(study: Study, folder: Path, *, sources: Mapping[str, Source] | None = None) -> tuple[Cohort, list[Finding]]:
    """Read the cases, apply the inclusion rule, and look up every column that the study names. Raises InputError."""
    cases = read(study.cases.table, folder)
    named = sources if sources is not None else {**study.inputs, **study.targets}
    _columns_exist(cases, study, named)
    if study.cases.where:
        cases = include(cases, study.cases.where)
    findings = list(cases.findings)
    if not len(cases.rows):
        what = "no case is left" if study.cases.where else "there are no cases"
        raise InputError(Finding("error", what, "check the inclusion rule `where`, or the table", file=cases.file))
    patient, more = _patients(cases, study.cases.patient)
    findings += more
    weight, more = _weights(cases, study.cases.weight)
    findings += more
    time, more = _times(cases, study.cases.time)
    findings += more
    site = tuple(_texts(cases.frame[study.cases.site])) if study.cases.site else None
    return Cohort(cases, patient, site, time, weight), findings


def cells_of(cases: Cases, source: Source) -> Cells:
    """The columns that a source reads."""
    return source.located(cases.cells(source.columns_used()))


def without_rows(cohort: Cohort, rows: set[int], why: str = "set aside by checks") -> tuple[Cohort, NDArray[np.int64]]:
    """The cohort without these rows of the file, and the positions that stay."""
    stay = np.flatnonzero(~np.isin(cohort.cases.rows, list(rows)))
    left = cohort.take(stay)
    out = len(cohort) - len(stay)
    step = FlowStep(why, len(cohort), out)
    return (replace(left, cases=replace(left.cases, flow=(*left.cases.flow, step))) if out else left), stay


def pooled_strata(targets: Mapping[str, Target], truths: Mapping[str, Packed], count: int) -> NDArray[np.int64]:
    """[M] one stratum a case for splits: the first target's, since balance over all at once is out of reach of small data."""
    for name, target in targets.items():
        strata = target.strata(truths[name])
        if strata is not None:
            return np.asarray(strata, np.int64)
    return np.full(count, -1, np.int64)


def subgroups(cohort: Cohort, columns: Sequence[str]) -> dict[str, list[str | None]]:
    """Subgroups by column: values of text, quarters of numbers named by their range."""
    found: dict[str, list[str | None]] = {}
    for name in columns:
        column = cohort.cases.frame[name]
        numbers = column.cast(pl.Float64, strict=False)
        if column.n_unique() > MOST_GROUPS and numbers.null_count() <= column.null_count() + 0.05 * len(column):
            found[name] = _quarters(numbers.to_numpy())
        else:
            found[name] = _texts(column)
    return found


def _quarters(values: NDArray[Any]) -> list[str | None]:
    known = values[np.isfinite(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, NUMBER_GROUPS + 1))) if len(known) else np.array([0.0])
    names = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    if not names:
        return [f"{value:g}" if np.isfinite(value) else None for value in values]
    at = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(names) - 1)
    return [names[i] if np.isfinite(value) else None for i, value in zip(at, values, strict=True)]


def _columns_exist(cases: Cases, study: Study, sources: Mapping[str, Source]) -> None:
    known = cases.frame.columns
    wanted = [(f"[cases] names `{name}`", name, "") for name in study.cases.columns_used()]
    wanted += [(f"`{source}` reads `{name}`", name, source) for source, kind in sources.items() for name in kind.columns_used()]
    wanted += [(f"[split] names `{name}`", name, "") for split in study.split.schemes() for name in split.columns_used()]
    judged = [*study.evaluation.groups, *filter(None, (study.evaluation.existing, study.evaluation.identity))]
    wanted += [(f"[evaluation] names `{name}`", name, "") for name in judged]
    for who, name, source in wanted:
        if name not in known:
            what = f"{who}, and there is no such column{did_you_mean(name, known)}"
            listed = ", ".join(f"`{column}`" for column in known[:12]) + (", …" if len(known) > 12 else "")
            raise InputError(Finding("error", what, f"columns here: {listed}", file=cases.file, column=name, source=source))
        if not source and cases.frame[name].dtype.is_nested():
            what = f"{who}, which holds {cases.frame[name].dtype} in each cell"
            raise InputError(Finding("error", what, "name a column with one value a cell", file=cases.file, column=name))


def _patients(cases: Cases, column: str | None) -> tuple[NDArray[np.int64], list[Finding]]:
    if column is None:
        return np.arange(len(cases.rows), dtype=np.int64), [
            Finding("note", "no column of patient ids: each row is taken as one patient", "name one as `patient` in [cases]",
                    file=cases.file, check="patient"),
        ]  # fmt: skip
    found = codes(cases, column)
    return found.values, list(found.findings)


def _weights(cases: Cases, column: str | None) -> tuple[NDArray[np.float64], list[Finding]]:
    if column is None:
        return np.ones(len(cases.rows)), []
    values = cases.frame[column].cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if len(bad) == 0:
        return values, []
    rows = tuple(int(row) for row in cases.rows[bad])
    what = f"{len(bad)} sampling weights are not positive numbers"
    return np.where(np.isin(np.arange(len(values)), bad), 1.0, values), [
        Finding("aside", what, "write a positive weight", file=cases.file, rows=rows, column=column, check="weight")
    ]


def _times(cases: Cases, column: str | None) -> tuple[NDArray[np.float64] | None, list[Finding]]:
    if column is None:
        return None, []
    series = cases.frame[column]
    if series.dtype == pl.String:
        parsed = _datetimes(series)
        numbers = series.cast(pl.Float64, strict=False)
        series = parsed if parsed.null_count() < numbers.null_count() else numbers
    if series.dtype.is_temporal():
        series = series.cast(pl.Datetime("ms")).cast(pl.Int64)
    values = series.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad) == 0:
        return values, []
    rows = tuple(int(row) for row in cases.rows[bad])
    what = f"{len(bad)} times cannot be read ({some_rows(rows)})"
    return values, [
        Finding("aside", what, "write dates as 2024-01-31", file=cases.file, rows=rows, column=column, check="time")
    ]


def _datetimes(texts: pl.Series) -> pl.Series:
    """Text as times; null where a cell is none, which may be all of them."""
    try:
        return texts.str.to_datetime(strict=False)
    except PolarsError:  # no format fits the first cells
        return pl.Series(texts.name, [None] * len(texts), pl.Datetime("us"))


def _texts(column: pl.Series) -> list[str | None]:
    texts: list[str | None] = column.cast(pl.String, strict=False).to_list()
    return texts
