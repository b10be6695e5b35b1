"""Sequences and texts written by the language model of a run, and how likely a case is to it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import iatros
from iatros.findings import InputError
from iatros.study import Study

PLAIN = {"epochs": 15, "batch": 16, "rate": 0.02, "decay": 0, "precision": "float32", "threads": 1}


def study(table: pl.DataFrame, column: str, alphabet: str, **said) -> Study:
    encoder = {"kind": "rnn", "cell": "gru", "both": False, "width": 16, "dropout": 0.0}
    return Study(
        name="language",
        cases={"table": table},
        inputs={"letters": {"kind": "sequence", "column": column, "alphabet": alphabet, "encoder": encoder, **said}},
        targets={"next": {"kind": "next"}},
        split={"kind": "holdout"},
        training=PLAIN | {"seeds": 2 if alphabet == "dna" else 1},
        evaluation={"resamples": 100},
    )


def repeats(count: int, seed: int = 0) -> list[str]:
    """A and C by turns, now and then G, which ends it soon."""
    rng = np.random.default_rng(seed)
    return ["AC" * int(n) + "G" * int(rng.integers(1, 3)) for n in rng.integers(1, 30, count)]


@pytest.fixture(scope="module")
def dna(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dna")
    table = folder / "cases.csv"
    pl.DataFrame({"dna": repeats(200)}).write_csv(table)
    made = study(pl.DataFrame(), "dna", "dna")
    cases = made.cases.model_copy(update={"table": str(table)})
    return iatros.run(made.model_copy(update={"cases": cases}), folder / "run")


def test_what_is_written_follows_the_rule_and_is_judged_beside_held_out_sequences(dna):
    made = iatros.generate(dna, 60, nucleus=0.9, seed=1)
    assert len(made.texts) == 60
    assert np.mean([text.replace("AC", "").strip("G") == "" for text in made.texts]) > 0.6
    assert made.judgement.valid == 1
    assert made.judgement.unique < 1
    assert made.judgement.held_copying is not None
    assert made.judgement.held_identity is not None
    assert "copying" in "\n".join(made.lines())


def test_the_same_seed_writes_the_same(dna):
    one, two = (iatros.generate(dna, 5, temperature=0.8, prefix="ACACG", seed=4).texts for _ in range(2))
    assert one == two
    assert all(text.startswith("ACACG") for text in one)


def test_likelihoods_of_what_is_written_are_those_of_reading_it(dna):
    made = iatros.generate(dna, 20, seed=2)
    read = iatros.log_likelihood(dna, pl.DataFrame({"dna": list(made.texts)}))
    ended = np.flatnonzero(made.ended)
    assert read["log_likelihood"].to_numpy()[ended] == pytest.approx(made.log_likelihood[ended], abs=0.02)
    assert read["letters"].to_list() == [len(text) + int(end) for text, end in zip(made.texts, made.ended, strict=True)]


def test_repeated_training_sequences_are_warned_of(dna):
    """Half of what is held out repeats training too, but the likeliest sequence always does."""
    made = iatros.generate(dna, 3, temperature=0, prefix="AC" * 20)
    assert [finding.check for finding in made.findings] == ["copies_training"]
    assert made.judgement.copying == 1


def test_without_the_table_nothing_is_judged(dna):
    place = dna.folder.path.parent / "cases.csv"
    away = place.rename(place.with_name("away.csv"))
    try:
        made = iatros.generate(dna, 2)
    finally:
        away.rename(place)
    assert made.judgement is None
    assert [finding.check for finding in made.findings] == ["not_judged"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"count": 0}, "count"),
        ({"temperature": -1}, "temperature"),
        ({"nucleus": 1.5}, "nucleus"),
        ({"prefix": "ACNT"}, "begin with"),
        ({"prefix": "A" * 500}, "begin with"),
    ],
)
def test_what_cannot_be_is_refused(dna, asked, said):
    with pytest.raises(InputError, match=said):
        iatros.generate(dna, **{"count": 1, **asked})


def test_texts_are_written_in_pieces_of_words(tmp_path):
    rng = np.random.default_rng(0)
    words = ["pain in the chest", "no fever", "cough since two days", "clear lungs"]
    notes = [", ".join(rng.choice(words, 3)) for _ in range(90)]
    pl.DataFrame({"note": notes}).write_csv(tmp_path / "cases.csv")
    made = study(pl.DataFrame(), "note", "text", vocabulary=300)
    cases = made.cases.model_copy(update={"table": str(tmp_path / "cases.csv")})
    run = iatros.run(made.model_copy(update={"cases": cases}), tmp_path / "run")
    written = iatros.generate(run, 4, temperature=0.5)
    assert written.alphabet == "text"
    assert written.judgement.valid is not None
    figures = {row.metric: row.value for row in run.metrics if row.model == "iatros" and not row.against and not row.group}
    assert figures["bits_a_sign"] < figures["bits"]  # a piece is of several bytes
