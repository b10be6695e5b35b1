"""Table 1: who the patients were, by outcome; and what was not measured, by site.

In: an examined study. Out: rows for the report, as text, from the cells as the file has them, without identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.workflow.examine import Examined

MOST_VALUES = 8  # a text column with more values than this is summed up by its most frequent ones
MOST_COLUMNS = 40


def rows(examined: Examined) -> list[dict[str, Any]]:
    """[{name, rows: [{label, all, by_outcome, missing}]}], one entry a column."""
    outcome, names = _outcome(examined)
    found = []
    for column in _columns(examined)[:MOST_COLUMNS]:
        series = examined.cohort.cases.frame[column]
        numbers = series.cast(pl.Float64, strict=False) if series.dtype != pl.Boolean else pl.Series([None] * len(series))
        measured = numbers.null_count() <= series.null_count() + 0.1 * len(series) and numbers.n_unique() > MOST_VALUES
        made = _of_numbers(column, numbers, outcome, names) if measured else _of_values(series.cast(pl.String), outcome, names)
        found.append({"name": column, "kind": "number" if measured else "category", "rows": made, "outcomes": names})
    return found


def missing(examined: Examined, most: int) -> dict[str, Any]:
    """{columns, sites, share [columns][sites]}; without sites, one column "all"."""
    cohort, columns = examined.cohort, _columns(examined)[:most]
    sites = sorted({s for s in cohort.site if s is not None}) if cohort.site else ["all"]
    where = np.array([s or "" for s in cohort.site]) if cohort.site else np.full(len(cohort), "all")
    share = []
    for column in columns:
        absent = cohort.cases.frame[column].is_null().to_numpy()
        share.append([round(float(absent[where == site].mean()), 4) for site in sites])
    return {"columns": columns, "sites": sites, "share": share}


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
    values = numbers.to_numpy()
    by = [_quartiles(values[outcome == code]) for code in range(len(names))]
    return [
        {
            "label": column,
            "all": _quartiles(values),
            "by_outcome": by,
            "missing": _share(int(np.isnan(values).sum()), len(values)),
        }
    ]


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
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    return f"{middle:.4g} ({low:.4g} to {high:.4g})"


def _share(some: int, total: int) -> str:
    return f"{some:,} ({100 * some / total:.0f}%)" if total else "0"
