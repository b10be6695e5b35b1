"""A modality that the package does not know, on a grid of one axis and without pictures, goes the whole way."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import polars as pl
import pytest
import torch
from numpy.typing import NDArray

import iatros
from iatros import modalities
from iatros.contracts import Cells, Grid, Learned, Modality, Picture, Shape, Summary
from iatros.packed import Packed
from iatros.registry import addresses, register
from iatros.runs import read_json

LENGTH = 32  # samples of a waveform


class Wave(Modality):
    """A waveform of fixed length."""

    layout: ClassVar[type[Grid]] = Grid
    default: ClassVar[str] = "cnn"

    kind: Literal["wave"] = "wave"
    column: str
    """The column with the samples."""

    def columns_used(self) -> tuple[str, ...]:
        return (self.column,)

    def pack(self, cells: Cells, plan: Learned) -> Packed:
        samples = np.array([text.split() for text in cells.frame[self.column]], np.float32)
        return Packed({"samples": samples}, np.ones(len(samples), bool), plan)

    def shape(self, fitted: Learned) -> Shape:
        return Shape(Grid, channels=1, space=(LENGTH,))

    def batch(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> Grid:
        return Grid(torch.from_numpy(packed["samples"][rows])[:, None])

    def summary(self, packed: Packed, rows: NDArray[np.int64]) -> Summary:
        samples = packed["samples"][rows].astype(np.float64)
        return Summary(np.stack([samples.mean(axis=1), samples.std(axis=1)], axis=1), ("mean", "spread"))

    def picture(self, packed: Packed, row: int) -> Picture:
        return Picture(fields=(("highest", f"{packed['samples'][row].max():.1f}"),))


@pytest.mark.slow
def test_a_waveform_is_trained_on_explained_and_shown_by_its_fields(monkeypatch, tmp_path):
    monkeypatch.setattr(modalities, "KINDS", dict(modalities.KINDS))
    monkeypatch.chdir(tmp_path)
    register("modalities", "wave", f"{__name__}:Wave")
    rng = np.random.default_rng(0)
    ill = rng.random(160) < 0.5
    samples = rng.normal(size=(160, LENGTH))
    samples[ill, 10:14] += 2
    texts = [" ".join(f"{x:.2f}" for x in one) for one in samples]
    study = iatros.Study.model_validate(
        {
            "name": "waves",
            "cases": {"table": pl.DataFrame({"lead": texts, "ill": ill.astype(int)})},
            "inputs": {"lead": {"kind": "wave", "column": "lead"}},
            "targets": {"ill": {"kind": "class", "column": "ill"}},
            "split": {"kind": "holdout", "test": 0.4},
            "training": {"epochs": 6},
            "evaluation": {"resamples": 200},
        }
    )
    run = iatros.run(study)
    auroc = next(row for row in run.metrics if row.metric == "auroc" and row.model == "iatros" and not row.group)
    evidence = read_json(run.folder.evidence)
    assert auroc.value is not None
    assert auroc.value > 0.9
    assert {check["input"] for check in evidence["checks"]} == {"lead"}
    assert all(case["fields"][0][0] == "highest" and not case["image"] for case in evidence["cases"])
    monkeypatch.undo()
    addresses.cache_clear()
    assert "wave" not in addresses("modalities")
