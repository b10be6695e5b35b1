"""`calibration`: predicted risks are made right on cases kept for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Learned, Safeguard
from iatros.metrics.recalibration import Shift, Stairs, apply_temperature, fit_isotonic, fit_platt, fit_temperature
from iatros.predictions import OF_POSITIONS, Form
from iatros.safeguards.predicted import codes, probabilities, weights

if TYPE_CHECKING:
    import polars as pl

Method = Literal["auto", "platt", "temperature", "isotonic", "none"]
ENOUGH = 50  # cases with, and without, an event from which `auto` fits a line; with fewer its noise costs more than it mends
FEWEST = 5  # cases with, and without, an event: with fewer nothing is fitted


class CalibrationFitted(Learned):
    """What was fitted. shifts, stairs: score column -> (intercept, slope), or the points of a rising line."""

    temperature: float | None = None
    shifts: dict[str, tuple[float, float]] = Field(default_factory=dict)
    stairs: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = Field(default_factory=dict)


class Calibration(Safeguard):
    """Fit a map from scores to risks on the calibration part. The scores before it are kept as `score_raw`."""

    order: ClassVar[int] = 60
    Fitted: ClassVar[type[Learned]] = CalibrationFitted

    kind: Literal["calibration"] = "calibration"
    method: Method = "auto"
    """platt: a line on the logit scale, mends shift and sureness; temperature: sureness alone; isotonic: any rising line.
    auto: platt where 50 cases with and 50 without an event are kept for it, nothing where there are fewer."""

    def learns(self, task: str) -> bool:
        """Of classes and labels of a case; values and positions have no risk to mend."""
        return self.method != "none" and task != "value" and task not in OF_POSITIONS

    def calibrate(self, form: Form, table: pl.DataFrame) -> CalibrationFitted:
        """Learn from the predictions of the calibration part. Columns with too few cases of either kind stay as they are."""
        if not self.learns(form.task):
            return CalibrationFitted()
        if self.method == "temperature" and form.task == "class":
            return _temperature(form, table)
        fewest = ENOUGH if self.method == "auto" else FEWEST
        truths = {column: truth for column, truth in _truths(form, table).items() if _enough(truth, fewest)}
        score = {column: table[column].to_numpy().astype(np.float64) for column in truths}
        weight = weights(table)
        known = {column: ~np.isnan(truth) for column, truth in truths.items()}
        parts = {c: (score[c][k], truths[c][k] == 1, weight[k]) for c, k in known.items()}
        if self.method == "isotonic":
            stairs = {column: fit_isotonic(*part) for column, part in parts.items()}
            return CalibrationFitted(stairs={c: (tuple(s.x.tolist()), tuple(s.y.tolist())) for c, s in stairs.items()})
        shifts = {column: fit_platt(*part) for column, part in parts.items()}
        return CalibrationFitted(shifts={column: (s.intercept, s.slope) for column, s in shifts.items()})

    def after(self, form: Form, table: pl.DataFrame, fitted: Learned) -> pl.DataFrame:
        """The table with recalibrated scores, and the ones before as `score_raw`. Classes' risks still add up to 1."""
        import polars as pl

        assert isinstance(fitted, CalibrationFitted)
        if fitted == CalibrationFitted():
            return table
        raw = {column: table[column].to_numpy().astype(np.float64) for column in form.scores()}
        if fitted.temperature is not None:
            new = _softened(form, table, fitted.temperature)
        else:
            new = {column: _mapped(values, column, fitted) for column, values in raw.items()}
        if form.task == "class" and not form.binary:
            total = np.maximum(sum(new.values()), 1e-12)
            new = {column: values / total for column, values in new.items()}
        kept = {column.replace("score", "score_raw", 1): pl.Series(values) for column, values in raw.items()}
        return table.with_columns(**{column: pl.Series(values) for column, values in new.items()}, **kept)


def _temperature(form: Form, table: pl.DataFrame) -> CalibrationFitted:
    code = codes(form, table)
    known = code >= 0
    if len(np.unique(code[known])) < 2:
        return CalibrationFitted()
    logits = np.log(np.maximum(probabilities(form, table)[known], 1e-12))
    return CalibrationFitted(temperature=fit_temperature(logits, code[known], weights(table)[known]))


def _softened(form: Form, table: pl.DataFrame, temperature: float) -> dict[str, NDArray[np.float64]]:
    new = apply_temperature(np.log(np.maximum(probabilities(form, table), 1e-12)), temperature)
    return {"score": new[:, 1]} if form.binary else {column: new[:, k] for k, column in enumerate(form.scores())}


def _truths(form: Form, table: pl.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Score column -> [N] is it this one? 1, 0, or NaN where it is not known."""
    if form.task == "labels":
        return {
            score: np.array([np.nan if t is None else float(t) for t in table[truth]])
            for score, truth in zip(form.scores(), form.truths(), strict=True)
        }
    code = codes(form, table)
    positions = (1,) if form.binary else range(len(form.classes))
    return {
        score: np.where(code < 0, np.nan, (code == k).astype(np.float64))
        for score, k in zip(form.scores(), positions, strict=True)
    }


def _enough(truth: NDArray[np.float64], fewest: int) -> bool:
    return bool(min((truth == 1).sum(), (truth == 0).sum()) >= fewest)


def _mapped(values: NDArray[np.float64], column: str, fitted: CalibrationFitted) -> NDArray[np.float64]:
    if column in fitted.shifts:
        return Shift(*fitted.shifts[column])(values)
    if column in fitted.stairs:
        x, y = fitted.stairs[column]
        return Stairs(np.array(x), np.array(y))(values)
    return values
