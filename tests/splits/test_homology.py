"""Folds of families: planted ones are found, no edge crosses, and the proof is what an aligner of one's own measures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatros.align import Gaps, Scoring, align_pairs, score, scores
from iatros.contracts import PARTS, PROOF, SplitCases
from iatros.splits.homology import Homology

TEST = PARTS.index("test")
ACIDS, BASES = list("ACDEFGHIKLMNPQRSTVWY"), list("ACGT")
TURNED = str.maketrans("ACGT", "TGCA")


def drawn(rng, length=80, letters=ACIDS):
    return "".join(rng.choice(letters, length))


def changed(rng, text, share, letters=ACIDS):
    return "".join(rng.choice(letters) if rng.random() < share else letter for letter in text)


def cases(texts, group=None, strata=None):
    count = len(texts)
    group = np.arange(count) if group is None else np.asarray(group)
    strata = np.zeros(count, np.int64) if strata is None else np.asarray(strata)
    return SplitCases(group, strata, np.arange(count) + 2, "cases.csv", columns={"sequence": tuple(texts)})


def planted(families=12, members=4, share=0.3, seed=0):
    """Families of relatives, and which family each is of."""
    rng = np.random.default_rng(seed)
    founders = [drawn(rng) for _ in range(families)]
    texts = [changed(rng, founder, share) for founder in founders for _ in range(members)]
    return texts, np.repeat(np.arange(families), members)


def fold_of(folds):
    return np.stack([fold.part == TEST for fold in folds]).argmax(axis=0)


def test_planted_families_stay_whole_and_all_are_tested_once():
    texts, family = planted()
    told = cases(texts)
    split = Homology(column="sequence", k=3)
    assert split.check(told) == []
    assert len(set(zip(split.relatives(told)[:, 0].tolist(), family.tolist(), strict=True))) == 12
    folds = split.folds(told, 0)
    assert (np.stack([fold.part == TEST for fold in folds]).sum(axis=0) == 1).all()
    for fold in folds:
        assert all(len(np.unique(fold.part[family == f])) == 1 for f in np.unique(family))


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.0, 0.7), st.sampled_from([1e-10, 1e-3, 1.0]))
def test_no_edge_crosses_whatever_the_families(seed, share, e_value):
    texts, _ = planted(8, 3, share, seed)
    split = Homology(column="sequence", k=2, e_value=e_value)
    made = scores(texts, texts).astype(float)
    lengths = np.array([len(text) for text in texts])
    space = np.minimum(lengths[:, None], lengths) * sum(len(text) for text in set(texts))
    edges = 0.041 * space * np.exp(-0.267 * made) <= e_value
    told = cases(texts)
    if any(finding.severity == "error" for finding in split.check(told)):
        return
    for fold in split.folds(told, seed):
        apart = fold.part[:, None] != fold.part
        assert not (edges & apart).any()


def test_the_proof_is_the_largest_identity_over_all_pairs_of_both_sides():
    texts, _ = planted(6, 2, 0.55)
    told, split = cases(texts), Homology(column="sequence", k=2, e_value=1e-12)
    folds = split.folds(told, 0)
    (proof,) = split.proof(told, folds)
    side = fold_of(folds)
    pairs = np.array([pair for pair in combinations(range(len(texts)), 2) if side[pair[0]] != side[pair[1]]])
    ordered = np.array([sorted(pair, key=lambda i: texts[i]) for pair in pairs.tolist()])
    identity = align_pairs(texts, texts, ordered).identity("shorter")
    assert (proof.severity, proof.check) == ("note", PROOF)
    assert float(proof.example) == pytest.approx(identity.max(), abs=5e-5)
    best = ordered[identity.argmax()]
    assert set(proof.rows) == {int(i) + 2 for i in best}


def test_a_filter_is_announced_and_what_it_missed_is_in_the_record():
    texts, family = planted(8, 3)
    told, split = cases(texts), Homology(column="sequence", k=2, prefilter=True)
    (note,) = split.check(told)
    assert (note.severity, note.check) == ("note", "split_long")
    assert "of 24 sequences only pairs that share short words are scored" in note.what
    folds = split.folds(told, 0)
    assert all(len(np.unique(fold.part[family == f])) == 1 for fold in folds for f in np.unique(family))
    (proof,) = split.proof(told, folds)
    assert "of 24 sequences drawn at random, scored with all, 1 of 24 pairs of homologs (4.2%) had been missed" in proof.what
    assert {*split.nearness(told, folds).groups} == {"no homolog"}


def test_dna_that_is_called_protein_is_questioned():
    rng = np.random.default_rng(6)
    texts = [drawn(rng, 120, BASES) for _ in range(12)]
    (finding, *_) = Homology(column="sequence", alphabet="protein", k=2).check(cases(texts))
    assert (finding.severity, finding.check) == ("warning", "split_letters")
    assert "the letters look like DNA, and [split] says protein" in finding.what


def test_a_rule_that_keeps_all_pairs_of_many_sequences_is_told(monkeypatch):
    texts, _ = planted()
    monkeypatch.setattr("iatros.align.kin.MOST_PAIRS", 1_000)
    for e_value, count in ((10.0, 0), (1e9, 1)):
        found = Homology(column="sequence", k=3, e_value=e_value, identity=0.9, coverage=0.9).check(cases(texts))
        assert sum(finding.check == "split_many" for finding in found) == count
        assert not count or "all 1,128 pairs" in next(f.what for f in found if f.check == "split_many")


def test_sequences_too_short_for_the_e_value_are_told_with_their_rows():
    texts, _ = planted(8, 3)
    texts[4], texts[9] = "MKLVW", "MKLVWF"
    (finding,) = Homology(column="sequence", k=2).check(cases(texts))
    assert (finding.severity, finding.check, finding.rows) == ("warning", "split_short", (6, 11))
    assert "2 sequences of up to 6 letters are too short for E <= 0.001" in finding.what
    assert Homology(column="sequence", k=2, e_value=1e9, identity=0.6, coverage=0.6).check(cases(texts)) == []


def test_a_split_that_tears_a_family_does_not_pass_the_proof():
    texts, _ = planted(4, 2, 0.1)
    told, split = cases(texts), Homology(column="sequence", k=2)
    (fold, *_) = split.folds(told, 0)
    torn = fold.part.copy()
    torn[0] = TEST if fold.part[0] != TEST else 0
    (proof,) = split.proof(told, [type(fold)("homology", 0, 0, torn)])
    assert proof.severity == "error"
    assert "1 pairs of homologs" in proof.what


def test_patients_join_families_that_no_alignment_joins():
    rng = np.random.default_rng(1)
    texts = [drawn(rng) for _ in range(20)]
    group = np.arange(20)
    group[7] = 3
    for fold in Homology(column="sequence", k=4).folds(cases(texts, group), 0):
        assert fold.part[7] == fold.part[3]


def test_a_chain_of_relatives_is_one_family():
    rng = np.random.default_rng(2)
    left, middle, right = drawn(rng, 60), drawn(rng, 60), drawn(rng, 60)
    chain = [left + middle, middle + right]
    assert score(left, right) < 60
    texts = [*chain, left, right, *(drawn(rng) for _ in range(12))]
    for fold in Homology(column="sequence", k=3).folds(cases(texts), 0):
        assert len(np.unique(fold.part[:4])) == 1


def test_identity_and_coverage_part_what_an_e_value_joins():
    rng = np.random.default_rng(3)
    domain = drawn(rng, 50)
    texts = [domain + drawn(rng, 150), domain + drawn(rng, 150), *(drawn(rng) for _ in range(6))]
    told = cases(texts)

    def groups(**said):
        return Homology(column="sequence", k=2, **said)._by_family(told, texts).group

    assert groups()[0] == groups()[1]
    assert groups(identity=0.5)[0] != groups(identity=0.5)[1]
    assert groups(coverage=0.5)[0] != groups(coverage=0.5)[1]
    assert groups(identity=0.9, by="columns")[0] == groups(identity=0.9, by="columns")[1]


def test_the_other_strand_of_dna_is_a_relative():
    rng = np.random.default_rng(4)
    texts = [drawn(rng, 120, BASES) for _ in range(10)]
    texts.append(changed(rng, texts[0], 0.05, BASES).translate(TURNED)[::-1])
    for alphabet in ("auto", "dna"):
        for fold in Homology(column="sequence", alphabet=alphabet, k=3).folds(cases(texts), 0):
            assert fold.part[0] == fold.part[10]


def test_classes_are_shared_out_among_folds():
    texts, family = planted(30, 2, 0.2)
    told = cases(texts, strata=family % 2)
    for fold in Homology(column="sequence", k=5).folds(told, 0):
        tested = fold.part == TEST
        assert told.strata[tested].mean() == pytest.approx(0.5, abs=0.01)
        assert tested.sum() == 12


def test_a_family_too_large_for_a_fold_is_told_with_its_rows():
    rng = np.random.default_rng(5)
    founder = drawn(rng)
    texts = [*(changed(rng, founder, 0.1) for _ in range(12)), *(drawn(rng) for _ in range(8))]
    (finding,) = Homology(column="sequence", k=2).check(cases(texts))
    assert (finding.severity, finding.check, finding.rows) == ("warning", "large_family", tuple(range(2, 14)))
    assert "one family holds 12 of 20 cases, more than the 10 of a fold" in finding.what


def test_one_family_alone_cannot_be_divided():
    texts, _ = planted(1, 6, 0.1)
    (finding,) = Homology(column="sequence", k=2).check(cases(texts))
    assert finding.severity == "error"
    assert "1 family cannot be put into 2 folds" in finding.what


def test_cases_without_a_sequence_are_left_out_and_told():
    texts, _ = planted(6, 2)
    texts[3], texts[8] = None, "  "
    told, split = cases(texts), Homology(column="sequence", k=2)
    (finding,) = split.check(told)
    assert (finding.severity, finding.rows) == ("warning", (5, 10))
    for fold in split.folds(told, 0):
        assert set(np.flatnonzero(fold.part < 0)) == {3, 8}


@pytest.mark.parametrize(
    ("cell", "what"), [("MK-LV", "no sequence of letters"), ("MKµL", "no sequence"), ("12", "no sequence")]
)
def test_a_cell_that_is_no_sequence_is_named_by_its_row(cell, what):
    texts, _ = planted(6, 2)
    texts[4] = cell
    told, split = cases(texts), Homology(column="sequence", k=2)
    (finding,) = split.check(told)
    assert (finding.severity, finding.rows) == ("error", (6,))
    assert what in finding.what
    with pytest.raises(ValueError, match="no sequences"):
        split.folds(told, 0)


def test_a_protein_is_no_dna_and_no_column_no_sequences():
    texts, _ = planted(6, 2)
    (finding,) = Homology(column="sequence", alphabet="dna").check(cases(texts))
    assert "the letters are a protein's" in finding.what
    (finding,) = Homology(column="sequnce").check(cases(texts))
    assert "did you mean `sequence`" in finding.what
    (finding,) = Homology(column="sequence").check(cases([None] * 4))
    assert finding.what == "no case has a sequence"


def test_small_letters_blanks_and_a_stop_at_the_end_change_nothing():
    texts, _ = planted(6, 2)
    written = [f" {text.lower()}* " for text in texts]
    one, other = (Homology(column="sequence", k=2).folds(cases(some), 0) for some in (texts, written))
    assert all(np.array_equal(a.part, b.part) for a, b in zip(one, other, strict=True))


def test_scores_are_those_of_the_rule_named_for_dna():
    text = "ACGTTGCA"
    from iatros.align.kin import Rule, nucleotides

    rule = nucleotides(Rule())
    assert score(text, text, rule.scoring) == 2 * len(text)
    assert rule.scoring.gaps == Gaps.blast(5, 2)
    assert Rule().scoring == Scoring() or Rule().scoring.matrix.name == "BLOSUM62"
