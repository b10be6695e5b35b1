"""`value`: a measured number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field

from iatros.contracts import Cells, Learned, Target
from iatros.findings import Finding, quote
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.targets import cell_values

if TYPE_CHECKING:
    from torch import Tensor

STRATA = 5  # groups of equal size by which splits balance a value
FIRST_STRATUM = 3  # beyond the positions of the raw scores: strata of a value are no classes of them
LARGEST = 1e30  # no measurement is larger, and its square is still a number
FEW_VALUES = 2  # distinct numbers that are classes rather than a measurement


class ValueFitted(Learned):
    """Mean and standard deviation of the training truth, after the logarithm where there is one."""

    mean: float
    sd: float


class Value(Target):
    """A number: a length of stay, a laboratory value, an age."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)  # `loss` is a method
    unpacked: ClassVar[frozenset[str]] = Target.unpacked | {"unit", "log", "coverage"}
    Fitted: ClassVar[type[Learned]] = ValueFitted

    kind: Literal["value"] = "value"
    column: str
    """The column that holds the number."""
    unit: str = ""
    """Of the number, for axes and tables of the report."""
    loss_: Literal["mse", "huber", "quantile"] = Field(default="huber", alias="loss")
    """What training minimises: mse and huber predict the mean (huber is less moved by outliers); quantile, an interval too."""
    log: bool = False
    """Work with the logarithm: for positive, skewed numbers such as costs and lengths of stay."""
    coverage: float = Field(default=0.9, gt=0, lt=1)
    """Share of cases that a predictive interval should hold."""

    def columns_used(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    def check(self, cells: Cells) -> list[Finding]:
        """Cells that are no number or not finite, numbers that never change, zeros under a logarithm, missing outcomes."""
        values = self._values(cells)
        known = values[~np.isnan(values)]
        strange = self._strange(cells)
        if not len(known):
            what = "no case has a number as its outcome"
            return [*strange, Finding("error", what, "fill the column in, or name another", cells.file, (), self.column)]
        if (known == known[0]).all():
            what = f"the outcome is {known[0]:g} in all {len(known):,} cases"
            return [*strange, Finding("error", what, "name a column that differs between cases", cells.file, (), self.column)]
        return strange + self._not_positive(cells, values) + self._missing(cells, values) + self._classes(cells, known)

    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """values [M] float64, NaN where there is no number (or none above zero, under a logarithm)."""
        values = self._values(cells)
        if self.log:
            values = np.where(values > 0, values, np.nan)
        return Packed({"values": values}, ~np.isnan(values), plan)

    def options(self) -> dict[str, Any]:
        """A logarithm turns cells of zero and below into missing ones."""
        return {**super().options(), "above_zero": self.log}

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> ValueFitted:
        """Mean and standard deviation of the training rows."""
        values = packed["values"][rows]
        values = self._forth(values[~np.isnan(values)])
        if not len(values):
            return ValueFitted(mean=0.0, sd=1.0)
        return ValueFitted(mean=float(values.mean()), sd=float(values.std()) or 1.0)

    def form(self, plan: Learned) -> Form:
        """A table of numbers."""
        return Form(task="value", unit=self.unit, coverage=self.coverage)

    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """truth: the number, None where there is none."""
        return {"truth": [None if value != value else value for value in packed["values"][rows].tolist()]}

    def strata(self, packed: Packed) -> NDArray[np.int64]:
        """Fifths of the values."""
        values = np.asarray(packed["values"])
        known = ~np.isnan(values)
        edges = np.quantile(values[known], np.arange(1, STRATA) / STRATA) if known.any() else np.zeros(STRATA - 1)
        return np.where(known, FIRST_STRATUM + np.searchsorted(edges, values, side="right"), -1).astype(np.int64)

    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """value [B] float32, standardised; 0 where it is not known."""
        import torch

        assert isinstance(fitted, ValueFitted)
        with np.errstate(invalid="ignore"):
            values = (self._forth(np.asarray(packed["values"][rows])) - fitted.mean) / fitted.sd
        return {"value": torch.from_numpy(np.nan_to_num(values).astype(np.float32))}

    def width(self, fitted: Learned) -> int:
        """One number, or low, middle and high."""
        return 3 if self.loss_ == "quantile" else 1

    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """Squared, Huber's or pinball loss of each case, in standard deviations; raw [B, 1] or [B, 3] -> [B]."""
        from torch.nn import functional as F

        from iatros.targets.losses import ordered, pinball

        value = truth["value"]
        if self.loss_ == "quantile":
            tail = (1 - self.coverage) / 2
            return pinball(ordered(raw), value, (tail, 0.5, 1 - tail))
        one = F.mse_loss if self.loss_ == "mse" else F.huber_loss
        return one(raw.float()[:, 0], value, reduction="none")

    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[np.float64]]:
        """score, in the unit of the cells; low and high where the loss is of quantiles."""
        from iatros.targets.losses import ordered

        assert isinstance(fitted, ValueFitted)
        raw = raw.detach().cpu()
        columns = ordered(raw) if self.loss_ == "quantile" else raw.float()
        numbers = self._back(columns.double().numpy() * fitted.sd + fitted.mean)
        if self.loss_ == "quantile":
            return {"score": numbers[:, 1], "low": numbers[:, 0], "high": numbers[:, 2]}
        return {"score": numbers[:, 0]}

    def _values(self, cells: Cells) -> NDArray[np.float64]:
        """The cells as numbers; NaN where they are missing, no number, or larger than anything that is measured."""
        values = cell_values.numbers(cells.frame[self.column])
        return np.where(np.abs(values) <= LARGEST, values, np.nan)

    def _forth(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log(values) if self.log else values

    def _back(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(values) if self.log else values

    def _strange(self, cells: Cells) -> list[Finding]:
        values = self._values(cells)
        named = cell_values.names(cells.frame[self.column])
        odd = [i for i, name in enumerate(named) if name is not None and np.isnan(values[i])]
        if not odd:
            return []
        example = str(named[odd[0]])
        huge = np.isfinite(cell_values.numbers(cells.frame[self.column])[odd[0]])
        fault = "larger than anything that is measured" if huge else "not a finite number"
        what, todo = f"{quote(example)} is {fault}", "write a number, or leave the cell empty; it counts as missing"
        rows = tuple(int(cells.rows[i]) for i in odd)
        return [Finding("warning", what, todo, cells.file, rows, self.column, example=example, check="not_a_number")]

    def _not_positive(self, cells: Cells, values: NDArray[np.float64]) -> list[Finding]:
        rows = tuple(int(row) for row in cells.rows[values <= 0])
        if not (self.log and rows):
            return []
        what = f"{len(rows):,} outcomes are zero or less, and have no logarithm"
        todo = "leave `log` out, or correct the cells; until then they count as missing"
        return [Finding("warning", what, todo, cells.file, rows, self.column, check="no_logarithm")]

    def _missing(self, cells: Cells, values: NDArray[np.float64]) -> list[Finding]:
        rows = tuple(int(row) for row in cells.rows[np.isnan(values)])
        if not rows:
            return []
        what = f"{len(rows):,} of {len(values):,} cases have no outcome"
        todo = "they take no part in training on it or judging it; fill the cells in if the outcome is known"
        return [Finding("note", what, todo, cells.file, rows, self.column, check="missing_outcome")]

    def _classes(self, cells: Cells, known: NDArray[np.float64]) -> list[Finding]:
        distinct = np.unique(known)
        if len(distinct) > FEW_VALUES:
            return []
        what = f"the outcome takes only the values {distinct[0]:g} and {distinct[1]:g}"
        todo = 'use kind = "class" to predict which of them a case has'
        return [Finding("warning", what, todo, cells.file, (), self.column, check="few_values")]
