"""A study of a class for every position, from a table to a report and new predictions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.findings import InputError
from iatros.study import Study
from iatros.workflow.explain import explain_case

TOLD = {"A": "x", "C": "y", "G": "x", "T": "y"}


def letters(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list("ACGT"), rng.integers(20, 50))) for _ in range(count)]


def states(text: str) -> str:
    """x or y by the letter before; the first position is not known."""
    return "?" + "".join(TOLD[letter] for letter in text[:-1])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    texts = letters(160)
    sizes = ["long" if len(text) > 34 else "short" for text in texts]
    table = pl.DataFrame({"dna": texts, "states": [states(text) for text in texts], "size": sizes})
    place = tmp_path_factory.mktemp("positions")
    table.write_csv(place / "table.csv")
    study = Study(
        name="positions",
        cases={"table": str(place / "table.csv")},
        inputs={"dna": {"kind": "sequence", "column": "dna", "encoder": {"kind": "gated_cnn", "width": 16, "dilations": [1]}}},
        targets={"state": {"kind": "residues", "column": "states", "segments": True}},
        split={"kind": "holdout"},
        training={"epochs": 20, "batch": 16, "rate": 0.01, "precision": "float32", "threads": 1},
        evaluation={"resamples": 200, "groups": ["size"]},
    )
    return iatros.run(study, place / "run")


def test_the_planted_rule_is_found_and_judged_over_positions(made):
    overall = {row.model: row for row in made.metrics if row.metric == "accuracy" and not row.group and not row.against}
    assert overall["iatros"].value > 0.95
    assert overall["iatros"].low < overall["iatros"].value
    assert overall["prevalence"].value < 0.7
    assert overall["logistic regression"].value > 0.95


def test_predictions_hold_a_list_a_case(made):
    table = pl.read_parquet(made.folder.predictions("state")).filter(pl.col("model") == "iatros")
    assert table["score:x"].dtype == pl.List(pl.Float32)
    assert (table["score:x"].list.len() == table["truth"].str.len_chars()).all()


def test_the_report_speaks_of_positions(made):
    page = (made.folder.path / "report.html").read_text("utf-8")
    assert "How many positions are right?" in page
    assert "at every position one of x and y" in page
    evidence = json.loads((made.folder.path / "evidence.json").read_text("utf-8"))
    assert {case["role"] for case in evidence["cases"]} == {"worst", "best", "typical"}


def test_the_page_speaks_of_positions_throughout(made):
    page = made.folder.report.read_text("utf-8")
    groups = re.search(r"Results by group.*?</table>", page, re.DOTALL).group()
    assert "Accuracy" in groups
    assert "AUROC" not in groups
    assert "Held back" not in groups
    worst = re.search(r"worst predictions.*?</table>", page, re.DOTALL).group()
    assert re.search(r"\d% right", worst)
    assert re.search(r"\d+ of \d+ positions known", worst)
    assert "a case has no one score to explain" in page
    assert "need one outcome a case" in page


def test_one_case_is_explained_by_its_classes_and_its_letters(made):
    case = json.loads((made.folder.path / "evidence.json").read_text("utf-8"))["cases"][0]
    found = explain_case(made, case["row"])
    assert found.score == case["score"]
    assert (found.effects, found.changes, found.checks) == ((), (), ())
    (picture,) = found.pictures
    drawn = Path(picture).read_text("utf-8")
    assert case["truth"] in drawn
    assert "of its known positions are right" in found.lines()[0]
    assert json.dumps(found.as_json())


def test_new_sequences_get_probabilities_at_every_position(made):
    texts = letters(5, seed=1)
    frame = iatros.predict(made, pl.DataFrame({"dna": [*texts, None]}))
    for text, x, y in zip(texts, frame["score:x"].to_list(), frame["score:y"].to_list(), strict=False):
        said = "".join("x" if a > b else "y" for a, b in zip(x, y, strict=True))
        assert len(said) == len(text)
        assert np.mean([s == t for s, t in zip(said[1:], states(text)[1:], strict=True)]) > 0.9
    assert frame["score:x"][5] is None


def test_another_hospitals_sequences_are_judged_over_positions(made):
    texts = letters(40, seed=2)
    judged = iatros.evaluate(made, pl.DataFrame({"dna": texts, "states": [states(text) for text in texts]}))
    assert next(row.value for row in judged.metrics if row.metric == "accuracy" and not row.class_) > 0.9


def beside_a_table(path=None, **said):
    texts = letters(60)
    table = pl.DataFrame({"age": list(range(60)), "dna": texts, "states": [states(text) for text in texts]})
    if path is not None:
        table.write_csv(path)
    read = {"kind": "sequence", "column": "dna", "encoder": {"kind": "gated_cnn", "width": 8, "dilations": [1]}}
    return Study(
        name="two",
        cases={"table": table if path is None else str(path)},
        inputs={"who": {"kind": "table", "columns": ["age"]}, "dna": read},
        targets={"state": {"kind": "residues", "column": "states", **said}},
        split={"kind": "holdout"},
        training={"epochs": 2, "batch": 16, "precision": "float32", "threads": 1},
        evaluation={"resamples": 100},
    )


def test_positions_are_those_of_the_sequence_also_where_a_table_comes_first(tmp_path):
    made = iatros.run(beside_a_table(tmp_path / "two.csv"), tmp_path / "run")
    assert next(row for row in made.metrics if row.metric == "accuracy" and row.model == "iatros" and not row.group).value
    texts = letters(10, seed=3)
    new = pl.DataFrame({"age": list(range(10)), "dna": texts, "states": [states(text) for text in texts]})
    told = explain_case(made, json.loads(made.folder.evidence.read_text("utf-8"))["cases"][0]["row"])
    assert [path.rpartition("-")[2] for path in told.pictures] == ["letters.svg"]
    assert told.effects == ()
    assert iatros.evaluate(made, new).tables["state"]["score:x"].list.len().to_list() == [len(text) for text in texts]


def test_an_input_without_positions_is_refused_in_words():
    with pytest.raises(InputError, match="needs positions"):
        iatros.check(beside_a_table(input="who"))
