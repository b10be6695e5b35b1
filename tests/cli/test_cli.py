"""The command line as a person types it, in this process; interruption is tested in tests/workflow/test_resume.py."""

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

VERBS = [
    "new",
    "check",
    "run",
    "predict",
    "evaluate",
    "explain",
    "report",
    "sweep",
    "runs",
    "align",
    "search",
    "audit",
    "schema",
    "demo",
    "data list",
    "data fetch",
]


@pytest.fixture
def desk(tmp_path, monkeypatch, study, made_up):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "study.toml").write_text(study, "utf-8")
    made_up(200, seed=0).write_csv("cases.csv")
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb, typed):
    status, out, _ = typed(*verb.split(), "--help")
    assert status == 0
    assert f"iatros {verb}" in out


@pytest.mark.parametrize(
    "words", [["nonsense"], ["run", "s.toml", "--bogus"], ["run"], ["explain", "x", "--case", "x"], ["explain", "x"]]
)
def test_a_wrong_command_line_ends_with_2(words, typed):
    status, out, err = typed(*words)
    assert (status, out) == (2, "")
    assert "Usage: iatros" in err


@pytest.mark.parametrize(
    "words",
    [["check", "no.toml"], ["run", "no.toml"], ["report", "no"], ["predict", "no", "x.csv"], ["explain", "no", "--case", "3"],
     ["evaluate", "no.csv"], ["evaluate", "no", "x.csv"], ["data", "fetch", "no"], ["schema", "no"], ["sweep", "no.toml"]],
)  # fmt: skip
def test_what_is_not_there_ends_with_1_and_says_so(words, desk, typed):
    status, out, err = typed(*words)
    assert (status, out) == (1, "")
    assert err.startswith("error: there is no ")


def test_help_and_lists_do_not_import_torch(desk):
    code = "import sys; from iatros.cli import main\ntry: main(sys.argv[1:])\nfinally: assert 'torch' not in sys.modules"
    for words in (["--help"], ["runs"], ["data", "list"]):
        assert subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False).returncode == 0


def test_check_gives_findings_on_stdout_and_one_json_document_if_asked(desk, typed):
    status, out, _ = typed("check", "study.toml")
    assert status == 0
    assert "200 cases" in out
    assert "0 errors" in out
    status, out, _ = typed("check", "study.toml", "--json")
    assert {"severity", "what", "todo", "rows"} <= json.loads(out)[0].keys()
    assert "CANARY" not in out


def test_a_study_at_fault_ends_with_1_and_its_line(desk, study, typed):
    (desk / "study.toml").write_text(study.replace("columns", "colums"), "utf-8")
    status, out, err = typed("check", "study.toml")
    assert (status, out) == (1, "")
    assert "study.toml:7" in err
    assert "columns" in err


def test_anybodys_predictions_are_judged(desk, typed):
    rng = np.random.default_rng(1)
    truth = rng.random(300) < 0.4
    pl.DataFrame(
        {"truth": truth.astype(int), "score": np.clip(0.4 + 0.2 * (truth - 0.4) + rng.normal(0, 0.1, 300), 0.01, 0.99)}
    ).write_csv("p.csv")
    status, out, _ = typed("evaluate", "p.csv")
    assert status == 0
    assert "AUROC" in out
    status, _, err = typed("evaluate", "p.csv", "--score", "scor")
    assert status == 1
    assert '"scor" (did you mean `score`?)' in err


@pytest.mark.slow
def test_a_run_is_made_kept_used_and_listed(desk, made_up, typed):
    status, out, err = typed("run", "study.toml")
    assert status == 0, err
    assert "AUROC" in out
    assert [line.split()[0] for line in err.splitlines() if line[:5] in ("check", "split", "train")] == [
        "check",
        "split",
        "train",
    ]
    assert "CANARY" not in out + err
    status, _, err = typed("run", "study.toml")
    assert status == 1
    assert "this run is finished" in err

    bad = made_up(20, seed=0).with_columns(pl.when(pl.int_range(20) == 4).then(None).otherwise("age").alias("age"))
    bad.write_csv("new.csv")
    status, out, err = typed("predict", "runs/small", "new.csv", "-o", "out.csv")
    assert status == 0, err
    assert "of 20 cases" in out
    assert pl.read_csv("out.csv").height == 20
    made_up(20, seed=0).drop("sex").write_csv("less.csv")
    status, _, err = typed("predict", "runs/small", "less.csv")
    assert status == 1
    assert "`sex`" in err

    tested = pl.read_parquet("runs/small/predictions/ill.parquet").filter(pl.col("part") == "test")
    row = int(tested["case"][0]) + 2  # the header is row 1
    status, out, err = typed("explain", "runs/small", "--case", str(row))
    assert status == 0, err
    assert "labs: age" in out
    status, _, err = typed("explain", "runs/small", "--case", "9999")
    assert status == 1
    assert "no case of this run" in err
    _, out, _ = typed("runs", "--json")
    assert json.loads(out)[0]["state"] == "intact"
    assert typed("report", "runs/small")[0] == 0
