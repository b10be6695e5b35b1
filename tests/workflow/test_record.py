"""The record: it grows, survives an interruption, and names neither host nor user."""

from __future__ import annotations

import getpass
import platform

from iatros.workflow.record import Record, machine, versions


def test_a_record_goes_on_where_it_was(tmp_path):
    first = Record.of(tmp_path / "record.json")
    first.put(name="s")
    first.looked_at_test("a first look")
    again = Record.of(tmp_path / "record.json")
    again.looked_at_test("a second")
    assert again.facts["name"] == "s"
    assert again.facts["looks_at_test"] == 2


def test_the_seconds_of_a_stage_add_up(tmp_path):
    record = Record.of(tmp_path / "record.json")
    record.put(seconds={"train": 5.0})
    with record.stage("train"):
        pass
    assert record.facts["seconds"]["train"] >= 5
    assert record.facts["peak_mb"] > 0


def test_neither_host_nor_user_is_told(run):
    text = run.folder.record.read_text("utf-8")
    assert f'"{platform.node()}"' not in text
    assert f"/{getpass.getuser()}/" not in text
    assert set(versions()) >= {"python", "torch", "numpy"}
    assert machine()["cores"] >= 1
