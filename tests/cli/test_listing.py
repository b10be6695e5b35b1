"""`iatros runs` and `iatros data list`."""

import json

import pytest

from iatros.cli.listing import list_data, list_runs
from iatros.findings import InputError
from iatros.runs import RunFolder, write_json, write_manifest


def a_run(path, finished=True):
    folder = RunFolder(path)
    path.mkdir(parents=True)
    folder.study.write_text('name = "a"\n', "utf-8")
    write_json(folder.record, {"started": "2026-11-21T05:12:47"})
    row = {"model": "iatros", "group": "", "against": "", "class_": "", "metric": "auroc", "target": "ill",
           "value": 0.91234, "low": 0.8, "high": 0.95}  # fmt: skip
    write_json(folder.metrics, [{**row, "model": "prevalence", "value": 0.5}, row])
    if finished:
        write_manifest(folder)
    return folder


def test_runs_are_told_with_figure_interval_and_state(tmp_path, capsys):
    a_run(tmp_path / "whole")
    a_run(tmp_path / "half", finished=False)
    a_run(tmp_path / "touched").metrics.write_text("[]", "utf-8")
    (tmp_path / "no run").mkdir()
    list_runs(tmp_path, as_json=True)
    found = {run["name"]: run for run in json.loads(capsys.readouterr().out)}
    assert {name: run["state"].split()[0] for name, run in found.items()} == {
        "whole": "intact",
        "half": "unfinished",
        "touched": "1",
    }
    assert found["whole"]["figure"] == "AUROC 0.912 [0.800, 0.950]"
    assert found["whole"]["date"] == "2026-11-21 05:12"
    list_runs(tmp_path, as_json=False)
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_a_folder_without_runs_is_said_on_stderr_only(tmp_path, capsys):
    list_runs(tmp_path, as_json=False)
    told = capsys.readouterr()
    assert not told.out
    assert "no runs in" in told.err


def test_a_folder_that_is_named_and_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="there is no such folder"):
        list_runs(tmp_path / "nowhere", as_json=False)


def test_columns_are_as_wide_as_what_stands_in_them(tmp_path, capsys):
    name = "a-run-whose-name-is-longer-than-most"
    a_run(tmp_path / name)
    list_runs(tmp_path, as_json=False)
    header, line = capsys.readouterr().out.splitlines()
    assert header.index("date") == line.index("2026-11-21") == len(name) + 2
    assert header.index("figure") == line.index("AUROC")


def test_data_sets_are_listed_with_cases_and_licence(capsys):
    list_data(as_json=True)
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["cytology"]["cases"] == 569
    assert found["cytology"]["ships_with"] == "scikit-learn"
    list_data(as_json=False)
    assert any(line.startswith("cytology") and "CC BY 4.0" in line for line in capsys.readouterr().out.splitlines())
