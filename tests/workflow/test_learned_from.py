"""Cases that a run learned from are known again, wherever they stand, and nobody else is taken for them."""

from __future__ import annotations

import shutil

import polars as pl
from PIL import Image

import iatros
from iatros.cases import read
from iatros.workflow.learned_from import learned_from


def told(run, place):
    """Of each warning: the rows, and what it says."""
    return [(finding.rows, finding.what) for finding in learned_from(run, read(place))]


def test_the_table_of_the_study_is_known_by_its_rows(run, home):
    ((rows, what),) = told(run, home / "cases.csv")
    assert rows == tuple(range(2, 242))
    assert what == "240 of 240 cases are ones that this run learned from: figures on them are too good to be true"


def test_cases_are_known_again_in_another_file_in_another_order_with_other_columns(run, cases, tmp_path):
    old = cases(240, seed=0)[[7, 3]].drop("patient").with_columns(pl.col("age").cast(pl.String))
    new = cases(40, seed=9).drop("patient").with_columns(pl.col("age").cast(pl.String))
    pl.concat([new, old]).write_csv(tmp_path / "mixed.csv")
    ((rows, what),) = told(run, tmp_path / "mixed.csv")
    assert rows == (42, 43)
    assert what.startswith("2 of 42 cases are ones that this run learned from")


def test_new_patients_are_not_taken_for_old_ones(run, cases):
    assert told(run, cases(300, seed=9)) == []


def test_another_visit_of_a_patient_of_training_is_named_apart(run, cases):
    old = cases(240, seed=0)[:2]
    frame = pl.concat([cases(20, seed=9), old.with_columns(crp=pl.col("crp") + 1)])
    ((rows, what),) = told(run, frame)
    assert len(rows) == 2
    assert what == "2 further cases bear the identifier of a patient that this run learned from"


def test_the_test_part_of_a_holdout_was_not_learned_from(home, declare, cases, tmp_path):
    cases(80, seed=3).write_csv(tmp_path / "cases.csv")
    study = declare(str(tmp_path / "cases.csv"), split={"kind": "holdout", "test": 0.4}, training={"epochs": 1, "threads": 1})
    run = iatros.run(study, tmp_path / "held")
    folds = pl.read_parquet(run.folder.folds)
    learned = set(folds.filter(pl.col("part") != "test")["row"].to_list())
    ((rows, _),) = told(run, tmp_path / "cases.csv")
    assert set(rows) == learned
    assert 0 < len(rows) < 80
    (tmp_path / "cases.csv").unlink()
    assert told(run, cases(80, seed=3)) == []  # what cannot be read again cannot be compared


def test_where_equal_cells_are_the_rule_they_say_nothing(declare, tmp_path):
    coarse = pl.DataFrame({"patient": range(200), "age": [50, 60] * 100, "ill": ["yes", "no", "no", "yes"] * 50})
    coarse.write_csv(tmp_path / "coarse.csv")
    inputs = {"labs": {"kind": "table", "columns": ["age"]}}
    run = iatros.run(
        declare(str(tmp_path / "coarse.csv"), inputs=inputs, training={"epochs": 1, "threads": 1}), tmp_path / "run"
    )
    assert told(run, coarse.with_columns(patient=pl.col("patient") + 1000)) == []


def test_image_files_are_known_by_their_contents(picture_run, home, films, tmp_path):
    old, new = tmp_path / "both" / "ill", tmp_path / "both" / "well"
    old.mkdir(parents=True)
    new.mkdir()
    shutil.copy(home / "films" / "ill" / "001.png", old / "renamed.png")
    Image.fromarray(255 - films[0][1]).save(new / "001.png")
    ((rows, what),) = told(picture_run, tmp_path / "both")
    assert len(rows) == 1
    assert what.startswith("1 case is one that this run learned from")


def test_arrays_are_known_by_their_contents(array_run, home):
    ((rows, _),) = told(array_run, home / "films.npz")
    assert len(rows) == 40  # the given test part is not among them


def test_an_evaluation_warns_of_them(run, home):
    judged = iatros.evaluate(run, home / "cases.csv")
    assert judged.findings[0].check == "learned_from"
    assert judged.findings[0].severity == "warning"
