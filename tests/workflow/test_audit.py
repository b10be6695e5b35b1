"""Planted copies and homologs are all found between two files, and nothing else is; both strands of DNA count."""

from __future__ import annotations

import json

import numpy as np
import pytest

from iatros.align import align_all
from iatros.align.kin import Rule, candidates_between, chosen
from iatros.cli import main
from iatros.findings import InputError
from iatros.workflow import audit as auditing
from iatros.workflow.audit import audit

ACIDS, BASES = list("ACDEFGHIKLMNPQRSTVWY"), list("ACGT")
TURNED = str.maketrans("ACGT", "TGCA")


def drawn(rng, letters, length=120):
    return "".join(rng.choice(letters, length))


def changed(rng, text, letters, share):
    return "".join(rng.choice(letters) if rng.random() < share else letter for letter in text)


def write(path, texts, prefix):
    path.write_text("".join(f">{prefix}{i}\n{text}\n" for i, text in enumerate(texts)))
    return path


@pytest.fixture
def proteins(tmp_path):
    """40 training proteins; of 10 test proteins, 0 is a copy, 1 and 2 are homologs of number 5 and 6, the others new."""
    rng = np.random.default_rng(0)
    train = [drawn(rng, ACIDS) for _ in range(40)]
    test = [train[3], changed(rng, train[5], ACIDS, 0.4), changed(rng, train[6], ACIDS, 0.2)]
    test += [drawn(rng, ACIDS) for _ in range(7)]
    return write(tmp_path / "train.fasta", train, "t"), write(tmp_path / "test.fasta", test, "q"), train, test


def test_the_copy_and_both_homologs_are_found_and_nothing_else(proteins):
    found = audit(*proteins[:2])
    assert (found.copies, found.homologs, found.trained) == (1, 3, 40)
    assert [one.train for one in found.nearest[:3]] == ["t3", "t5", "t6"]
    assert [one.homolog for one in found.nearest] == [True] * 3 + [False] * 7
    assert found.worst.identity == 1.0


def test_identities_are_those_of_all_alignments(proteins):
    train, test, others, texts = proteins
    found = audit(train, test)
    identity = align_all(texts, others).identity("shorter").reshape(len(texts), len(others))
    assert [one.identity for one in found.nearest[3:]] == pytest.approx(identity.max(axis=1)[3:])
    assert sum(found.bands().values()) == len(texts)
    assert found.bands()["100 %"] == 1


def test_a_stricter_rule_leaves_the_nearer_homologs(proteins):
    found = audit(*proteins[:2], Rule(identity=0.7, coverage=0.5))
    assert [one.homolog for one in found.nearest[:3]] == [True, False, True]
    assert found.rule == "E <= 0.001, identity >= 70 %, coverage >= 50 % of the shorter"


def test_the_other_strand_is_a_copy_and_a_homolog(tmp_path):
    rng = np.random.default_rng(1)
    train = [drawn(rng, BASES) for _ in range(20)]
    test = [train[4].translate(TURNED)[::-1], changed(rng, train[7], BASES, 0.1).translate(TURNED)[::-1], drawn(rng, BASES)]
    found = audit(write(tmp_path / "a.fa", train, "t"), write(tmp_path / "b.fa", test, "q"))
    assert [(one.copy, one.homolog) for one in found.nearest] == [(True, True), (False, True), (False, False)]
    assert [one.train for one in found.nearest[:2]] == ["t4", "t7"]
    assert not found.protein


def test_a_copy_too_short_for_any_e_value_is_still_a_copy(tmp_path):
    found = audit(
        write(tmp_path / "a.fa", ["MKLVWF", "HHEEDD"], "t"), write(tmp_path / "b.fa", ["MKLVWF"], "q"), alphabet="protein"
    )
    assert (found.copies, found.homologs, found.nearest[0].train) == (1, 1, "t0")


def test_a_filter_finds_the_same_and_says_what_it_missed(proteins, monkeypatch):
    whole, filtered = audit(*proteins[:2]), audit(*proteins[:2], prefilter=True)
    assert whole.filtered is None
    assert [one.train for one in filtered.nearest if one.homolog] == [one.train for one in whole.nearest if one.homolog]
    assert (filtered.filtered.drawn, filtered.filtered.of_all, filtered.filtered.hurt) == (10, 10, 0)

    def blind(*asked):
        return chosen(candidates_between(*asked), np.zeros(0, np.int64))

    monkeypatch.setattr(auditing, "candidates_between", blind)
    lost = audit(*proteins[:2], prefilter=True)
    assert (lost.filtered.pairs, lost.filtered.missed, lost.filtered.hurt) == (3, 3, 3)
    assert [one.train for one in lost.nearest[:3]] == ["t3", "t5", "t6"]
    assert "3 would have been told apart from training" in " ".join(lost.lines()[:4])
    assert lost.as_json()["filtered"]["missed"] == 3


def test_unknown_letters_alone_are_no_copy(tmp_path):
    train = write(tmp_path / "a.fa", ["X" * 60, "MKLVWFHE" * 9], "t")
    found = audit(train, write(tmp_path / "b.fa", ["X" * 60, "MKLVWFHE" * 9], "q"), alphabet="protein")
    assert [one.copy for one in found.nearest] == [False, True]


def test_proteins_and_nucleotides_are_not_compared(proteins, tmp_path):
    dna = write(tmp_path / "dna.fa", [drawn(np.random.default_rng(2), BASES)], "d")
    with pytest.raises(InputError, match="the training file holds proteins, the test file nucleotides"):
        audit(proteins[0], dna)


def test_the_verb_exits_with_one_and_lists_the_worst(proteins, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(proteins[0]), str(proteins[1])])
    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "10 test and 40 training proteins; all 400 pairs scored exactly" in out
    assert "exact copies      1 of 10 test sequences" in out
    assert "homologs          3 of 10 test sequences   E <= 0.001" in out
    assert "largest identity  100.0 %" in out


def test_the_verb_exits_with_none_where_all_is_new(proteins, capsys, tmp_path):
    new = write(tmp_path / "new.fasta", proteins[3][3:], "n")
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(proteins[0]), str(new), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert (told["copies"], told["homologs"], told["test"], len(told["nearest"])) == (0, 0, 7, 7)


def test_a_share_above_one_is_refused(proteins, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(proteins[0]), str(proteins[1]), "--min-identity", "30"])
    assert ended.value.code == 1
    assert "give a share between 0 and 1" in capsys.readouterr().err
