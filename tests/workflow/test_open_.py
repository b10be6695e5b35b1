"""Reading a run: all of it, from plain files; a changed file is noticed."""

from __future__ import annotations

import shutil

import pytest

import iatros
from iatros.findings import InputError


def test_a_run_reads_as_it_was_written(run):
    again = iatros.open(run.folder.path)
    assert not again.changes
    assert again.study.inputs == run.study.inputs
    assert again.metrics == run.metrics
    assert [fold.fold for fold in again.main_folds()] == [0, 1]


@pytest.mark.parametrize("name", ["metrics.json", "predictions/ill.parquet", "fitted.json"])
def test_a_changed_file_is_noticed(run, tmp_path, name):
    shutil.copytree(run.folder.path, tmp_path / "copy")
    with (tmp_path / "copy" / name).open("ab") as file:
        file.write(b" ")
    assert iatros.open(tmp_path / "copy").changes == {name: "changed"}


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="this folder holds no run"):
        iatros.open(tmp_path)
    with pytest.raises(InputError, match="there is no such run"):
        iatros.open(tmp_path / "nowhere")


def test_no_file_is_a_pickle(run):
    kinds = {path.suffix for path in run.folder.path.rglob("*") if path.is_file()}
    assert kinds <= {".toml", ".json", ".parquet", ".safetensors", ".onnx", ".html", ".csv", ".md", ".png", ".svg"}
