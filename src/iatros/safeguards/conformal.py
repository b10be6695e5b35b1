"""`conformal`: predictions come with sets or intervals that hold the truth as often as promised."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Learned, Safeguard
from iatros.metrics.conformal import conformal_threshold, cqr_scores, lac_scores, residual_scores
from iatros.predictions import OF_POSITIONS, Form
from iatros.safeguards.predicted import codes, probabilities

if TYPE_CHECKING:
    import polars as pl


class ConformalFitted(Learned):
    """thresholds: one for all, or one a class; None: too few cases for a promise, everything is in the set."""

    thresholds: tuple[float | None, ...] = ()


class Conformal(Safeguard):
    """Split-conformal prediction: the column `set` of classes, or `low` and `high` of a value.

    The promise holds on average over cases like those of the calibration part. A recalibration fitted on that same part
    bends it by very little (one or two numbers against all its cases).
    """

    order: ClassVar[int] = 70
    Fitted: ClassVar[type[Learned]] = ConformalFitted

    kind: Literal["conformal"] = "conformal"
    coverage: float = Field(default=0.9, gt=0, lt=1)
    """How often the truth should be inside."""
    by_class: bool = False
    """Keep the promise within each class, so that rare classes are held as often as frequent ones; sets grow."""

    def learns(self, task: str) -> bool:
        """Of one class or value of a case."""
        return task != "labels" and task not in OF_POSITIONS

    def calibrate(self, form: Form, table: pl.DataFrame) -> ConformalFitted:
        """The threshold of non-conformity: an order statistic of the calibration part."""
        if not self.learns(form.task):
            return ConformalFitted()
        if form.task == "value":
            scores = _of_values(table)
            return ConformalFitted(thresholds=(_finite(conformal_threshold(scores, 1 - self.coverage)),))
        code = codes(form, table)
        scores = lac_scores(probabilities(form, table)[code >= 0], code[code >= 0])
        groups = range(len(form.classes)) if self.by_class else (None,)
        found = [scores if k is None else scores[code[code >= 0] == k] for k in groups]
        return ConformalFitted(thresholds=tuple(_finite(conformal_threshold(s, 1 - self.coverage)) for s in found))

    def after(self, form: Form, table: pl.DataFrame, fitted: Learned) -> pl.DataFrame:
        """The table with its sets or intervals; an interval without limits is null."""
        assert isinstance(fitted, ConformalFitted)
        if not fitted.thresholds:
            return table
        return _intervals(table, fitted.thresholds[0]) if form.task == "value" else _sets(form, table, fitted.thresholds)


def _sets(form: Form, table: pl.DataFrame, thresholds: tuple[float | None, ...]) -> pl.DataFrame:
    import polars as pl

    limits = np.array([np.inf if t is None else t for t in thresholds])  # [1] or [K]
    inside = 1 - probabilities(form, table) <= limits[None] + 1e-12
    names = ["|".join(name for name, there in zip(form.classes, row, strict=True) if there) for row in inside.tolist()]
    return table.with_columns(pl.Series("set", names, pl.String))


def _of_values(table: pl.DataFrame) -> NDArray[np.float64]:
    table = table.drop_nulls("truth")
    truth, score = (table[column].to_numpy().astype(np.float64) for column in ("truth", "score"))
    if {"low", "high"} <= set(table.columns):
        return cqr_scores(truth, table["low"].to_numpy().astype(np.float64), table["high"].to_numpy().astype(np.float64))
    return residual_scores(truth, score)


def _intervals(table: pl.DataFrame, threshold: float | None) -> pl.DataFrame:
    import polars as pl

    if threshold is None:
        return table.with_columns(low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64))
    has = {"low", "high"} <= set(table.columns)
    low, high = (pl.col("low"), pl.col("high")) if has else (pl.col("score"), pl.col("score"))
    lower, upper = pl.min_horizontal(low - threshold, "score"), pl.max_horizontal(high + threshold, "score")
    return table.with_columns(low=lower, high=upper)


def _finite(threshold: float) -> float | None:
    return threshold if np.isfinite(threshold) else None
