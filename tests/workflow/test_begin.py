"""A folder at the start: which is touched and which is not."""

from __future__ import annotations

import pytest

from iatros.findings import InputError
from iatros.runs import RunFolder, write_json
from iatros.workflow.begin import changes, check_folder, folder_for, refuse_finished

FACTS = {"study": {"training": "a", "inputs": "b"}, "data": {"xray": "c"}, "cases": 10, "folds": "d"}


def test_what_changed_is_named():
    assert changes(FACTS, FACTS) == []
    assert changes(FACTS, FACTS | {"study": {"training": "x", "inputs": "b"}}) == ["[training]"]
    assert changes(FACTS, FACTS | {"data": {"xray": "x"}, "cases": 1200}) == [
        "the data of `xray`",
        "the number of cases (10 then, 1,200 now)",
    ]
    assert changes(FACTS, FACTS | {"folds": "x"}) == ["the folds"]


def test_force_removes_a_run_and_nothing_else(tmp_path):
    other, begun = tmp_path / "thesis", tmp_path / "begun"
    other.mkdir()
    (other / "chapter.txt").write_text("years of work")
    with pytest.raises(InputError, match="not a run"):
        refuse_finished(RunFolder(other), force=True)
    assert (other / "chapter.txt").exists()
    begun.mkdir()
    (begun / "study.toml").write_text("")
    refuse_finished(RunFolder(begun), force=True)
    assert not begun.exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not a folder"):
        refuse_finished(RunFolder(tmp_path / "file"), force=True)


def test_a_check_leaves_a_finished_run_alone(tmp_path, declare, cases):
    folder = folder_for(declare(cases(4, seed=0)), tmp_path / "mine")
    assert check_folder(folder) == folder
    write_json(folder.manifest, {})
    assert check_folder(folder).path.name == "mine-check"
