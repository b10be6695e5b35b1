"""The whole way of the data: nothing leaks, nothing identifies a patient, every kind of study comes to its report."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.findings import InputError


@pytest.fixture(scope="module")
def pair(tmp_path_factory, cases, declare):
    """Two runs on given parts, whose test cases have other inputs and the opposite outcome."""
    one = cases(160, seed=2)
    test = pl.col("part") == "test"
    other = one.with_columns(
        age=pl.when(test).then(pl.col("age") * 1.5 + 7).otherwise("age"),
        crp=pl.when(test).then(40 - pl.col("crp")).otherwise("crp"),
        ill=pl.when(test).then(pl.col("ill").replace_strict({"yes": "no", "no": "yes"})).otherwise("ill"),
    )
    place = tmp_path_factory.mktemp("pair")
    split = {"kind": "column", "column": "part"}
    return [iatros.run(declare(table, split=split), place / name) for name, table in (("one", one), ("other", other))]


def test_test_cases_change_nothing_that_was_fitted(pair):
    one, other = pair
    for name in ("fitted.json", "plans.json", "folds.parquet", "reference.json"):
        assert (one.folder.path / name).read_bytes() == (other.folder.path / name).read_bytes(), name
    weights = [sorted(made.folder.models.rglob("*.safetensors")) for made in pair]
    assert len(weights[0]) == len(weights[1]) == 1
    tensors = [_tensors(path[0]) for path in weights]
    assert all(np.array_equal(tensors[0][name], tensors[1][name]) for name in tensors[0])
    graphs = [sorted(p for p in (made.folder.path / "baselines").rglob("*") if p.suffix == ".onnx") for made in pair]
    assert graphs[0]
    assert [p.read_bytes() for p in graphs[0]] == [p.read_bytes() for p in graphs[1]]


def test_test_cases_choose_no_threshold(pair):
    chosen = [{(r.model, r.rule, r.threshold) for r in made.metrics if "validation" in r.rule} for made in pair]
    assert chosen[0]
    assert chosen[0] == chosen[1]


def test_the_same_seed_gives_the_same_predictions(pair):
    tables = [made.predictions().filter(pl.col("part") != "test") for made in pair]
    assert len(tables[0])
    assert tables[0].equals(tables[1])


def test_no_patient_can_be_found_in_the_folder(run, several):
    for made in (run, several):
        for path in made.folder.path.rglob("*"):
            if not path.is_file():
                continue
            held = path.read_bytes()
            if path.suffix == ".parquet":
                held += pl.read_parquet(path).write_json().encode()
            assert b"CANARY" not in held, path


def test_the_planted_rule_is_learned_and_told(run):
    auroc = next(r for r in run.metrics if r.metric == "auroc" and r.model == "iatros" and not (r.group or r.against))
    assert 0.8 < auroc.low < auroc.value <= auroc.high <= 1
    page = run.folder.report.read_text("utf-8")
    assert page[:15].lower() == "<!doctype html>"
    assert run.record["looks_at_test"] == 1
    assert not list(run.folder.path.glob("checkpoints/*"))


def test_no_figure_is_nan(run, several, picture_run):
    for made in (run, several, picture_run):
        text = made.folder.metrics.read_text("utf-8")
        rows = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} in metrics.json"))
        assert all(row["value"] is not None or row["withheld"] or row["metric"] for row in rows)


def test_several_targets_train_together(several):
    assert len(list(several.folder.models.glob("*.safetensors"))) == 1
    grade, signs, stay = (several.predictions(name) for name in ("grade", "signs", "stay"))
    ours = grade.filter(pl.col("model") == "iatros")
    assert np.allclose(ours.select("score:mild", "score:middling", "score:severe").sum_horizontal(), 1)
    assert signs["truth:edema"].null_count() > 0
    assert signs.filter(pl.col("model") == "iatros")["score:edema"].null_count() == 0
    assert {"score", "low", "high"} <= set(stay.columns)
    assert {row.target for row in several.metrics} == {"grade", "signs", "stay"}
    assert several.folder.report.is_file()


def test_a_value_is_predicted_better_than_by_its_mean(several):
    r2 = next(r for r in several.metrics if r.target == "stay" and r.metric == "r2" and r.model == "iatros" and not r.group)
    assert r2.value > 0.3


def test_time_and_hospitals_are_judged_in_one_run(tmp_path, cases, declare):
    section = {"table": cases(180, seed=3), "patient": "patient", "site": "hospital", "time": "year"}
    study = declare(section["table"], cases=section, split={"kind": "time", "also": ["sites"]})
    made = iatros.run(study, tmp_path / "schemes")
    assert {row.scheme for row in made.metrics} == {"time", "sites"}
    table = made.predictions().filter(pl.col("part") == "test", pl.col("model") == "iatros", pl.col("scheme") == "sites")
    assert table.group_by("fold").agg(pl.col("site").n_unique())["site"].to_list() == [1, 1, 1]
    latest = made.predictions().filter(pl.col("part") == "test", pl.col("scheme") == "time")["case"].min()
    earliest = made.predictions().filter(pl.col("part") != "test", pl.col("scheme") == "time")["case"].max()
    assert latest > earliest


def test_images_in_folders_come_to_a_report_with_pictures(picture_run):
    pictures = list((picture_run.folder.path / "figures").rglob("*.png"))
    assert pictures
    assert "grad_cam" in picture_run.folder.evidence.read_text("utf-8")
    assert picture_run.folder.report.is_file()


def test_arrays_keep_their_given_parts(array_run):
    counts = pl.read_parquet(array_run.folder.folds)["part"].value_counts()
    assert dict(counts.iter_rows())["test"] == 20
    assert len(array_run.predictions().filter(pl.col("part") == "test", pl.col("model") == "iatros")) == 20


def test_given_parts_that_leak_are_run_only_when_forced_and_the_report_says_so_first(tmp_path, cases, declare):
    table = cases(120, seed=6).with_columns(
        part=pl.Series(["train", "test"] * 60)
    )  # two visits a patient: one trains, one tests
    study = declare(table, split={"kind": "column", "column": "part"})
    with pytest.raises(InputError, match="60 patients are in both train and test of the column `part`"):
        iatros.run(study, tmp_path / "refused")
    assert not (tmp_path / "refused" / "models").exists()
    made = iatros.run(study, tmp_path / "forced", allow_leak=True)
    folds = pl.read_parquet(made.folder.folds)
    assert folds.filter(pl.col("part") == "test").height == 60  # the given parts are taken as they are
    leaks = [f for f in json.loads(made.folder.findings.read_text("utf-8")) if f["check"] == "leak"]
    assert [f["severity"] for f in leaks] == ["warning"]
    page = made.folder.report.read_text("utf-8")
    body = page[page.index("<body") :]
    assert "--allow-leak" in body
    assert body.index("--allow-leak") < body.index("<h2")
    assert "CANARY" not in page


def test_a_finished_run_is_not_overwritten(run, home):
    with pytest.raises(InputError, match="this run is finished"):
        iatros.run(home / "two.toml", home / "two")


def _tensors(path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(path)
