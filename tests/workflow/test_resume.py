"""A run that is stopped at any moment goes on, and ends as if it had not been stopped."""

from __future__ import annotations

import os
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
    assert "stopped; `iatros run study.toml -o out` goes on from there" in words
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
