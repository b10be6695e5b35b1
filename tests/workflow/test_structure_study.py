"""A study of structures, from a table of files to a report and new predictions."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest
import torch

import iatros
from iatros.cases import structures
from iatros.heads.backbone import build, ideal
from iatros.study import Study

TURNS = {"A": (-57.8, -47.0), "V": (-120.0, 130.0)}  # helix, strand
CASES = 32


def chain(rng: np.random.Generator, length: int) -> tuple[str, np.ndarray]:
    """Runs of A, which are helices, and of V, which are strands."""
    letters = ""
    while len(letters) < length:
        letters += "AV"[rng.integers(2)] * int(rng.integers(6, 12))
    letters = letters[:length]
    torsions = torch.tensor([[*TURNS[letter], 180.0] for letter in letters], dtype=torch.float64) * math.pi / 180
    return letters, build(ideal(torsions[None]))[0].numpy()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("structures"), np.random.default_rng(0)
    rows = []
    for i in range(CASES):
        letters, places = chain(rng, int(rng.integers(28, 40)))
        structures.write(folder / f"{i}.cif", structures.chain_of(letters, places))
        rows.append({"protein": letters, "fold": f"{i}.cif"})
    pl.DataFrame(rows).write_csv(folder / "chains.csv")
    study = Study(
        name="shapes",
        cases={"table": str(folder / "chains.csv")},
        inputs={
            "chain": {
                "kind": "sequence", "column": "protein", "alphabet": "protein",
                "encoder": {"kind": "gated_cnn", "width": 16, "dilations": [1, 2]},
            }
        },
        targets={"shape": {"kind": "structure", "column": "fold", "channels": 4, "dilations": [1], "refined": 3}},
        split={"kind": "holdout"},
        training={"epochs": 12, "batch": 8, "rate": 0.02, "precision": "float32", "threads": 1, "seeds": 2},
        evaluation={"resamples": 100},
    )  # fmt: skip
    return iatros.run(study, tmp_path_factory.mktemp("run") / "run")


def test_the_planted_rule_is_found_and_judged_beside_both_baselines(made):
    overall = {row.model: row for row in made.metrics if row.metric == "lddt" and not row.group and not row.against}
    assert {"iatros", "distance by separation", "nearest template"} <= set(overall)
    assert overall["iatros"].value > overall["distance by separation"].value
    assert overall["iatros"].low <= overall["iatros"].value <= overall["iatros"].high
    assert {"drmsd", "tm_score", "contact_precision"} <= {row.metric for row in made.metrics}


def test_predictions_hold_coordinates_confidence_and_contacts(made):
    table = pl.read_parquet(made.folder.predictions("shape")).filter(pl.col("model") == "iatros")
    assert (table["score"].list.len() == table["truth"].list.len()).all()
    assert (table["score"].list.len() == 9 * table["confidence"].list.len()).all()
    assert table["contacts"].list.len().max() > 0


def test_the_report_speaks_of_structures(made):
    page = (made.folder.path / "report.html").read_text("utf-8")
    assert "Is it the right fold?" in page
    assert "three-dimensional structure of a chain" in page
    assert "estimates the three-dimensional structure" in page
    evidence = json.loads((made.folder.path / "evidence.json").read_text("utf-8"))
    assert {"worst", "best"} <= {case["role"] for case in evidence["cases"]}


def test_new_sequences_get_structures(made):
    frame = iatros.predict(made, pl.DataFrame({"protein": ["AAAAAAAAVVVVVVVV", None]}))
    assert len(frame["score"][0]) == 9 * 16
    assert len(frame["confidence"][0]) == 16
    assert frame["score"][1] is None
