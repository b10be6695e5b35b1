"""Every verb: one JSON document on stdout if asked, quiet in pipes, and the exit status of what happened.

130 is tested in test_interrupting.py. One run serves all tests of this file.
"""

from __future__ import annotations

import json
import re
import shlex

import polars as pl
import pytest

from iatros.cli import main
from iatros.cli.screen import Screen

SWEEP = """[sweep]
trials = 2
folds = 2
keys = { "training.rate" = [0.001, 0.01] }
"""
# verb -> what is typed; 0: it is done
REPORTING = {
    "check": "check study.toml",
    "run": "run study.toml -o runs/second",
    "predict": "predict runs/small new.csv -o out.csv",
    "evaluate a run": "evaluate runs/small new.csv --recalibrate",
    "evaluate a table": "evaluate other.csv",
    "explain": "explain runs/small --case {row}",
    "report": "report runs/small",
    "runs": "runs",
    "sweep": "sweep study.toml",
    "compare": "compare runs/small other.csv",
    "doctor": "doctor",
    "schema": "schema",
    "schema KEY": "schema training.rate",
    "data list": "data list",
    "data fetch": "data fetch cytology",
}
# 1: the study or the data are at fault
AT_FAULT = [
    "check no.toml", "run no.toml", "predict runs/none new.csv", "evaluate runs/none new.csv", "evaluate none.csv",
    "explain runs/small --case 99999", "report runs/none", "compare runs/small runs/none", "compare runs/small new.csv",
    "schema nothing", "runs nowhere", "data fetch nothing", "sweep no.toml", "check leaky.toml", "run leaky.toml",
]  # fmt: skip
# 2: the command line is
MISTYPED = [
    "check", "run", "predict runs/small", "evaluate", "explain runs/small", "report", "runs --bogus", "compare", "doctor now",
    "compare runs/small", "schema --bogus", "data", "data fetch", "sweep", "demo --bogus", "check study.toml --treshold 3",
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory, study, laid_out):
    place = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("IATROS_CACHE", str(place / "cache"))
        cases = laid_out(place, study + SWEEP).with_columns(part=pl.Series(["train", "test"] * 60))
        pl.concat([cases, cases.head(7).with_columns(part=pl.lit("test"))]).write_csv("leaky.csv")
        leaky = study.replace("cases.csv", "leaky.csv").replace('kind = "holdout"', 'kind = "column"\ncolumn = "part"')
        (place / "leaky.toml").write_text(leaky.replace("small", "leaky"), "utf-8")
        assert status("run study.toml") == 0
        yield place


def status(words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(words))
    return int(ended.value.code)


def row_of_a_test_case() -> int:
    tested = pl.read_parquet("runs/small/predictions/ill.parquet").filter(pl.col("part") == "test")
    return int(tested["case"][0]) + 2  # the header is row 1


@pytest.mark.slow
@pytest.mark.parametrize("verb", REPORTING)
def test_a_verb_that_reports_prints_one_document_and_nothing_else(verb, desk, capsys):
    assert status(REPORTING[verb].format(row=row_of_a_test_case()) + " --json") == 0
    told = capsys.readouterr()
    json.loads(told.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert "CANARY" not in told.out + told.err


@pytest.mark.slow
@pytest.mark.parametrize("verb", sorted(REPORTING.keys() - {"run"}))
def test_in_a_pipe_a_verb_shows_no_colours_and_moves_nothing(verb, desk, capsys):
    assert status(REPORTING[verb].format(row=row_of_a_test_case())) == 0
    told = capsys.readouterr()
    assert told.out
    assert not re.search(r"[\x1b\r\x08]", told.out + told.err)


@pytest.mark.slow
@pytest.mark.parametrize("words", AT_FAULT)
def test_a_fault_of_study_or_data_ends_with_1_says_what_to_do_and_leaves_stdout_alone(words, desk, capsys):
    assert status(words + " --json") == 1
    told = capsys.readouterr()
    assert "error: " in told.err
    assert "Traceback" not in told.err
    assert not told.out or words.startswith("check")  # the findings of a study at fault are a result


@pytest.mark.parametrize("words", MISTYPED)
def test_a_fault_of_the_command_line_ends_with_2_and_shows_the_usage(words, capsys):
    assert status(words) == 2
    told = capsys.readouterr()
    assert "Usage: iatros" in told.out + told.err


@pytest.mark.slow
def test_a_run_without_cases_to_judge_it_on_is_a_fault_of_the_command_line(desk, capsys):
    assert status("evaluate runs/small") == 2
    assert "name the cases" in capsys.readouterr().err


def test_a_finished_stage_is_one_line_and_quiet_is_silent(desk, capsys):
    assert status("run study.toml -o runs/lines") == 0
    stages = [line.split()[0] for line in capsys.readouterr().err.splitlines() if re.search(r"\d+(\.\d)? (s|min)$", line)]
    assert stages == ["check", "split", "train", "compare", "predict", "evaluate", "explain", "report"]
    assert status("run study.toml -o runs/silent -q --json") == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert {"auroc", "brier"} <= {row["metric"] for row in json.loads(told.out)["metrics"]}


@pytest.mark.slow
def test_comparing_writes_a_page_beside_the_run_and_leaves_the_runs_as_they_are(desk, capsys):
    assert status("compare runs/small other.csv -o page.html") == 0
    told = capsys.readouterr().out
    assert "other.csv less small" in told
    assert "page: page.html" in told
    assert (desk / "page.html").read_text("utf-8").startswith("<!doctype html>")
    assert status("runs") == 0
    assert "changed" not in capsys.readouterr().out


def test_a_terminal_that_cannot_move_its_cursor_gets_lines(monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not Screen().moving
    monkeypatch.setenv("TERM", "xterm")
    assert Screen().moving
