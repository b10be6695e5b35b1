"""`residues`: a class for every position of a sequence: secondary structure, disorder, splice sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from iatros.contracts import Cells, Learned, Level, Motion, Sizes, Target
from iatros.findings import Finding
from iatros.packed import Packed, slices
from iatros.predictions import Form
from iatros.targets import residue_cells

if TYPE_CHECKING:
    from torch import Tensor, nn


class ResiduePlan(Learned):
    """The classes, a sign each, in the order of their codes."""

    classes: tuple[str, ...]


class ResidueFitted(Learned):
    """classes; counts: training positions of each; positions: known ones of a training case, on average."""

    classes: tuple[str, ...]
    counts: tuple[int, ...]
    positions: float


class Residues(Target):
    """One class a position, written as one sign a position: `HHHEEC`. Positions that are not known do not count."""

    needs: ClassVar[Level] = Level.POSITIONS
    unpacked: ClassVar[frozenset[str]] = Target.unpacked | {"smoothing", "segments"}
    Plan: ClassVar[type[Learned]] = ResiduePlan
    Fitted: ClassVar[type[Learned]] = ResidueFitted

    kind: Literal["residues"] = "residues"
    column: str
    """The column with one sign a position, end to end or with blanks between."""
    classes: tuple[str, ...] | None = Field(default=None, min_length=2)
    """The signs in the order wanted; by default all that are found, in alphabetical order."""
    merge: dict[str, str] = Field(default_factory=dict)
    """Signs read as another: `{G = "H", I = "H", B = "E"}` makes three states of DSSP's eight."""
    unknown: str = "?"
    """Signs that mean: not known."""
    mask: str | None = None
    """A column with 1 for positions that count and 0 for those that do not (not resolved, say)."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each position's truth spread evenly over the classes: for labels that are sometimes wrong."""
    segments: bool = False
    """In training, learn also where in its run of equal signs each position stands, how long it is, and what lies around."""

    @field_validator("classes")
    @classmethod
    def _classes_are_signs(cls, classes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if classes and (any(len(name) != 1 for name in classes) or len(set(classes)) < len(classes)):
            raise ValueError("classes are single signs, each once")
        return classes

    @field_validator("merge")
    @classmethod
    def _merged_are_signs(cls, merge: dict[str, str]) -> dict[str, str]:
        if any(len(sign) != 1 for sign in (*merge, *merge.values())):
            raise ValueError("merge reads a single sign as another single sign")
        return merge

    def columns_used(self) -> tuple[str, ...]:
        """The column, and that of the mask."""
        return (self.column,) if self.mask is None else (self.column, self.mask)

    def check(self, cells: Cells) -> list[Finding]:
        """No position known, a single class, signs that are none of the classes, masks of another length."""
        return residue_cells.check(cells, self.column, self.mask, self._texts(cells), self.classes, self.unknown)

    def plan(self, cells: Cells) -> ResiduePlan:
        """Which classes there are."""
        found = sorted(set("".join(self._texts(cells))) - set(self.unknown))
        return ResiduePlan(classes=self.classes or tuple(found))

    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """codes [N + 1] int8, -1 where not known; starts and lengths [M]. Cases as long as their sequence, or set aside."""
        assert isinstance(plan, ResiduePlan)
        masks = residue_cells.masks(cells, self.mask)
        long = None if anchor is None else anchor["lengths"]
        return residue_cells.packed(cells, self.column, self._texts(cells), masks, plan, plan.classes, long)

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> ResidueFitted:
        """Counts the classes of the training positions."""
        assert isinstance(packed.plan, ResiduePlan)
        rows = rows[packed.present[rows]]
        codes, _ = residue_cells.flat(packed, rows)
        counts = np.bincount(codes[codes >= 0], minlength=len(packed.plan.classes))
        mean = max(1.0, float(counts.sum()) / max(1, len(rows)))
        return ResidueFitted(classes=packed.plan.classes, counts=tuple(counts.tolist()), positions=mean)

    def form(self, plan: Learned) -> Form:
        """A table of class probabilities a position."""
        assert isinstance(plan, ResiduePlan)
        return Form(task="residues", classes=plan.classes)

    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """truth: the signs of each case, "?" where not known; None for a case without any."""
        assert isinstance(packed.plan, ResiduePlan)
        signs = np.array([*packed.plan.classes, "?"])  # code -1 is the last
        return {"truth": ["".join(signs[codes]) if len(codes) else None for codes in slices(packed, "codes", rows)]}

    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """codes [B, L] int64, -1 where nothing is known."""
        import torch

        return {"codes": torch.from_numpy(residue_cells.padded(packed, rows))}

    def follow(self, truth: dict[str, Tensor], motion: Motion | None) -> dict[str, Tensor]:
        """Codes of the positions from which the sequence's letters were read."""
        if motion is None or motion.places is None:
            return truth
        from iatros.heads.positions import fitted_to

        codes = fitted_to(truth["codes"], motion.places.shape[1], -1)
        return {"codes": codes.gather(1, motion.places.clamp_min(0)).masked_fill(motion.places < 0, -1)}

    def width(self, fitted: Learned) -> int:
        """One raw score a class."""
        assert isinstance(fitted, ResidueFitted)
        return len(fitted.classes)

    def head(self, sizes: Sizes, fitted: Learned) -> nn.Module:
        """Linear, at every position."""
        from iatros.heads.positions import PositionReadout
        from iatros.targets.segments import beside

        classes = self.width(fitted)
        return PositionReadout(sizes, classes, sum(beside(classes)) if self.segments else 0)

    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """Sum of a case's cross-entropies, over the mean number of known positions; raw [B, L, K] -> [B].

        Every position counts alike, whether its sequence is short or long, as it does in evaluation. With `segments` raw holds,
        in training, what is asked beside, and those cross-entropies are added.
        """
        assert isinstance(fitted, ResidueFitted)
        import torch

        from iatros.heads.positions import fitted_to
        from iatros.targets.segments import beside, questions

        classes = self.width(fitted)
        codes, inside = fitted_to(truth["codes"], raw.shape[1], -1), ~raw[:, :, 0].isnan()
        total = self._surprise(raw[:, :, :classes], codes, inside, fitted)
        if raw.shape[2] > classes:
            parts = torch.split(raw[:, :, classes:], list(beside(classes)), 2)
            for part, asked in zip(parts, questions(codes, inside, classes), strict=True):
                total = total + self._surprise(part, asked, inside, fitted)
        return total

    def _surprise(self, raw: Tensor, codes: Tensor, inside: Tensor, fitted: ResidueFitted) -> Tensor:
        """[B] each case's cross-entropies at known positions, added up."""
        from iatros.targets.losses import cross_entropy

        known = (codes >= 0) & inside
        of_position = cross_entropy(raw[known], codes[known], self.smoothing)
        return raw.new_zeros(len(raw)).index_add(0, known.nonzero()[:, 0], of_position / fitted.positions)

    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[Any]]:
        """score:CLASS: of each case an array [L] of probabilities."""
        assert isinstance(fitted, ResidueFitted)
        shares = raw.detach().float().cpu().softmax(2).numpy()
        lengths = (~np.isnan(shares[:, :, 0])).sum(1).tolist()
        columns = {f"score:{name}": np.empty(len(shares), object) for name in fitted.classes}
        for k, column in enumerate(columns.values()):
            for case, length in enumerate(lengths):
                column[case] = shares[case, :length, k].copy()
        return columns

    def _texts(self, cells: Cells) -> list[str]:
        return residue_cells.read(cells, self.column, self.merge)
