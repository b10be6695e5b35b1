"""A run that is stopped at any moment goes on, and ends as if it had not been stopped."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import iatros
from iatros.findings import InputError
from iatros.runs import RunFolder, changed

# A process that kills itself, without a last word, when a stage begins (0) or at the n-th step that it reports.
KILLED = """
import os, signal, sys
from iatros.workflow.run import run

class Killer:
    steps = 0
    def began(self, stage, text=""):
        self.die(stage, 0)
    def moved(self, stage, text, done):
        self.steps += 1
        self.die(stage, self.steps)
    def ended(self, stage, text, seconds): pass
    def found(self, findings, cases): pass
    def die(self, stage, step):
        if (stage, str(step)) == tuple(sys.argv[2:]):
            os.kill(os.getpid(), signal.SIGKILL)

run(sys.argv[1], "killed", watch=Killer())
"""
MOMENTS = [("train", 2), ("train", 7), ("explain", 0)]


@pytest.fixture
def desk(tmp_path, cases, declare, monkeypatch):
    """A folder with a study, its table, and nothing else."""
    monkeypatch.chdir(tmp_path)
    cases(120, seed=3).write_csv("cases.csv")
    (tmp_path / "study.toml").write_text(declare("cases.csv").to_toml(), "utf-8")
    return tmp_path


def started(desk, *arguments):
    return subprocess.Popen([sys.executable, *arguments], cwd=desk, env=os.environ | {"OMP_NUM_THREADS": "1", "NO_COLOR": "1"},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip


@pytest.mark.slow
def test_a_run_killed_again_and_again_ends_with_the_same_predictions(desk):
    whole = iatros.run("study.toml", "whole")
    for stage, step in MOMENTS:
        process = started(desk, "-c", KILLED, "study.toml", stage, str(step))
        words, _ = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, words
        assert not RunFolder(desk / "killed").finished()
    resumed = iatros.run("study.toml", "killed")
    first, again = (pl.read_parquet(run.folder.predictions("ill")) for run in (whole, resumed))
    assert_frame_equal(first, again, check_exact=True)
    assert not changed(resumed.folder)
    assert not resumed.folder.checkpoints.exists()


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on_and_what_changed_meanwhile_is_refused(desk, cases, declare):
    long = declare("cases.csv", training={"epochs": 20_000, "threads": 1, "precision": "float32", "device": "cpu"})
    (desk / "study.toml").write_text(long.to_toml(), "utf-8")
    process = started(desk, "-m", "iatros", "run", "study.toml", "-o", "out")
    until = time.monotonic() + 60
    while not list(desk.glob("out/checkpoints/*.safetensors")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)  # until training has something to go on from
    process.send_signal(signal.SIGINT)
    words, _ = process.communicate(timeout=60)
    assert process.returncode == 130, words
    assert words.splitlines()[-1].startswith("stopped at train, ")
    assert words.endswith("; `iatros run study.toml -o out` goes on from there\n")
    assert "Traceback" not in words

    other = declare(
        "cases.csv", training={"epochs": 20_000, "threads": 1, "precision": "float32", "device": "cpu", "rate": 0.01}
    )
    with pytest.raises(InputError, match=r"begun with something else: \[training\] changed since"):
        iatros.run(other, "out")
    cases(120, seed=4).write_csv("cases.csv")
    with pytest.raises(InputError, match="the data of `ill`, the data of `labs` changed since"):
        iatros.run("study.toml", "out")
    cases(110, seed=3).write_csv("cases.csv")
    with pytest.raises(InputError, match="the number of cases"):
        iatros.run("study.toml", "out")


class Stopper:
    """A watch that stops the run where it is told to: when a stage begins, or at the n-th step that it reports."""

    def __init__(self, stage, step=0):
        self.stage, self.step, self.steps = stage, step, 0

    def began(self, stage, text=""):
        if not text and self.step == 0 and stage == self.stage:
            raise KeyboardInterrupt

    def moved(self, stage, text, done):
        self.steps += 1
        if (stage, self.steps) == (self.stage, self.step):
            raise KeyboardInterrupt

    def ended(self, stage, text, seconds): ...

    def found(self, findings, cases): ...


@pytest.mark.slow
def test_a_run_stopped_in_one_stage_after_another_ends_as_if_it_never_was(desk):
    whole = iatros.run("study.toml", "whole")
    for stage, step in [("train", 4), ("predict", 0), ("report", 0)]:
        with pytest.raises(KeyboardInterrupt):
            iatros.run("study.toml", "stopped", watch=Stopper(stage, step))
        assert not RunFolder(desk / "stopped").finished()
    resumed = iatros.run("study.toml", "stopped")
    first, again = (pl.read_parquet(run.folder.predictions("ill")) for run in (whole, resumed))
    assert_frame_equal(first, again, check_exact=True)
    for name in ("fitted.json", "plans.json", "folds.parquet", "metrics.json"):
        assert (whole.folder.path / name).read_bytes() == (resumed.folder.path / name).read_bytes(), name
    assert not changed(resumed.folder)
    assert (
        resumed.record["looks_at_test"] == 2
    )  # it was looked at before the report was stopped, and once more: each look counts
    assert whole.record["looks_at_test"] == 1


@pytest.mark.slow
def test_the_command_that_ctrl_c_prints_goes_on_and_finishes(desk, declare):
    said = {"epochs": 400, "threads": 1, "precision": "float32", "device": "cpu"}
    (desk / "study.toml").write_text(declare("cases.csv", training=said).to_toml(), "utf-8")
    process = started(desk, "-m", "iatros", "run", "study.toml", "-o", "my out", "-q")
    until = time.monotonic() + 90
    while not list(desk.glob("my out/models/folds-*.safetensors")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)  # until one of two networks is trained
    process.send_signal(signal.SIGINT)
    words, _ = process.communicate(timeout=60)
    assert process.returncode == 130, words
    first = next(desk.glob("my out/models/folds-*.safetensors"))
    written = first.stat().st_mtime_ns
    printed = words.split("`")[-2]
    program, *arguments = shlex.split(printed)
    assert program == "iatros"
    again = started(desk, "-m", "iatros", *arguments)
    words, _ = again.communicate(timeout=120)
    assert again.returncode == 0, words
    assert first.stat().st_mtime_ns == written  # what was trained is not trained again
    assert not changed(RunFolder(desk / "my out"))
