"""Two sequences of a case that share an encoder and fuse symmetrically: a study, its figures and its explanation."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.evidence import Evidence
from iatros.findings import InputError
from iatros.runs import read_json
from iatros.study import Study
from iatros.workflow import probing
from iatros.workflow.examine import check

MOTIF = "WHWHW"


def pairs(count: int, seed: int = 0) -> pl.DataFrame:
    """Proteins of any length; a pair interacts where exactly one of both carries the motif."""
    rng = np.random.default_rng(seed)

    def protein(marked: bool) -> str:
        made = "".join(rng.choice(list("ACDEFGIKLMNPQRSTVY"), rng.integers(12, 40)))
        place = int(rng.integers(1, len(made) - 1))
        return made[:place] + MOTIF + made[place:] if marked else made

    marks = rng.integers(0, 2, (count, 2)).astype(bool)
    first, second = ([protein(bool(mark)) for mark in column] for column in marks.T)
    return pl.DataFrame({"a": first, "b": second, "interacts": (marks[:, 0] ^ marks[:, 1]).astype(int)})


def study_of(table: pl.DataFrame, width: int = 16, epochs: int = 12, **split: str) -> Study:
    read = {"kind": "sequence", "alphabet": "protein"}
    encoder = {"kind": "gated_cnn", "width": width, "dilations": [1, 2], "dropout": 0.0}
    return Study(
        name="pairs",
        cases={"table": table},
        inputs={"a": {**read, "column": "a", "encoder": encoder}, "b": {**read, "column": "b", "shares": "a"}},
        fusion={"kind": "symmetric", "dropout": 0.0},
        targets={"interacts": {"kind": "class", "column": "interacts", "positive": "1"}},
        split=split or {"kind": "holdout"},
        training={"epochs": epochs, "batch": 16, "rate": 0.01, "decay": 0, "alone": 0, "precision": "float32", "threads": 1},
        evaluation={"resamples": 100},
    )


def met() -> pl.DataFrame:
    """300 pairs of 30 proteins, of which none has an outcome of its own."""
    proteins = pairs(30)["a"].to_list()
    some = np.random.default_rng(2).permutation([(a, b) for a in proteins for b in proteins])[:300]
    return pl.DataFrame(some, schema=["a", "b"], orient="row").with_columns(interacts=pl.Series(np.arange(300) % 2))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return iatros.run(study_of(pairs(400)), tmp_path_factory.mktemp("pairs") / "run")


def test_what_only_both_proteins_tell_is_learnt(made):
    found = {row.model: row.value for row in made.metrics if row.metric == "auroc" and not row.against and not row.group}
    assert found["iatros"] > 0.95
    assert found["logistic regression"] < 0.8


def test_turned_pairs_have_the_same_probability(made):
    table = pairs(20, seed=1)
    turned = table.select(a="b", b="a", interacts="interacts")
    both = [iatros.predict(made, one)["score"].to_numpy() for one in (table, turned)]
    np.testing.assert_allclose(*both, atol=1e-5)


def test_letters_of_both_proteins_are_explained(made):
    evidence = Evidence(**read_json(made.folder.evidence))
    shown = [case for case in evidence.cases if case.letters]
    assert shown
    for case in shown:
        assert case.input in {"a", "b"}
        assert len(case.attribution) == len(case.letters)


def test_how_often_proteins_were_met_is_counted_over_all_cases(tmp_path, monkeypatch):
    """Also where other probes look at a part of the cases, in which each protein is met once or not at all."""
    monkeypatch.setattr(probing, "MOST_CASES", 60)
    rng, few = np.random.default_rng(0), pairs(40)
    code = rng.integers(0, 40, (240, 2))
    table = pl.DataFrame({"a": few["a"][code[:, 0]], "b": few["b"][code[:, 1]], "interacts": (code.sum(1) > 40).astype(int)})
    table = table.with_columns(part=pl.Series(["train", "train", "test"] * 80))
    run = iatros.run(study_of(table, width=4, epochs=1, kind="column", column="part"), tmp_path / "run")
    probe = next(one for one in Evidence(**read_json(run.folder.evidence)).probes if one.name == "inputs met before")
    assert probe.value > 0.85
    assert probe.verdict == "warning"


def test_both_things_of_a_pair_are_resampled_where_the_split_holds_them_out(tmp_path):
    table = met()
    made = iatros.run(study_of(table, width=4, epochs=1, kind="partners", columns=["a", "b"], k=2), tmp_path / "run")
    found = made.predictions("interacts").unique("case").join(table.with_row_index("case").cast({"case": pl.Int64}), "case")
    names = [dict(zip(found[code], found[column], strict=True)) for code, column in (("thing", "a"), ("partner", "b"))]
    assert names[0] == {code: names[1].get(code, protein) for code, protein in names[0].items()}
    assert len(set(names[0].values())) == len(names[0]) <= 30  # as many codes as proteins
    page = made.folder.report.read_text()
    assert "from resampling both things of each pair" in page
    assert "by Wilson" not in page
    assert "And on pairs of things it has never met?" in page
    assert "hospital it has never seen" not in page
    assert re.search(r"\d+ of them tested", page)


def test_a_split_that_leaves_nothing_to_learn_from_is_refused(tmp_path):
    table = met().with_columns(who=pl.lit("p1"))
    study = study_of(table, kind="partners", columns=["a", "b"], k=2)
    study = Study(**(study.model_dump() | {"cases": {"table": table, "patient": "who"}}))
    with pytest.raises(InputError, match="the split `partners` leaves a fold without a case to train"):
        iatros.run(study, tmp_path / "run")


def test_pairs_are_resampled_by_their_things_under_every_split_and_in_other_tables(tmp_path):
    table = met()
    made = iatros.run(study_of(table, width=4, epochs=1, kind="holdout"), tmp_path / "run")
    assert made.predictions("interacts")["thing"].n_unique() <= 30
    assert "from resampling both things of each pair" in made.folder.report.read_text()
    judged = iatros.evaluate(made, table.with_columns(pl.col("a").str.to_lowercase()))
    both = judged.tables["interacts"].select("thing", "partner")
    assert len(set(both["thing"]) | set(both["partner"])) == len(set(table["a"]) | set(table["b"]))


def test_a_shared_encoder_that_is_not_there_is_told_by_the_check():
    wrong = study_of(met()).model_dump()
    wrong["inputs"]["b"]["shares"] = "b"
    with pytest.raises(InputError, match="shares the encoder of `b`, which is no other input"):
        check(Study(**(wrong | {"cases": {"table": met()}})))


def test_pairs_that_a_run_learned_from_are_known_turned_around(tmp_path):
    table, place = met().filter(pl.col("a") < pl.col("b")), tmp_path / "pairs.csv"  # each pair once
    table.write_csv(place)
    said = study_of(table, width=4, epochs=1, kind="holdout").model_dump() | {"cases": {"table": str(place)}}
    made = iatros.run(Study(**said), tmp_path / "run")
    turned = iatros.evaluate(made, table.select(a="b", b="a", interacts="interacts"))
    assert any(finding.check == "learned_from" for finding in turned.findings)
    others = table.with_columns(b=pl.col("b").str.slice(1))
    assert not any(finding.check == "learned_from" for finding in iatros.evaluate(made, others).findings)
