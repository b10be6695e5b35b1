"""What shells are offered, by the functions and by the protocols of bash, zsh and fish."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from iatros.cli import completing


def offered(shell: str, line: str, cwd) -> str:
    """What the program answers a shell that completes the last word of a line."""
    said = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_IATROS_COMPLETE": f"complete_{shell}"}  # fmt: skip
    return subprocess.run([sys.executable, "-m", "iatros"], env=os.environ | said, cwd=cwd, capture_output=True,
                          text=True, check=True, timeout=60).stdout  # fmt: skip


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "study.toml").write_text("")
    (tmp_path / "heart.toml").write_text("")
    return tmp_path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_is_offered_verbs_options_kinds_and_runs(shell, desk):
    assert {"doctor", "compare", "schema"} <= set(offered(shell, "iatros ", desk).replace('"', " ").split())
    assert "--threshold" in offered(shell, "iatros evaluate --", desk)
    assert "inputs.image" in offered(shell, "iatros schema inputs.", desk)
    assert "runs/second" in offered(shell, "iatros compare runs/first ru", desk)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_its_script(shell, desk):
    named = os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # CI has no shell above it to be found
    words = [sys.executable, "-m", "iatros", "--show-completion", shell]
    done = subprocess.run(words, env=named, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "_IATROS_COMPLETE" in done.stdout


def test_schema_offers_sections_kinds_and_keys():
    assert "training.rate" in completing.schema_keys("training.r")
    assert completing.schema_keys("inputs.im") == ["inputs.image"]
    assert all(key.startswith("encoder.cnn.") for key in completing.schema_keys("encoder.cnn."))
    assert completing.schema_keys("encoder.cnn.")
    assert completing.schema_keys("nothing.here") == []


def test_data_sets_studies_and_runs_are_offered(desk):
    assert completing.data_sets("cyto") == ["cytology"]
    assert completing.studies("") == ["heart.toml"]
    assert completing.run_folders("") == ["runs/first", "runs/second"]
    assert completing.run_folders("runs/s") == ["runs/second"]
    assert completing.run_folders("nowhere/") == []
