"""A checkup: what is broken, what is only missing, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatros.workflow.doctor import _of_extra, _of_folder, _of_machine, _of_speed, doctor
from iatros.workflow.hardware import Cores, Memory, Speed
from iatros.workflow.installed import Package

FAST = Speed("2.13", "cpu", 2, {"float32": 10.0, "bfloat16": 30.0})


def test_a_machine_on_which_the_tests_run_is_fine(tmp_path, monkeypatch):
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))
    found = doctor(tmp_path / "runs", measure=lambda: FAST)
    assert not found.broken
    told = found.as_json()
    assert told["ok"]
    assert told["cores"]["usable"] > 0
    assert {"installed", "extras", "machine", "speed", "folders", "terminal"} == {item["part"] for item in told["items"]}
    assert not list(tmp_path.iterdir())  # looking leaves nothing behind


def test_torch_that_does_not_work_is_broken_and_bfloat16_is_measured():
    (broken,) = _of_speed(Speed(fault="ImportError: libgomp"))
    assert (broken.state, broken.todo) == ("broken", "pip install --force-reinstall torch")
    assert "bfloat16 is faster" in list(_of_speed(FAST))[-1].found
    level = Speed("2", "cpu", 1, {"float32": 10.0, "bfloat16": 10.5})
    assert "neither is faster" in list(_of_speed(level))[-1].found


def test_an_extra_that_is_missing_breaks_nothing_and_says_how_to_install_it():
    found = _of_extra("imaging", [Package("pydicom", ">=3.0", "", "imaging"), Package("pylibjpeg", "", "2.1", "imaging")])
    assert (found.state, found.found, found.todo) == ("missing", "without pydicom", 'pip install "iatros[imaging]"')


def test_a_folder_that_cannot_be_written_is_broken(tmp_path):
    place = tmp_path / "file"
    place.write_text("")
    item = next(_of_folder("cache", place / "below"))  # below a file nothing can be written, whoever one is
    assert item.state == "broken"
    assert "IATROS_CACHE" in item.todo
    assert next(_of_folder("runs", tmp_path / "new")).state == "fine"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("limit", "state"), [(2.0, "warning"), (None, "fine")])
def test_the_containers_limit_counts(limit, state):
    item = list(_of_machine(Cores(8, 4, 1.5), Memory(64.0, 32.0, limit)))
    assert "of which this process may use 4, limited to 1.5 cores' time" in item[0].found
    assert item[1].state == state


def test_the_working_folder_is_not_asked_for_torch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert doctor(Path("runs"), measure=lambda: Speed(fault="broken")).broken
