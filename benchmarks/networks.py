"""Networks trained for a benchmark through the API, without a run's folder: one input, one target, given parts of the cases."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.contracts import PARTS, Cells, Fold
from iatros.registry import load
from iatros.study import TrainingSection
from iatros.training.engine import Engine, Wanted
from iatros.training.feed import Material
from iatros.training.loop import train
from iatros.training.members import Programme, fit_fold, job_of, scores

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """A table with an input and a target, as a study would declare them."""

    frame: pl.DataFrame
    modality: dict[str, Any]  # Any: TOML
    target: dict[str, Any]
    training: dict[str, Any]

    def material(self) -> Material:
        """The packed cases."""
        cells = Cells(self.frame, np.arange(len(self.frame)) + 2)
        modality: Any = load("modalities", self.modality["kind"]).model_validate(self.modality)
        target: Any = load("targets", self.target["kind"]).model_validate(self.target)
        pack = modality.pack(cells, modality.plan(cells))
        truth = target.pack(cells, target.plan(cells), pack)
        return Material({"input": modality}, {"target": target}, {"input": pack}, {"target": truth}, np.ones(len(cells)))


@dataclass(frozen=True)
class Predicted:
    """scores: [n, K] of each part's cases, the mean over seeds; columns: [K]; seconds: of training, of the processor."""

    scores: dict[str, Floats]
    rows: dict[str, NDArray[np.int64]]
    columns: tuple[str, ...]
    seconds: float

    def classes(self, part: str) -> NDArray[np.str_]:
        """The most probable of several classes of each case."""
        return np.array([name.removeprefix("score:") for name in self.columns])[self.scores[part].argmax(1)]


def predicted(task: Task, parts: list[str], seeds: int = 1, number: int = 0) -> Predicted:
    """Train on part "train", and predict the cases of the other parts. parts: of each case."""
    material = task.material()
    fold = Fold("benchmark", 0, number, np.array([PARTS.index(part) if part else -1 for part in parts], np.int8))
    said = TrainingSection.model_validate(task.training)
    programme = Programme(material, [fold], tuple(range(seeds)), said, Wanted())
    learned, engine = fit_fold(programme, fold), Engine("cpu", "bfloat16" if said.precision == "bfloat16" else "float32", 1)
    rows = {part: fold.rows(part) for part in ("validation", "test")}
    total, columns = {part: np.zeros(()) for part in rows}, tuple[str, ...]()
    begun = time.process_time()
    for member in programme.members():
        job, network = job_of(programme, member, fold, learned, engine)
        tensors, _ = train(replace(job, checkpoint=None), network, lambda moment: None)
        network.load_state_dict(tensors)
        for part, some in rows.items():
            if len(some):
                found = scores(network.eval(), material, learned.fits, some, engine, said.views)[""]["target"]
                columns = tuple(found)
                total[part] = total[part] + np.stack(list(found.values()), axis=1) / seeds
    return Predicted(total, rows, columns, time.process_time() - begun)
