"""`labels`: several findings at once, each there or not, some of them not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, model_validator

from iatros.contracts import Cells, Learned, Target
from iatros.findings import Finding, quote
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.targets import cell_values

if TYPE_CHECKING:
    from torch import Tensor

FEW = 5  # cases with, or without, a label: fewer cannot be in every part of a usual split


class LabelsFitted(Learned):
    """The labels, and for how many training cases each is known and there."""

    labels: tuple[str, ...]
    positive: tuple[int, ...]
    known: tuple[int, ...]


class Labels(Target):
    """Several labels, each yes, no or not known (empty): findings of a radiograph, functions of a protein."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)  # `loss` is a method
    unpacked: ClassVar[frozenset[str]] = Target.unpacked | {"gamma", "smoothing"}
    Fitted: ClassVar[type[Learned]] = LabelsFitted

    kind: Literal["labels"] = "labels"
    columns: tuple[str, ...] = Field(min_length=1)
    """One column a label, its cells 1 or 0, yes or no, true or false, or empty where it is not known."""
    loss_: Literal["cross_entropy", "focal"] = Field(default="cross_entropy", alias="loss")
    """What training minimises; focal looks harder at labels that are not yet right."""
    gamma: float = Field(default=2.0, ge=0, le=10)
    """Of the focal loss: how much harder."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each label's truth that is spread evenly over yes and no."""

    @model_validator(mode="after")
    def _columns_differ(self) -> Labels:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("columns names a label twice")
        return self

    def columns_used(self) -> tuple[str, ...]:
        """One a label."""
        return self.columns

    def check(self, cells: Cells) -> list[Finding]:
        """Cells that are neither yes nor no; labels that never, always or hardly ever are there."""
        values = self._values(cells)
        if np.isnan(values).all():
            todo = "fill the columns with 1 and 0, or name others"
            return [Finding("error", "no case has a known label", todo, cells.file, (), self.columns[0])]
        findings = [finding for name in self.columns for finding in _strange(cells, name)]
        for name, column in zip(self.columns, values.T, strict=True):
            findings += _rare(cells, name, int((column == 1).sum()), int((column == 0).sum()))
        if len(self.columns) == 1 or all(len(set(c[~np.isnan(c)])) < 2 for c in values.T):
            findings += self._nothing_to_learn(cells, values)
        return findings

    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """values [M, K] int8: 1 there, 0 not, -1 not known. A case with no known label is not present."""
        values = self._values(cells)
        codes = np.where(np.isnan(values), -1, values).astype(np.int8)
        return Packed({"values": codes}, np.asarray((codes >= 0).any(1)), plan)

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> LabelsFitted:
        """Counts the labels of the training rows."""
        values = packed["values"][rows]
        positive, known = (values == 1).sum(0).tolist(), (values >= 0).sum(0).tolist()
        return LabelsFitted(labels=self.columns, positive=tuple(positive), known=tuple(known))

    def form(self, plan: Learned) -> Form:
        """A table of label probabilities."""
        return Form(task="labels", classes=self.columns)

    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """truth:LABEL: true, false or None."""
        values = packed["values"][rows]
        return {
            f"truth:{name}": [None if value < 0 else bool(value) for value in values[:, k].tolist()]
            for k, name in enumerate(self.columns)
        }

    def strata(self, packed: Packed) -> NDArray[np.int64]:
        """The rarest label that is there, so that splits spread rare labels first.

        Codes are K for none and K + 1 + label, beyond the raw scores' own positions: they are no classes of them.
        """
        values, labels = packed["values"], len(self.columns)
        frequency = (values == 1).sum(0)
        there = np.where(values == 1, frequency, np.iinfo(np.int64).max)
        rarest = np.where((values == 1).any(1), labels + 1 + there.argmin(1), labels)
        return np.where(packed.present, rarest, -1).astype(np.int64)

    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """values [B, K] float32 (0 where not known), known [B, K] bool."""
        import torch

        values = np.asarray(packed["values"][rows])
        return {
            "values": torch.from_numpy(np.maximum(values, 0).astype(np.float32)),
            "known": torch.from_numpy(values >= 0),
        }

    def width(self, fitted: Learned) -> int:
        """One logit a label."""
        return len(self.columns)

    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """Mean binary cross-entropy of a case's known labels; raw [B, K] -> [B]."""
        from iatros.targets.losses import binary_cross_entropy

        gamma = self.gamma if self.loss_ == "focal" else 0.0
        return binary_cross_entropy(raw, truth["values"], truth["known"], self.smoothing, gamma)

    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[np.float64]]:
        """score:LABEL: the probability that it is there."""
        probabilities = raw.detach().double().cpu().sigmoid().numpy()
        return {f"score:{name}": probabilities[:, k] for k, name in enumerate(self.columns)}

    def _values(self, cells: Cells) -> NDArray[np.float64]:
        return np.stack([cell_values.booleans(cells.frame[name]) for name in self.columns], 1)

    def _nothing_to_learn(self, cells: Cells, values: NDArray[np.float64]) -> list[Finding]:
        if any(len(set(column[~np.isnan(column)])) > 1 for column in values.T):
            return []
        todo = "a model needs cases with and without a label; add some, or name other columns"
        return [Finding("error", "no label is both there and not there", todo, cells.file, (), self.columns[0])]


def _strange(cells: Cells, name: str) -> list[Finding]:
    named = cell_values.names(cells.frame[name])
    odd = [i for i, value in enumerate(cell_values.booleans(cells.frame[name])) if np.isnan(value) and named[i] is not None]
    if not odd:
        return []
    example = str(named[odd[0]])
    what = f"{quote(example)} is neither yes nor no"
    todo = "write 1 or 0; until then these labels count as not known"
    rows = tuple(int(cells.rows[i]) for i in odd)
    return [Finding("warning", what, todo, cells.file, rows, name, example=example, check="strange_label")]


def _rare(cells: Cells, name: str, there: int, not_there: int) -> list[Finding]:
    if min(there, not_there) >= FEW:
        return []
    what = f"label `{name}` is there in {there:,} cases and not there in {not_there:,}"
    todo = "nothing can be said about it; collect more cases, or leave it out"
    return [Finding("warning", what, todo, cells.file, (), name, check="rare_class")]
