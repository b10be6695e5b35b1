"""The nearest training sequence stands beside the network wherever one input has letters of proteins or nucleic acids."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.baselines.nearest import NEAREST
from iatros.study import Study
from iatros.workflow import relatives as relatives_module
from iatros.workflow.examine import check
from iatros.workflow.fitting import material_of
from iatros.workflow.relatives import relatives

ACIDS = list("ACDEFGHIKLMNPQRSTVWY")


def families(count=20, members=4):
    """Proteins of families whose outcome is drawn for the family: relatives tell it, letters alone do not."""
    rng = np.random.default_rng(3)
    rows = []
    for number, founder in enumerate(rng.choice(ACIDS, (count, 60))):
        for _ in range(members):
            letters = np.where(rng.random(60) < 0.2, rng.choice(ACIDS, 60), founder)
            rows.append(("".join(letters), number % 2, rng.normal()))
    return pl.DataFrame(rows, ["protein", "binds", "age"], orient="row")


def declared(frame, split, inputs=None, **sections):
    read = {"kind": "sequence", "column": "protein", "alphabet": "protein", "encoder": {"kind": "bag", "width": 4}}
    return Study.model_validate(
        {
            "name": "relatives",
            "cases": {"table": frame},
            "inputs": inputs or {"protein": read},
            "targets": {"binds": {"kind": "class", "column": "binds"}},
            "split": split,
            "training": {"epochs": 1, "batch": 32, "threads": 1, "precision": "float32"},
            "evaluation": {"resamples": 100},
            **sections,
        }
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run under random folds, and one under folds of families."""
    frame, folder = families(), tmp_path_factory.mktemp("relatives")
    splits = {"folds": {"kind": "folds", "k": 2}, "homology": {"kind": "homology", "column": "protein", "k": 2}}
    return {name: iatros.run(declared(frame, split), folder / name) for name, split in splits.items()}


def auroc(run, model):
    (row,) = [row for row in run.metrics if (row.metric, row.model, row.group, row.against) == ("auroc", model, "", "")]
    return row.value


def test_relatives_in_training_tell_the_outcome_and_where_there_are_none_nothing_is_told(made):
    assert auroc(made["folds"], NEAREST) > 0.95
    assert auroc(made["homology"], NEAREST) == pytest.approx(0.5, abs=0.15)


def test_relatives_are_resampled_whole_where_they_are_kept_together(made):
    tables = {name: run.predictions("binds") for name, run in made.items()}
    assert "family" not in tables["folds"].columns
    assert tables["homology"].group_by("family").agg(pl.col("case").n_unique())["case"].to_list() == [4] * 20
    pages = {name: run.folder.report.read_text() for name, run in made.items()}
    assert "from resampling families of relatives" in pages["homology"]
    assert "whole families of relatives" in pages["homology"]
    assert "families of relatives" not in pages["folds"]


def test_strangers_stand_in_the_place_of_a_new_hospital(made):
    pages = {name: run.folder.report.read_text() for name, run in made.items()}
    assert "80 of 80 proteins tested have no homolog in training" in pages["homology"]
    assert "AUROC without a homolog in training" in pages["homology"]
    assert "Relatives of those tested may have been in training: keep families together" in pages["folds"]
    for page in pages.values():
        assert "Can I trust it on proteins unlike those in training?" in page
        assert "hospital it has never seen" not in page
        assert "my hospital" not in page


def test_validation_cases_choose_it_where_it_is_the_one_to_beat(made):
    told = made["folds"].record["baselines"]["binds"]
    assert told == {"chosen": NEAREST, "why": "the best on validation cases"}
    assert any(row.against == NEAREST and row.metric == "auroc" for row in made["folds"].metrics)


def test_studies_without_one_such_input_have_none():
    frame = families(6)
    both = {name: {"kind": "sequence", "column": "protein", "alphabet": "protein"} for name in ("a", "b")}
    note = {"note": {"kind": "sequence", "column": "protein", "alphabet": "text"}}
    table = {"labs": {"kind": "table", "columns": ["age"]}}
    for inputs in (both, note, table):
        examined = check(declared(frame, {"kind": "folds", "k": 2}, inputs))
        assert relatives(material_of(examined)) == (None, "")


def test_what_nobody_would_wait_for_is_left_out_in_words(monkeypatch):
    examined = check(declared(families(6), {"kind": "folds", "k": 2}))
    monkeypatch.setattr("iatros.align.kin.CELLS_A_SECOND", 1.0)
    near, why = relatives(material_of(examined))
    assert near is None
    assert why.startswith("nearest by alignment is left out: alignments would take")


def test_filtered_pairs_give_the_same_relatives(monkeypatch):
    examined = check(declared(families(), {"kind": "folds", "k": 2}))
    whole, _ = relatives(material_of(examined))
    monkeypatch.setattr(relatives_module, "EXACT", 0.0)
    some, _ = relatives(material_of(examined))
    near = whole.bits > whole.chance[whole.owner] + 10
    assert set(zip(whole.owner[near], whole.other[near], strict=True)) <= set(zip(some.owner, some.other, strict=True))
