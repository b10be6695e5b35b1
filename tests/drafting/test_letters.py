"""Columns of sequences and texts: recognised, read as inputs, split by families."""

from __future__ import annotations

import tomllib

import numpy as np
import polars as pl
import pytest

from iatros.cases import read
from iatros.drafting import new
from iatros.drafting.draft import draft
from iatros.drafting.letters import letters
from iatros.drafting.profile import profile
from iatros.findings import InputError
from iatros.workflow.examine import check

N = 60
RNG = np.random.default_rng(3)
WORDS = ["the", "patient", "was", "seen", "with", "fever", "and", "cough", "for", "days", "before", "he", "came"]
LABEL = np.where(np.arange(N) % 3 == 0, "toxic", "safe")


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))


def drawn(alphabet, length=60, count=N):
    return ["".join(RNG.choice(list(alphabet), length)) for _ in range(count)]


PROTEINS = drawn("ACDEFGHIKLMNPQRSTVWY")
MOLECULES = [f"CC(=O)N{'C' * (i % 20)}c1ccc(O)cc{1}{'O' * (i // 20)}" for i in range(N)]
TEXTS = [" ".join(RNG.choice(WORDS, 12)) for _ in range(N)]


@pytest.mark.parametrize(
    ("name", "cells", "alphabet"),
    [
        ("sequence", PROTEINS, "protein"),
        ("construct", drawn("ACGT"), "dna"),
        ("construct", drawn("acgt"), "dna"),
        ("construct", drawn("ACGU"), "rna"),
        ("peptide", drawn("ACDEFGHIKLMNPQRSTVWY", 9), "protein"),
        ("cdr3", drawn("ACDEFGHIKLMNPQRSTVWY", 12), "protein"),
        ("smiles", [f"{'C' * i}O" for i in range(1, N)], "smiles"),
        ("compound", MOLECULES, "smiles"),
        ("note", TEXTS, "text"),
        ("drug", drawn("ACDEFGHIKLMNPQRSTVWY", 9), None),
        ("grade", ["ADENOCARCINOMATOUS", "SQUAMOUSCARCINOMA"] * 30, None),
        ("finding", [f"COPD (grade {i})" for i in range(N)], None),
        ("barcode", [f"TCGA-{i:02d}-{i:04d}-01A-11R-A{i:03d}-07-{i}" for i in range(N)], None),
        ("spectrum", [" ".join(map(str, RNG.normal(size=9))) for _ in range(N)], None),
        ("crp", RNG.normal(size=N), None),
    ],
)
def test_columns_of_letters_are_told_from_all_others(name, cells, alphabet):
    found = letters(profile(pl.Series(name, cells)))
    assert (found.alphabet if found else None) == alphabet


def test_a_fasta_file_becomes_a_study_that_is_split_by_families():
    lines = [f">p{i} a kinase label={label}\n{text}\n" for i, (text, label) in enumerate(zip(PROTEINS, LABEL, strict=True))]
    with open("p.fasta", "w") as file:
        file.writelines(lines)
    written = new("p", "p.fasta")
    study = tomllib.loads(written.text)
    assert study["inputs"] == {"sequence": {"kind": "sequence", "column": "sequence", "alphabet": "protein"}}
    assert (study["split"], study["targets"]["label"]["positive"]) == ({"kind": "homology", "column": "sequence"}, "toxic")
    assert any("families of `sequence`" in line for line in written.lines())
    assert written.as_json()["inputs"]["sequences"] == {"sequence": "protein"}
    assert not check(written.path).stopped()


def test_a_split_that_is_given_is_kept():
    frame = pl.DataFrame({"seq": PROTEINS, "set": (["train"] * 4 + ["test"]) * (N // 5), "label": LABEL})
    made = draft(read(frame))
    assert (made.split.column, made.family) == ("set", "")


def test_variants_of_one_protein_are_not_split_by_families():
    variants = [PROTEINS[0][:i] + "A" + PROTEINS[0][i + 1 :] for i in range(N)]
    made = draft(read(pl.DataFrame({"seq": variants, "label": LABEL})))
    assert made.family == ""
    assert any("variants of one sequence" in note for note in made.notes)


def test_too_few_families_for_folds_are_said_so():
    doubled = [text + text[:30] for text in PROTEINS[:3]]
    family = [doubled[i % 3][i // 3 :] for i in range(N)]
    made = draft(read(pl.DataFrame({"seq": family, "label": LABEL})))
    assert made.family == ""
    assert any("families" in note for note in made.notes)


def test_labels_of_each_letter_and_words_about_a_sequence_are_no_inputs():
    frame = pl.DataFrame({"seq": PROTEINS, "dssp": drawn("HEC"), "about": TEXTS, "label": LABEL})
    made = draft(read(frame))
    assert [one.column for one in made.letters] == ["seq"]
    assert {one.column: one.why.split(" of ")[-1] for one in made.left} == {
        "dssp": "`seq`",
        "about": "words about a sequence: they may name what is to be predicted",
    }


def test_texts_and_molecules_stand_beside_measurements():
    frame = pl.DataFrame({"age": RNG.normal(60, 9, N), "note": TEXTS, "smiles": MOLECULES, "label": LABEL})
    study = tomllib.loads(new("a", frame).text)
    assert {name: one.get("alphabet") for name, one in study["inputs"].items()} == {
        "measurements": None,
        "note": "text",
        "smiles": "smiles",
    }
    assert "split" not in study
    assert not check("a.toml").stopped()


def test_a_section_never_has_the_name_of_the_target():
    study = tomllib.loads(new("a", pl.DataFrame({"seq": PROTEINS, "sequence": LABEL}), target="sequence").text)
    assert (list(study["inputs"]), list(study["targets"])) == (["sequence"], ["sequence_outcome"])


def test_a_fasta_file_without_outcomes_says_how_to_write_them():
    with open("p.fasta", "w") as file:
        file.writelines(f">p{i}\n{text}\n" for i, text in enumerate(PROTEINS))
    with pytest.raises(InputError, match="`>name label=1`"):
        new("p", "p.fasta")


def test_a_table_of_pairs_becomes_a_study_of_pairs_with_partners_held_out():
    some = drawn("ACDEFGHIKLMNPQRSTVWY", 40, 50)
    both = RNG.integers(0, 50, (400, 2))
    columns = {"a": [some[i] for i in both[:, 0]], "b": [some[i] for i in both[:, 1]]}
    pl.DataFrame(columns | {"label": np.arange(400) % 2}).write_csv("pairs.csv")
    study = tomllib.loads(new("pairs", "pairs.csv").text)
    assert study["split"] == {"kind": "partners", "columns": ["a", "b"]}
    assert study["fusion"] == {"kind": "symmetric"}
    assert (study["inputs"]["b"]["shares"], list(study["inputs"])) == ("a", ["a", "b"])
    assert not [one for one in check("pairs.toml").findings if one.severity == "error"]
