"""`class`: which of several classes a case belongs to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, field_validator, model_validator

from iatros.contracts import Cells, Learned, Target
from iatros.findings import Finding, quote
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.targets import class_rule
from iatros.targets.cell_values import in_natural_order
from iatros.targets.class_checks import check_classes

if TYPE_CHECKING:
    from torch import Tensor


class ClassPlan(Learned):
    """Names of the classes in their natural order, the positive one last."""

    classes: tuple[str, ...]


class ClassFitted(Learned):
    """Names of the classes, and how many training cases each has."""

    classes: tuple[str, ...]
    counts: tuple[int, ...]


class Class(Target):
    """One of several classes: a diagnosis, an event that happens or does not, a grade."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)  # `loss` is a method
    unpacked: ClassVar[frozenset[str]] = Target.unpacked | {"threshold", "range", "gamma", "smoothing"}
    Plan: ClassVar[type[Learned]] = ClassPlan
    Fitted: ClassVar[type[Learned]] = ClassFitted

    kind: Literal["class"] = "class"
    column: str
    """The column that holds the class."""
    positive: str | None = None
    """The class that one looks for, held against all others; or an expression over the column, such as "num > 0"."""
    classes: tuple[str, ...] | None = Field(default=None, min_length=2)
    """The classes in the order wanted; by default all that are found, in natural order."""
    threshold: float | None = Field(default=None, gt=0, lt=1)
    """Two classes: the risk from which one would act."""
    range: tuple[float, float] | None = None
    """Two classes: the thresholds that are sensible."""
    loss_: Literal["cross_entropy", "focal"] = Field(default="cross_entropy", alias="loss")
    """What training minimises; focal looks harder at cases that are not yet right (Lin et al. 2017)."""
    gamma: float = Field(default=2.0, ge=0, le=10)
    """Of the focal loss: how much harder."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each case's truth spread evenly over the classes: for labels that are sometimes wrong."""

    @field_validator("positive", "classes", mode="before")
    @classmethod
    def _names_are_texts(cls, value: Any) -> Any:
        """`positive = 1` and `classes = [1, 2, 3]` name classes as well as texts do."""
        return [_name(one) for one in value] if isinstance(value, list | tuple) else _name(value)

    @model_validator(mode="after")
    def _thresholds_make_sense(self) -> Class:
        if self.range and not 0 < self.range[0] < self.range[1] < 1:
            raise ValueError("range is two probabilities, the lower one first, such as [0.1, 0.5]")
        if self.classes and len(set(self.classes)) < len(self.classes):
            raise ValueError("classes names a class twice")
        return self

    def columns_used(self) -> tuple[str, ...]:
        """The column, and others that the expression speaks of."""
        return class_rule.columns(self.positive, self.column)

    def check(self, cells: Cells) -> list[Finding]:
        """Too few classes, too few cases of one, numbers that are measured rather than classes, missing outcomes."""
        named = class_rule.name_cases(cells.frame, self.column, self.positive)
        against_rest = self.positive is not None and class_rule.expression(self.positive, self.column) is None
        found = {name for name in named if name is not None}
        positive = class_rule.meant(str(self.positive), found) if against_rest else None
        return check_classes(named, cells, self.column, positive, self.classes)

    def plan(self, cells: Cells) -> ClassPlan:
        """Which classes there are."""
        named = class_rule.name_cases(cells.frame, self.column, self.positive)
        found = {name for name in named if name is not None}
        return ClassPlan(classes=self._order(found))

    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """codes [M] int16: the case's class as a position among the plan's, -1 where it is not known."""
        assert isinstance(plan, ClassPlan)
        named = class_rule.name_cases(cells.frame, self.column, self.positive)
        positions = {name: code for code, name in enumerate(plan.classes)}
        rest = positions.get(class_rule.OTHER, -1) if self._one_against_rest(plan) else -1
        codes = np.array([-1 if name is None else positions.get(name, rest) for name in named], np.int16)
        return Packed({"codes": codes}, codes >= 0, plan, tuple(self._strangers(cells, named, codes)))

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> ClassFitted:
        """Counts the classes of the training rows."""
        assert isinstance(packed.plan, ClassPlan)
        codes = packed["codes"][rows]
        counts = np.bincount(codes[codes >= 0], minlength=len(packed.plan.classes))
        return ClassFitted(classes=packed.plan.classes, counts=tuple(int(count) for count in counts))

    def form(self, plan: Learned) -> Form:
        """A table of class probabilities."""
        assert isinstance(plan, ClassPlan)
        return Form(task="class", classes=plan.classes, threshold=self.threshold, range=self.range)

    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """Two classes: is it the positive one? More: the class's name. None where it is not known."""
        assert isinstance(packed.plan, ClassPlan)
        classes, codes = packed.plan.classes, packed["codes"][rows].tolist()
        meaning: tuple[Any, ...] = (False, True) if len(classes) == 2 else classes
        return {"truth": [None if code < 0 else meaning[code] for code in codes]}

    def strata(self, packed: Packed) -> NDArray[np.int64]:
        """The class."""
        return np.asarray(packed["codes"], np.int64)

    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """code [B] int64."""
        import torch

        return {"code": torch.from_numpy(np.asarray(packed["codes"][rows], np.int64))}

    def width(self, fitted: Learned) -> int:
        """One logit for two classes, else one a class."""
        assert isinstance(fitted, ClassFitted)
        return 1 if len(fitted.classes) == 2 else len(fitted.classes)

    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """Cross-entropy or focal loss of each case; raw [B, 1] or [B, K] -> [B]."""
        from iatros.targets.losses import cross_entropy

        return cross_entropy(raw, truth["code"], self.smoothing, self.gamma if self.loss_ == "focal" else 0.0)

    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[np.float64]]:
        """Probabilities: `score` of the positive class, or `score:CLASS` of each."""
        assert isinstance(fitted, ClassFitted)
        raw = raw.detach().double().cpu()
        if raw.shape[1] == 1:
            return {"score": raw[:, 0].sigmoid().numpy()}
        probabilities = raw.softmax(1).numpy()
        return {f"score:{name}": probabilities[:, k] for k, name in enumerate(fitted.classes)}

    def _order(self, found: set[str]) -> tuple[str, ...]:
        """All classes, the positive one last; one class against the rest where `positive` singles it out among several."""
        if class_rule.expression(self.positive, self.column) is not None:
            return (class_rule.OTHER, str(self.positive))
        if self.positive is None:
            return self.classes or in_natural_order(found)
        positive = class_rule.meant(self.positive, found)
        others = [name for name in self.classes or in_natural_order(found) if name != positive]
        return (others[0] if len(others) == 1 else class_rule.OTHER, positive)

    def _one_against_rest(self, plan: ClassPlan) -> bool:
        return self.positive is not None and plan.classes[0] == class_rule.OTHER

    def _strangers(self, cells: Cells, named: list[str | None], codes: NDArray[np.int16]) -> list[Finding]:
        """Classes that the plan does not know: their outcome counts as missing."""
        odd = [i for i, name in enumerate(named) if name is not None and codes[i] < 0]
        if not odd:
            return []
        most = Counter(str(named[i]) for i in odd).most_common(1)[0][0]
        rows = tuple(int(cells.rows[i]) for i in odd)
        what = f"{quote(most)} is none of this model's classes"
        todo = "the outcome of these cases counts as missing; correct the cells, or train with this class"
        return [Finding("warning", what, todo, cells.file, rows, self.column, example=most, check="unknown_class")]


def _name(value: Any) -> Any:  # Any: what TOML holds
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else value
