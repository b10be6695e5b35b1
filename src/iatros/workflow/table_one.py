"""Table 1: who the patients were, by outcome; and what was not measured, by site.

In: an examined study. Out: rows for the report, as text, without identifiers. Codes and impossible values that a table's plan
takes as missing are missing here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.contracts import Tokens
from iatros.modalities import table_plan
from iatros.modalities.table_plan import ColumnPlan
from iatros.workflow.examine import Examined

MOST_VALUES = 8  # a text column with more values than this is summed up by its most frequent ones
MOST_COLUMNS = 40


def rows(examined: Examined) -> list[dict[str, Any]]:
    """[{name, kind, rows: [{label, all, by_outcome, missing}], outcomes, sizes}], one entry a column."""
    outcome, names = _outcome(examined)
    sizes = [int((outcome == code).sum()) for code in range(len(names))]
    plans, written, found = _plans(examined), _written(examined), list[dict[str, Any]]()
    for column in _columns(examined)[:MOST_COLUMNS]:
        series = cleaned(examined.cohort.cases.frame[column], plans.get(column))
        if column in written:
            series = series.cast(pl.String).str.len_chars().alias(f"{column} (letters)")
        measured = series.dtype.is_numeric()
        made = _of_numbers(series.name, series, outcome, names) if measured else _of_values(series, outcome, names)
        kind = "number" if measured else "category"
        found.append({"name": series.name, "kind": kind, "rows": made, "outcomes": names, "sizes": sizes})
    return found


def missing(examined: Examined, most: int) -> dict[str, Any]:
    """{columns, sites, share [columns][sites]}; without sites, one column "all"."""
    cohort, columns, plans = examined.cohort, _columns(examined)[:most], _plans(examined)
    sites = sorted({s for s in cohort.site if s is not None}) if cohort.site else ["all"]
    where = np.array([s or "" for s in cohort.site]) if cohort.site else np.full(len(cohort), "all")
    share = []
    for column in columns:
        absent = cleaned(cohort.cases.frame[column], plans.get(column)).is_null().to_numpy()
        share.append([round(float(absent[where == site].mean()), 4) for site in sites])
    return {"columns": columns, "sites": sites, "share": share}


def cleaned(column: pl.Series, planned: ColumnPlan | None) -> pl.Series:
    """[M] cells as the model sees them, null where missing: float64 for amounts, text for names of classes."""
    if planned is not None and planned.kind in ("number", "category", "boolean"):
        values = pl.Series(column.name, table_plan.read(column, planned).values).fill_nan(None)
        if planned.kind == "number":
            return values
        words = {float(code): word for code, word in enumerate(planned.vocabulary, 1)}
        return values.replace_strict(words, default=None, return_dtype=pl.String)
    numbers = column.cast(pl.Float64, strict=False) if column.dtype != pl.Boolean else pl.Series([None] * len(column))
    if numbers.null_count() <= column.null_count() + 0.1 * len(column) and numbers.n_unique() > MOST_VALUES:
        return numbers.fill_nan(None)
    return column.cast(pl.String)


def _plans(examined: Examined) -> Mapping[str, ColumnPlan]:
    """How each column of a table is read; other inputs have no such plan."""
    plans = (examined.plans[name] for name in examined.study.inputs)
    return {column.name: column for plan in plans for column in getattr(plan, "columns", ()) if isinstance(column, ColumnPlan)}


def _written(examined: Examined) -> set[str]:
    """Columns of sequences and texts: their lengths are told and never what they say, which may name people."""
    inputs = examined.study.inputs.values()
    return {column for modality in inputs if modality.layout is Tokens for column in modality.columns_used()}


def _columns(examined: Examined) -> list[str]:
    """The columns of all inputs that hold plain values."""
    frame = examined.cohort.cases.frame
    arrays = examined.cohort.cases.arrays
    named = [c for m in examined.study.inputs.values() if not m.files for c in m.columns_used() if c not in arrays]
    return [column for column in dict.fromkeys(named) if column in frame.columns]


def _outcome(examined: Examined) -> tuple[NDArray[np.int64], list[str]]:
    """Each case's stratum of the first target, and the strata's names; a value has none."""
    name, form = next(iter(examined.forms().items()))
    strata = examined.study.targets[name].strata(examined.truths[name])
    if form.task != "class" or strata is None:
        return np.full(len(examined.cohort), -1), []
    return np.asarray(strata), list(form.classes)


def _of_numbers(column: str, numbers: pl.Series, outcome: NDArray[np.int64], names: Sequence[str]) -> list[dict[str, Any]]:
    values = numbers.cast(pl.Float64).to_numpy()
    by = [_quartiles(values[outcome == code]) for code in range(len(names))]
    absent = _share(int(np.isnan(values).sum()), len(values))
    return [{"label": column, "all": _quartiles(values), "by_outcome": by, "missing": absent}]


def _of_values(series: pl.Series, outcome: NDArray[np.int64], names: Sequence[str]) -> list[dict[str, Any]]:
    counts = series.drop_nulls().value_counts(sort=True)
    shown = counts[series.name].to_list()[:MOST_VALUES]
    known = series.is_not_null().to_numpy()
    absent = _share(int((~known).sum()), len(series))
    made = []
    for value in shown:
        has = (series == value).fill_null(False).to_numpy()
        by = [_share(int((has & (outcome == c)).sum()), int((known & (outcome == c)).sum())) for c in range(len(names))]
        made.append(
            {"label": str(value)[:40], "all": _share(int(has.sum()), int(known.sum())), "by_outcome": by, "missing": absent}
        )
    return made


def _quartiles(values: NDArray[np.float64]) -> str:
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return "not measured"
    low, middle, high = (short(float(value)) for value in np.quantile(known, [0.25, 0.5, 0.75]))
    return f"{middle} ({low} to {high})"


def short(value: float) -> str:
    """Three significant digits, all digits before the point: `267`, `0.0959`, `1,303`; a true minus."""
    decimals = 0 if abs(value) >= 100 else 2 - int(np.floor(np.log10(abs(value)))) if value else 0
    text = f"{abs(value):,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"−{text}" if value < 0 and text != "0" else text


def _share(some: int, total: int) -> str:
    return f"{some:,} ({_percent(some / total)})" if total else "0"


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{100 * share:.0f}%"
