"""Studies on the vectors of a frozen pretrained model, from a table to a report, new predictions and explanations."""

from __future__ import annotations

import json
import shutil

import numpy as np
import polars as pl
import pytest
import torch
from transformers import EsmConfig, EsmModel, EsmTokenizer

import iatros
from iatros.findings import InputError
from iatros.modalities.embedding.frozen import Frozen
from iatros.workflow.explain import explain_case

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
QUICK = {"epochs": 12, "batch": 16, "rate": 0.01, "precision": "float32", "threads": 1}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a tiny model, and 120 proteins: helices (H) stand at A and L; those with WW bind."""
    folder = tmp_path_factory.mktemp("embedding")
    (folder / "tiny").mkdir()
    tokens = ["<cls>", "<pad>", "<eos>", "<unk>", *AMINO_ACIDS, "X", "<mask>"]
    (folder / "tiny" / "vocab.txt").write_text("\n".join(tokens))
    torch.manual_seed(0)
    config = EsmConfig(
        vocab_size=len(tokens), pad_token_id=1, mask_token_id=len(tokens) - 1, hidden_size=24, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=32, position_embedding_type="rotary", initializer_range=0.3,
    )  # fmt: skip
    EsmModel(config).save_pretrained(folder / "tiny")
    EsmTokenizer(str(folder / "tiny" / "vocab.txt")).save_pretrained(folder / "tiny")
    proteins(120, 0).write_csv(folder / "proteins.csv")
    return folder


def proteins(count, seed):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        letters = rng.choice(list(AMINO_ACIDS.replace("W", "")), rng.integers(20, 40))
        if i % 2:
            at = rng.integers(0, len(letters) - 6)
            letters[at : at + 6] = "W"
        states = "".join("H" if one in "AL" else "-" for one in letters)
        rows.append({"protein": "".join(letters), "binds": ["no", "yes"][i % 2], "states": states})
    return pl.DataFrame(rows)


def declared(folder, encoder, target, layer=-1):
    study = iatros.Study(
        name="frozen",
        cases={"table": "proteins.csv"},
        inputs={
            "protein": {
                "kind": "sequence", "column": "protein", "alphabet": "protein", "encoder": encoder,
                "embedding": {"folder": "tiny", "layer": layer}, "masked": 0.05, "shift": 1,
            }
        },
        targets={"told": target},
        split={"kind": "holdout", "test": 0.4},
        training=QUICK,
        evaluation={"resamples": 100},
        explanation={"cases": 8},
    )  # fmt: skip
    path = folder / f"{target['kind']}.toml"
    path.write_text(study.to_toml(), "utf-8")
    return path


@pytest.fixture(scope="module")
def classes(place):
    target = {"kind": "class", "column": "binds", "positive": "yes"}
    encoder = {"kind": "bag", "dropout": 0.0}
    return iatros.run(declared(place, encoder, target, layer=0), place / "classes")  # vectors of letters without surroundings


@pytest.fixture(scope="module")
def residues(place):
    encoder = {"kind": "gated_cnn", "width": 16, "dilations": [1]}
    return iatros.run(declared(place, encoder, {"kind": "residues", "column": "states"}), place / "residues")


def value(run, metric):
    return next(
        row.value for row in run.metrics if (row.metric, row.model, row.group, row.against) == (metric, "iatros", "", "")
    )


def test_a_linear_readout_of_the_vectors_finds_the_planted_letters(classes):
    assert value(classes, "auroc") > 0.9
    scores = iatros.predict(classes, proteins(20, 1))["score"].to_numpy()
    assert scores[1::2].mean() > scores[::2].mean() + 0.3


def test_the_run_knows_the_model_and_says_what_it_may_have_read(classes):
    record = classes.record["inputs"]["protein"]["pretrained"]
    assert record.startswith("tiny (esm, SHA-256 ")
    plans = json.loads((classes.folder.path / "plans.json").read_text("utf-8"))
    assert plans["protein"]["embedding"]["digest"][:12] in record
    page = (classes.folder.path / "report.html").read_text("utf-8")
    assert "may have read the tested cases, or their kin, before" in page
    assert "which was not trained further" in page


def test_explanations_take_vectors_away_and_find_the_planted_letters(classes):
    evidence = json.loads((classes.folder.path / "evidence.json").read_text("utf-8"))
    check = evidence["checks"][0]
    assert check["replaced_by"] == "vectors of positions drawn from training cases without the outcome"
    case = next(case for case in evidence["cases"] if "WWWW" in (case["letters"] or ""))
    effects = np.abs(case["attribution"])
    of_w = np.array([letter == "W" for letter in case["letters"]])
    assert effects[of_w].mean() > 2 * effects[~of_w].mean()


def test_changed_letters_of_one_case_go_through_the_model_anew(classes):
    tested = classes.predictions("told").filter(pl.col("part") == "test", pl.col("truth"))
    told = explain_case(classes, int(tested["case"][0]) + 2)  # the header is row 1
    assert told.changes
    assert all(change.effect < 0 for change in told.changes if change.before == "W" and change.after != "W")


def test_a_second_run_reads_the_vectors_from_the_cache(place, classes, monkeypatch):
    def never(self, several):
        raise AssertionError

    monkeypatch.setattr(Frozen, "vectors", never)
    iatros.check(place / "class.toml").raise_errors()
    shutil.copy(place / "class.toml", place / "again.toml")
    assert value(iatros.run(place / "again.toml", place / "again"), "auroc") == value(classes, "auroc")


def test_every_residue_is_told_by_its_vector(residues):
    assert value(residues, "accuracy") > 0.9
    new = proteins(5, 2)
    frame = iatros.predict(residues, new)
    for letters, scores in zip(new["protein"], frame["score:H"].to_list(), strict=True):
        assert len(scores) == len(letters)
        assert np.mean([(score > 0.5) == (letter in "AL") for letter, score in zip(letters, scores, strict=True)]) > 0.8


def test_without_its_model_or_with_another_a_run_predicts_nothing(place, residues, monkeypatch):
    hidden = place / "hidden" / "tiny"
    hidden.parent.mkdir()
    (place / "tiny").rename(hidden)
    with pytest.raises(InputError, match=r"there is no folder .* with a pretrained model"):
        iatros.predict(residues, proteins(2, 3))
    monkeypatch.setenv("IATROS_MODELS", str(hidden.parent))
    assert iatros.predict(residues, proteins(2, 3))["reason"].is_null().all()
    settings = json.loads((hidden / "config.json").read_text())
    (hidden / "config.json").write_text(json.dumps(settings | {"layer_norm_eps": 1e-3}))
    with pytest.raises(InputError, match=r"the model in `tiny` is another .* than the one of this run"):
        iatros.predict(residues, proteins(2, 3))
    (hidden / "config.json").write_text(json.dumps(settings))
    hidden.rename(place / "tiny")


def test_a_missing_model_is_a_finding_of_the_check(place):
    path = declared(place, {"kind": "bag"}, {"kind": "class", "column": "binds", "positive": "yes"})
    path.write_text(path.read_text("utf-8").replace('"tiny"', '"nowhere"'), "utf-8")
    (error,) = [finding for finding in iatros.check(path).findings if finding.severity == "error"]
    assert error.check == "embedding"
    assert "nowhere" in error.what


def test_letters_cannot_be_foretold_from_vectors_that_know_them(place):
    path = declared(place, {"kind": "rnn", "both": False, "width": 8}, {"kind": "next"})
    with pytest.raises(InputError, match=r"the pretrained vectors of inputs\.protein know those behind them"):
        iatros.run(path, place / "next")
