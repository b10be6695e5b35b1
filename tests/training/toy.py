"""A study in memory for tests of training: a few numbers a case, two classes, no file read."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import polars as pl
import torch

from iatros.contracts import Cells, Fold, Learned, Modality, Picture, Rows, Shape, Summary
from iatros.packed import Packed
from iatros.registry import load
from iatros.study import TrainingSection
from iatros.training.engine import Wanted
from iatros.training.feed import Material
from iatros.training.members import Programme


class ToyFitted(Learned):
    mean: tuple[float, ...] = ()
    sd: tuple[float, ...] = ()


class Toy(Modality):
    """Plain numbers, standardised."""

    kind: Literal["toy"] = "toy"
    layout: ClassVar = Rows
    default: ClassVar = "mlp"
    Fitted: ClassVar = ToyFitted
    columns: tuple[str, ...] = ("a", "b")

    def columns_used(self):
        return self.columns

    def pack(self, cells, plan):
        values = cells.frame.select(self.columns).to_numpy().astype(np.float32)
        return Packed({"values": values}, ~np.isnan(values).all(axis=1), plan)

    def fit(self, packed, rows):
        values = packed["values"][rows]
        return ToyFitted(mean=tuple(np.nanmean(values, 0).tolist()), sd=tuple(np.nanstd(values, 0).tolist()))

    def shape(self, fitted):
        quantiles = tuple(tuple(np.linspace(-2, 2, 9).tolist()) for _ in fitted.mean)
        return Shape(Rows, numbers=len(fitted.mean), quantiles=quantiles)

    def batch(self, packed, rows, fitted):
        scaled = (packed["values"][rows] - np.array(fitted.mean, np.float32)) / np.array(fitted.sd, np.float32)
        seen = ~np.isnan(scaled)
        return Rows(
            torch.from_numpy(np.nan_to_num(scaled)), torch.from_numpy(seen), torch.zeros(len(rows), 0, dtype=torch.int64)
        )

    def summary(self, packed, rows):
        return Summary(packed["values"][rows].astype(np.float64), self.columns)

    def picture(self, packed, row):
        return Picture(fields=tuple((c, str(v)) for c, v in zip(self.columns, packed["values"][row], strict=True)))


def material(count: int = 240, inputs: int = 1, seed: int = 0) -> Material:
    """Cases whose class follows from the first number of the first input."""
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({name: rng.normal(size=count) for name in "abcd"})
    outcome = (frame["a"].to_numpy() + 0.3 * rng.normal(size=count)) > 0
    names = [("a", "b"), ("c", "d")][:inputs]
    modalities = {f"in{i}": Toy(columns=columns) for i, columns in enumerate(names)}
    rows = np.arange(count, dtype=np.int64)
    packs = {n: m.pack(Cells(frame, rows), Learned()) for n, m in modalities.items()}
    target = load("targets", "class")(column="y")
    cells = Cells(pl.DataFrame({"y": ["yes" if o else "no" for o in outcome]}), rows)
    truth = target.pack(cells, target.plan(cells))
    return Material(modalities, {"y": target}, packs, {"y": truth}, np.ones(count))


def fold(count: int = 240) -> Fold:
    """Half trains; a sixth each validates, calibrates and tests, and a sixth trains too."""
    return Fold("folds", 0, 0, np.array([0, 1, 0, 2, 3, 0] * (count // 6), np.int8))


def programme(place: Path, inputs: int = 1, **said) -> Programme:
    """One fold, one seed unless said otherwise."""
    seeds = said.pop("seeds", (0,))
    guards = tuple(load("safeguards", kind)() for kind in said.pop("guards", ()))
    section = TrainingSection(**{"epochs": 6, "batch": 32, "threads": 1, "precision": "float32", **said})
    return Programme(
        material(inputs=inputs), [fold()], seeds, section, Wanted("cpu", "float32", 1), guards,
        models=place / "models", unfinished=place / "unfinished",
    )  # fmt: skip
