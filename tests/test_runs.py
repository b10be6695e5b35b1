"""The run folder: written whole, and noticed when changed."""

from __future__ import annotations

import pytest

from iatros.findings import InputError
from iatros.runs import RunFolder, changed, finished_run, read_json, sha256, write_atomically, write_json, write_manifest


@pytest.fixture
def run(tmp_path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    write_json(folder.record, {"name": "run"})
    write_json(folder.path / "figures" / "a.json", [1, 2])
    write_manifest(folder)
    return folder


def test_an_untouched_run_is_intact(run):
    assert run.finished()
    assert changed(run) == {}


def test_only_a_finished_run_is_opened_and_the_reason_is_told(run):
    assert finished_run(run.path) == run
    with pytest.raises(InputError, match="there is no such run; `iatros runs` lists"):
        finished_run(run.path / "none")
    run.manifest.unlink()
    with pytest.raises(InputError, match="this folder holds no run; `iatros runs` lists"):
        finished_run(run.path)
    run.checkpoints.mkdir()
    with pytest.raises(InputError, match="this run is not finished; the same `iatros run` again goes on"):
        finished_run(run.path)


def test_changed_gone_and_added_files_are_told_apart(run):
    run.record.write_text("{}")
    (run.path / "figures" / "a.json").unlink()
    (run.path / "extra.txt").write_text("x")
    assert changed(run) == {"extra.txt": "added", "figures/a.json": "gone", "record.json": "changed"}


def test_checkpoints_are_no_part_of_the_manifest(run):
    (run.checkpoints).mkdir()
    (run.checkpoints / "begun.json").write_text("{}")
    assert changed(run) == {}


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"old": True})

    def fail(draft):
        draft.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, fail)
    assert read_json(path) == {"old": True}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_json_refuses_not_a_number(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"auroc": float("nan")})


def test_sha256_is_that_of_the_standard(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
