"""A language model of sequences: a study, its figures, and what it says of new sequences."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.findings import InputError
from iatros.study import Study
from iatros.workflow.explain import explain_case
from iatros.workflow.positions import effects_of_positions

# after A, C, G, T: probabilities of A, C, G, T and the end
CHAIN = np.array(
    [[0.1, 0.7, 0.1, 0.05, 0.05], [0.1, 0.1, 0.7, 0.05, 0.05], [0.05, 0.1, 0.1, 0.7, 0.05], [0.7, 0.1, 0.05, 0.1, 0.05]]
)


def chains(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    made: list[str] = []
    while len(made) < count:
        codes = [int(rng.integers(4))]
        while (code := int(rng.choice(5, p=CHAIN[codes[-1]]))) < 4:
            codes.append(code)
        made.append("".join("ACGT"[code] for code in codes))
    return made


def log_likelihood(text: str) -> float:
    codes = ["ACGT".index(letter) for letter in text]
    return float(np.log(0.25) + sum(np.log(CHAIN[a, b]) for a, b in zip(codes, [*codes[1:], 4], strict=True)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    encoder = {"kind": "rnn", "cell": "gru", "both": False, "width": 16, "dropout": 0.0}
    study = Study(
        name="chains",
        cases={"table": pl.DataFrame({"dna": chains(400)})},
        inputs={"dna": {"kind": "sequence", "column": "dna", "alphabet": "dna", "encoder": encoder}},
        targets={"next": {"kind": "next"}},
        split={"kind": "holdout"},
        training={"epochs": 6, "batch": 16, "rate": 0.02, "decay": 0, "precision": "float32", "threads": 1},
        evaluation={"resamples": 100},
    )
    return iatros.run(study, tmp_path_factory.mktemp("chains") / "run")


def test_the_perplexity_of_a_planted_chain_is_reached(made):
    """The chain's own, on the very letters that were tested."""
    table = pl.read_parquet(made.folder.predictions("next")).filter(pl.col("model") == "iatros", pl.col("part") == "test")
    texts = chains(400)
    tested = [texts[case] for case in table["case"].to_list()]
    entropy = -sum(map(log_likelihood, tested)) / sum(len(text) + 1 for text in tested)
    found = {row.metric: row for row in made.metrics if row.model == "iatros" and not row.against and not row.group}
    assert found["perplexity"].value == pytest.approx(np.exp(entropy), rel=0.04)
    assert found["perplexity"].low < found["perplexity"].value < found["perplexity"].high
    assert found["bits"].value == pytest.approx(-found["log_likelihood"].value / np.log(2))
    assert 0.55 < found["accuracy"].value < 0.75


def test_simple_models_stand_beside(made):
    figures = {row.model: row.value for row in made.metrics if row.metric == "perplexity" and not row.against and not row.group}
    assert figures["k-gram"] < figures["prevalence"] - 0.8
    assert "looks back 1 letters" in made.record["baselines"]["next"]["why"]
    assert any(row.against == "k-gram" and row.low is not None for row in made.metrics)


def test_the_report_speaks_of_letters(made):
    page = (made.folder.path / "report.html").read_text("utf-8")
    assert "How well is the next letter foretold?" in page
    assert "letter frequencies alone" in page.lower()
    evidence = json.loads((made.folder.path / "evidence.json").read_text("utf-8"))
    assert evidence["cases"][0]["predicted"].startswith("perplexity")


def test_new_sequences_get_the_probability_of_each_letter(made):
    frame = iatros.predict(made, pl.DataFrame({"dna": ["ACGTACGT", "TTTT", None]}))
    usual, odd = (np.log(score).sum() for score in frame["score"].to_list()[:2])
    assert [len(score) for score in frame["score"].to_list()[:2]] == [9, 5]
    assert usual == pytest.approx(log_likelihood("ACGTACGT"), abs=1.5)
    assert odd < log_likelihood("TTTT") + 2
    assert frame["score"][2] is None


def test_other_sequences_are_judged(made):
    judged = iatros.evaluate(made, pl.DataFrame({"dna": chains(60, seed=1)}))
    assert next(row.value for row in judged.metrics if row.metric == "perplexity") < 4


def test_no_case_of_a_language_model_has_a_score_to_explain(made):
    with pytest.raises(InputError, match="gives no case one score to explain"):
        explain_case(made, 2)
    with pytest.raises(InputError, match="has no one score a sequence"):
        effects_of_positions(made, pl.DataFrame({"dna": ["ACGT", "ACGT"]}))
