"""Tested cases are judged by how near the nearest training sequence is, wherever a study asks or its split can tell."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.contracts import Nearness
from iatros.evaluation import evaluate
from iatros.findings import InputError
from iatros.predictions import Form
from iatros.study import Study
from iatros.workflow.examine import check
from iatros.workflow.nearness import facts, marked, nearness

ACIDS = list("ACDEFGHIKLMNPQRSTVWY")


def planted():
    """Four founders train; tested are, of each, a neighbour (1 of 80 letters changed), a relative (half) and a stranger."""
    rng = np.random.default_rng(7)
    rows = []
    for number, founder in enumerate(rng.choice(ACIDS, (4, 80))):
        near, half = founder.copy(), founder.copy()
        near[40] = "W" if founder[40] != "W" else "A"
        half[::2] = rng.choice(ACIDS, 40)
        texts = {"train": founder, "60 to 100 %": near, "40 to 60 %": half, "no homolog": rng.choice(ACIDS, 80)}
        rows += [("".join(text), what, "train" if what == "train" else "test", number % 2) for what, text in texts.items()]
    return pl.DataFrame(rows, ["sequence", "what", "part", "label"], orient="row")


def declared(frame, **sections):
    said = {
        "name": "near",
        "cases": {"table": frame},
        "inputs": {"letters": {"kind": "sequence", "column": "sequence", "alphabet": "protein"}},
        "targets": {"label": {"kind": "class", "column": "label"}},
        "split": {"kind": "column", "column": "part"},
    }
    return Study.model_validate(said | sections)


def test_each_tested_case_stands_in_its_band_and_training_cases_in_none():
    frame = planted()
    found = nearness(check(declared(frame, evaluation={"identity": "sequence"}), allow_leak=True))["column"]
    assert list(found.groups) == [None if what == "train" else what for what in frame["what"]]
    assert facts({"column": found})["column"]["cases"] == {"40 to 60 %": 4, "60 to 100 %": 4, "no homolog": 4}
    assert "letters of the shorter" in found.what


def test_a_split_by_families_tells_it_of_every_scheme_without_being_asked():
    split = {"kind": "homology", "column": "sequence", "k": 2, "also": [{"kind": "folds", "k": 2}]}
    found = nearness(check(declared(planted(), split=split)))
    assert set(found["homology"].groups) == {"no homolog"}
    assert {"40 to 60 %", "no homolog"} <= set(found["folds"].groups)


def test_nobody_is_told_where_nobody_asks():
    assert nearness(check(declared(planted()), allow_leak=True)) == {}


def test_a_column_that_holds_no_sequences_is_said_so():
    frame = planted().with_columns(age=pl.lit(50))
    with pytest.raises(InputError, match="name the column with the sequences"):
        nearness(check(declared(frame, evaluation={"identity": "age"}), allow_leak=True))


def test_figures_are_given_by_band_of_tested_cases_alone():
    rng = np.random.default_rng(0)
    count = 120
    near = Nearness("identity to training", ["25 to 40 %", "no homolog"] * (count // 2), "as told")
    table = pl.DataFrame(
        {
            "case": np.arange(count),
            "part": ["test"] * (count - 20) + ["validation"] * 20,
            "truth": rng.random(count) < 0.5,
            "score": rng.random(count),
            "model": "iatros",
        }
    )
    told = marked(table, near)
    assert told["group:identity to training"][-20:].null_count() == 20
    rows = evaluate(told, Form(task="class", classes=("no", "yes"))).rows
    judged = {row.group: row.cases for row in rows if row.metric == "auroc" and row.group.startswith("identity")}
    assert judged == {"identity to training=25 to 40 %": 50, "identity to training=no homolog": 50}
    assert marked(table, None) is table
