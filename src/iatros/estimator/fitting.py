"""A table study in memory: the product's own engine, without a run's folder.

In: an estimator's settings, cells, the outcome. Out: `Model`, which gives score columns for new cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import ValidationError

from iatros.contracts import PARTS, Cells, Fold, Learned, Modality, SplitCases, Target
from iatros.estimator.columns import kinds
from iatros.findings import InputError
from iatros.packed import Packed
from iatros.predictions import ENSEMBLE, Form
from iatros.study import Study
from iatros.toml import explain

if TYPE_CHECKING:
    from iatros.training.feed import Material
    from iatros.training.in_memory import Held

INPUT, OUTCOME = "table", "outcome"
MOST_SEED = 2**31 - 1
Columns = Mapping[str, NDArray[Any]]  # Any: floats, and the texts of sets


@dataclass(frozen=True)
class Given:
    """What is fitted on. frame: [M, F]; outcome: [M] numbers or codes; patient: [M] codes; weight: [M]"""

    frame: pl.DataFrame
    outcome: NDArray[Any]
    patient: NDArray[np.int64]
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class Model:
    """A fitted table study. calibrated: what the safeguards learned from the part that was kept from training."""

    study: Study
    plan: Learned
    form: Form
    held: Held
    calibrated: tuple[Learned, ...]

    def scores(self, frame: pl.DataFrame) -> Columns:
        """Score columns of the predictions table, [M] each."""
        from iatros.training.in_memory import scores
        from iatros.workflow.table import applied

        packed = _packed(self.study.inputs[INPUT], frame, self.plan)
        columns = scores(self.held, _material(self.study, packed, {}, np.ones(len(frame))))[OUTCOME]
        return applied(columns, self.form, tuple(self.study.safeguards.values()), self.calibrated)


def declare(said: Mapping[str, Any], frame: pl.DataFrame, target: Mapping[str, Any], seed: int) -> Study:  # Any: parameters
    """The study that an estimator's parameters stand for. Raises ValueError where one cannot be."""
    guards = _guards(said)
    seeds = np.random.default_rng(seed).integers(0, MOST_SEED, said["seeds"]).tolist()
    named = ("epochs", "rate", "decay", "patience")
    columns = kinds(frame, said["categories"]) | {"columns": frame.columns}
    learning = bool(guards.keys() & {"calibration", "conformal"})
    shares = {"validation": said["held_out"] * (said["patience"] is not None), "calibration": said["held_out"] * learning}
    content = {
        "name": "estimator",
        "cases": {"table": "X"},
        "inputs": {INPUT: {"kind": "table", "sentinels": "none", "encoder": said["encoder"], **columns}},
        "targets": {OUTCOME: {"column": OUTCOME, **target}},
        "split": {"kind": "holdout", **shares},
        "training": {name: said[name] for name in named} | {"seeds": seeds} | dict(said["training"] or {}),
        "safeguards": guards,
    }
    try:
        return Study.model_validate(content)
    except ValidationError as wrong:
        raise ValueError(str(explain(wrong, Study, content=content))) from wrong


def _guards(said: Mapping[str, Any]) -> dict[str, Any]:  # Any: parameters, and the tables of safeguards
    """The [safeguards] that an estimator's parameters stand for."""
    guards = said["safeguards"] or {}
    guards = dict(guards) if isinstance(guards, Mapping) else {name: {} for name in guards}
    if said.get("calibration", "none") != "none":
        guards["calibration"] = {"method": said["calibration"]}
    if said["coverage"] is not None:
        guards["conformal"] = {"coverage": said["coverage"]}
    return guards


def fit(study: Study, given: Given, seed: int) -> Model:
    """Plan, pack, divide, train, calibrate. Raises ValueError where no column tells anything, or training diverges."""
    from iatros.training.in_memory import hold

    modality, target = study.inputs[INPUT], study.targets[OUTCOME]
    plan = modality.plan(_cells(given.frame))
    packed = _packed(modality, given.frame, plan)
    if not packed["numbers"].shape[1] + packed["categories"].shape[1]:
        raise ValueError("no column of X can be learned from: each is empty, an identifier, or free text")
    cells = _cells(pl.DataFrame({OUTCOME: given.outcome}))
    classes = target.plan(cells)
    truth = target.pack(cells, classes)
    material = _material(study, packed, {OUTCOME: truth}, given.weight)
    fold = _divided(study, given, target.strata(truth), seed)
    try:
        held = hold(_programme(study, material, fold), fold, _engine(study))
    except InputError as wrong:
        raise ValueError(str(wrong)) from wrong
    form = target.form(classes)
    return Model(study, plan, form, held, _calibrated(study, held, material, form, fold, given.patient))


def _divided(study: Study, given: Given, strata: NDArray[np.int64] | None, seed: int) -> Fold:
    """Everybody trains but those whom early stopping and calibration need, dealt by patient."""
    from iatros.splits.inner import InnerParts

    split, count = study.split.main, len(given)
    assert isinstance(split, InnerParts)
    known = np.full(count, -1, np.int64) if strata is None else strata
    cases = SplitCases(given.patient, known, np.arange(count))
    part = split.divided(cases, np.zeros(count, np.int8), np.random.default_rng(seed))
    return Fold("estimator", 0, 0, part)


def _calibrated(
    study: Study, held: Held, material: Material, form: Form, fold: Fold, patient: NDArray[np.int64]
) -> tuple[Learned, ...]:
    """What the safeguards learn from the calibration part, each from patients of its own."""
    from iatros.training.in_memory import scores
    from iatros.workflow.table import safeguarded

    guards = tuple(study.safeguards.values())
    rows = fold.rows("calibration")
    if not len(rows) or not any(guard.learns(form.task) for guard in guards):
        return ()
    part = _some(material, rows)
    truth = study.targets[OUTCOME].truth_columns(part.truths[OUTCOME], np.arange(len(rows)))
    beside = {"patient": patient[rows], "weight": part.weight, "part": PARTS[2], "model": ENSEMBLE}
    table = pl.DataFrame({**scores(held, part)[OUTCOME], **truth, **beside}).with_columns(seed=pl.lit(None, pl.Int64))
    return safeguarded(table, form, guards)[1][ENSEMBLE]


def _programme(study: Study, material: Material, fold: Fold) -> Any:  # Any: Programme, whose module imports torch
    from iatros.training.engine import Wanted
    from iatros.training.members import Programme

    said = study.training
    return Programme(material, [fold], said.seed_list(), said, Wanted(), tuple(study.safeguards.values()))


def _engine(study: Study) -> Any:  # Any: Engine, whose module imports torch
    """One thread, single precision, unless said otherwise: to measure would let a fit depend on what else the machine does."""
    from iatros.training.engine import Engine

    said = study.training
    return Engine(
        "cpu" if said.device == "auto" else said.device,
        "float32" if said.precision == "auto" else said.precision,
        1 if said.threads == "auto" else said.threads,
    )


def _packed(modality: Modality, frame: pl.DataFrame, plan: Learned) -> Packed:
    """The cells packed. A case without a single value is a case all the same: scikit-learn wants a prediction for each row."""
    packed = modality.pack(_cells(frame), plan)
    return replace(packed, present=np.ones(len(frame), bool), findings=())


def _material(study: Study, packed: Packed, truths: Mapping[str, Packed], weight: NDArray[np.float64]) -> Material:
    from iatros.training.feed import Material

    targets: Mapping[str, Target] = study.targets
    return Material(study.inputs, targets, {INPUT: packed}, truths, weight)


def _some(material: Material, rows: NDArray[np.int64]) -> Material:
    """Some of the cases."""
    packs, truths = (
        {n: Packed({k: a[rows] for k, a in p.arrays.items()}, p.present[rows], p.plan) for n, p in some.items()}
        for some in (material.packs, material.truths)
    )
    return replace(material, packs=packs, truths=truths, weight=material.weight[rows])


def _cells(frame: pl.DataFrame) -> Cells:
    return Cells(frame, np.arange(1, len(frame) + 1))
