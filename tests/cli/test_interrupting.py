"""Ctrl-C in every verb: exit status 130, a last line that names the command, and that command then does its work."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

pytestmark = pytest.mark.timeout(1200)  # several processes each, and other work may be on the cores

# `iatros`, to which SIGINT is sent at the first event of a kind (open, import, ...) whose first argument holds a word.
PROGRAM = """
import signal, sys
_, event, word, *typed = sys.argv
armed = [True]
def heard(what, arguments):
    if armed and what == event and arguments and word in str(arguments[0]):
        armed.clear()
        signal.raise_signal(signal.SIGINT)
sys.argv = ["iatros", *typed]
from iatros.cli import main
sys.addaudithook(heard)
main()
"""
# verb -> (event, word in its first argument, what is typed)
LIGHT = {
    "check": ("open", ".npy", "check study.toml"),
    "runs": ("open", "record.json", "runs"),
    "schema": ("import", "iatros.cli.keys", "schema training"),
    "doctor": ("subprocess.Popen", "", "doctor"),
    "data list": ("import", "iatros.cases.datasets", "data list"),
    "data fetch": ("import", "iatros.cases.datasets", "data fetch cytology"),
    "compare": ("open", "folds.parquet", "compare runs/small other.csv"),
    "evaluate a table": ("import", "iatros.workflow.evaluate", "evaluate other.csv"),
}
HEAVY = {
    "predict": ("open", "out.csv", "predict runs/small new.csv -o out.csv"),
    "evaluate": ("open", "new.csv", "evaluate runs/small new.csv"),
    "explain": ("open", "evidence.json", "explain runs/small --case {row}"),
    "report": ("open", "report.html", "report runs/small"),
}


def typed(desk: Path, words: str, stop: tuple[str, str] = ("", "")) -> subprocess.CompletedProcess[str]:
    """The command as a person types it; stopped where `stop` says."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "IATROS_CACHE": str(desk / "cache"), "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-c", PROGRAM, *stop, *shlex.split(words)], cwd=desk, env=environment,
                          capture_output=True, text=True, timeout=600, check=False)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory, study, laid_out):
    """A folder with a study, the run of it, new cases, and another program's predictions."""
    place = tmp_path_factory.mktemp("desk")
    laid_out(place, study)
    done = typed(place, "run study.toml")
    assert done.returncode == 0, done.stderr
    return place


def assert_stopped(done: subprocess.CompletedProcess[str], words: str) -> str:
    """The command that the last line names."""
    assert done.returncode == 130, done.stderr
    last = done.stderr.rstrip().splitlines()[-1]
    assert last.startswith("stopped")
    assert "Traceback" not in done.stderr
    named = last.split("`")[-2]
    assert named == f"iatros {words}"
    return named.removeprefix("iatros ")


@pytest.mark.slow
@pytest.mark.parametrize("verb", LIGHT)
def test_a_verb_without_networks_can_be_stopped_and_done_anew(verb, desk, study):
    event, word, words = LIGHT[verb]
    if verb == "check":
        (desk / "study.toml").write_text(study.replace('["age", "sex"]', '["age"]').replace("small", "other"), "utf-8")
    again = assert_stopped(typed(desk, words, (event, word)), words)
    assert not list(desk.rglob(".draft-*"))
    assert typed(desk, again).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("verb", HEAVY)
def test_a_verb_that_uses_a_run_can_be_stopped_and_done_anew(verb, desk):
    event, word, words = HEAVY[verb]
    tested = pl.read_parquet(desk / "runs/small/predictions/ill.parquet").filter(pl.col("part") == "test")
    words = words.format(row=int(tested["case"][0]) + 2)  # the header is row 1
    again = assert_stopped(typed(desk, words, (event, word)), words)
    assert not (desk / "out.csv").exists()
    done = typed(desk, again)
    assert done.returncode == 0, done.stderr
    assert "intact" in typed(desk, "runs").stdout  # and the run is as it was
    (desk / "out.csv").unlink(missing_ok=True)


@pytest.mark.slow
def test_a_sweep_stopped_goes_on_with_what_was_tried_and_tries_as_many_as_it_was_told(desk, study):
    swept = study.replace("small", "swept") + '\n[sweep]\nfolds = 2\nkeys = { "training.rate" = [0.001, 0.01] }\n'
    (desk / "swept.toml").write_text(swept, "utf-8")
    first = json.loads(typed(desk, "sweep swept.toml --trials 1 --json").stdout)
    words = "sweep swept.toml --trials 3 --json"
    for _ in range(2):
        again = assert_stopped(typed(desk, words, ("tempfile.mkdtemp", "iatros-sweep-")), words)
    done = typed(desk, again)
    assert done.returncode == 0, done.stderr
    tried = json.loads(done.stdout)["trials"]
    assert len(tried) == 3
    assert first["trials"][0] in tried


@pytest.mark.slow
def test_a_demo_stopped_goes_on_and_tells_its_figures_as_json(desk, study):
    (desk / "studies").mkdir()
    (desk / "studies/cytology.toml").write_text(
        study.replace("small", "cytology").replace("cases.csv", "../cases.csv"), "utf-8"
    )
    for word in ("begun.json", "predictions/"):
        assert_stopped(typed(desk, "demo --json", ("open", word)), "demo --json")
    for _ in ("done now", "done before"):
        done = typed(desk, "demo --json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["run"] == "runs/cytology"
        assert any(row["metric"] == "auroc" for row in told["metrics"])


@pytest.mark.slow
def test_a_run_stopped_in_every_stage_ends_with_the_predictions_of_one_never_stopped(desk, study):
    (desk / "again.toml").write_text(study.replace("small", "again").replace("epochs = 2", "epochs = 4"), "utf-8")
    whole = typed(desk, "run again.toml -o runs/whole")
    assert whole.returncode == 0, whole.stderr
    words = "run again.toml"
    for word in ("begun.json", "predictions/", "report.html"):  # training itself: tests/workflow/test_resume.py
        assert_stopped(typed(desk, words, ("open", word)), words)
    done = typed(desk, words)
    assert done.returncode == 0, done.stderr
    first, second = (pl.read_parquet(desk / f"runs/{name}/predictions/ill.parquet") for name in ("whole", "again"))
    assert_frame_equal(first, second, check_exact=True)
