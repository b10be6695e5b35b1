"""Letters and texts on their way to a network: batches, augmentation, the other strand, what is learned of texts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from iatros.contracts import Cells, Tokens
from iatros.modalities.alphabets import spelled
from iatros.modalities.sequence import Sequence
from iatros.modalities.sequence_words import joined

LETTERS = ["ACGT", "", "AANNC", "T", "ACGTACGT"]
NOTES = ["no cough at night", "", "a cough and a fever at night", "fever", "seen again: no fever at night"]
OTHER = str.maketrans("ACGTN", "TGCAN")


def cells(letters):
    return Cells(pl.DataFrame({"letters": letters}, {"letters": pl.String}), np.arange(len(letters)) + 2, "cases.csv")


def prepared(letters, train=None, **said):
    """The modality, its packed cells and what it learned of the rows `train`."""
    modality = Sequence(column="letters", **said)
    packed = modality.pack(cells(letters), modality.plan(cells(letters)))
    return modality, packed, modality.fit(packed, np.arange(len(letters)) if train is None else np.array(train))


def batch(letters, rows=None, **said):
    modality, packed, fitted = prepared(letters, **said)
    return modality, modality.batch(packed, np.arange(len(letters)) if rows is None else np.array(rows), fitted)


def read(layout):
    """The letters of each case, and that nothing stands behind them."""
    assert not layout.codes[~layout.mask].any()
    return [spelled(codes[mask].numpy(), "dna") for codes, mask in zip(layout.codes, layout.mask, strict=True)]


def moved(layout, modality, seed=0):
    return modality.move(layout, torch.Generator().manual_seed(seed))


def drawn(modality, layout):
    """The letters of many draws, case by case."""
    return [set(found) for found in zip(*(read(moved(layout, modality, seed)[0]) for seed in range(60)), strict=True)]


def test_a_batch_is_as_long_as_its_longest_case_and_zero_behind_each():
    _, found = batch(LETTERS, [2, 1, 3])
    assert found.mask.sum(1).tolist() == [5, 0, 1]
    assert found.codes.tolist() == [[1, 1, 0, 0, 2], [0] * 5, [4, 0, 0, 0, 0]]


@given(st.lists(st.text("ACGTN", max_size=9), min_size=1, max_size=6).filter(any), st.integers(1, 12), st.data())
def test_letters_come_back_from_a_batch_up_to_the_longest_read(letters, longest, data):
    rows = data.draw(st.lists(st.sampled_from(range(len(letters))), min_size=1, max_size=6))
    _, found = batch(letters, rows, alphabet="dna", longest=longest)
    assert read(found) == [letters[row][:longest] for row in rows]


@pytest.mark.parametrize(("letters", "said"), [(LETTERS, {}), (NOTES, {"alphabet": "text", "longest": 4})])
def test_no_cases_make_an_empty_batch(letters, said):
    modality, packed, fitted = prepared(letters, **said)
    assert len(modality.batch(packed, np.zeros(0, np.int64), fitted).mask) == 0


def test_lengths_are_those_that_are_read():
    modality, packed, _ = prepared(LETTERS, longest=5)
    assert modality.length(packed).tolist() == [4, 0, 5, 1, 5]
    modality, packed, _ = prepared(NOTES, longest=5)
    assert modality.length(packed).tolist() == [len(note) for note in NOTES]


def test_a_shape_promises_codes_and_the_longest_case():
    modality, _, fitted = prepared(LETTERS)
    shape = modality.shape(fitted)
    assert (shape.layout, shape.categories, shape.space) == (Tokens, (5,), (8,))
    assert prepared(["MKV"], alphabet="protein")[2].size == 23


# ---- texts


def test_a_vocabulary_is_learned_from_training_texts_alone_and_the_same_each_time():
    fitted = prepared(NOTES, [0, 1, 2])[2]
    assert fitted == prepared(NOTES, [0, 1, 2])[2] == prepared([*NOTES[:3], "other words and", "other words"], [0, 1, 2])[2]
    assert fitted != prepared(NOTES)[2]


def test_a_text_is_read_as_its_first_pieces():
    modality, packed, fitted = prepared(NOTES)
    found = modality.batch(packed, np.arange(5), fitted)
    assert [
        joined(codes[mask].tolist(), fitted.pieces).strip() for codes, mask in zip(found.codes, found.mask, strict=True)
    ] == NOTES
    assert not found.codes[~found.mask].any()
    modality, packed, short = prepared(NOTES, longest=2)
    assert torch.equal(modality.batch(packed, np.arange(5), short).codes, found.codes[:, :2])


# ---- what is wrong


def test_both_strands_are_for_nucleotides():
    with pytest.raises(ValidationError, match="reverse_complement is for DNA and RNA, and alphabet says protein"):
        Sequence(column="letters", alphabet="protein", reverse_complement=True)
    proteins = cells(["MKVLAAGWWPE", "MKVLAAGWWPQ"])
    (found,) = Sequence(column="letters", reverse_complement=True).check(proteins)
    assert (found.severity, found.what) == ("error", "reverse_complement is for DNA and RNA, and the cells hold protein")


def test_a_check_names_the_rows():
    (found,) = Sequence(column="letters").check(cells(["ACGT", "", "ACC"]))
    assert (found.severity, found.rows, found.what) == ("warning", (3,), "1 cell is without letters")


# ---- augmentation


def test_nothing_moves_unless_it_was_asked_for():
    modality, layout = batch(LETTERS)
    found, motion = moved(layout, modality)
    assert motion is None
    assert torch.equal(found.codes, layout.codes)


@given(st.integers(1, 9), st.integers(0, 99))
def test_a_shift_keeps_the_mask_and_says_where_each_letter_came_from(shift, seed):
    modality, layout = batch(LETTERS, shift=shift)
    found, motion = moved(layout, modality, seed)
    assert torch.equal(found.mask, layout.mask)
    for codes, before, places, mask in zip(found.codes, layout.codes, motion.places, layout.mask, strict=True):
        assert [0 if place < 0 else int(before[place]) for place in places] == codes.tolist()
        assert (places[~mask] == -1).all()
        steps = {int(i - place) for i, place in enumerate(places) if place >= 0}
        assert len(steps) <= 1
        assert all(abs(step) <= shift for step in steps)


def test_every_step_of_a_shift_is_drawn():
    modality, layout = batch(["ACGT"], shift=1)
    assert drawn(modality, layout) == [{"ACGT", "NACG", "CGTN"}]


def test_masked_letters_are_unknown_in_about_the_share_asked_for():
    modality, layout = batch(["ACGT" * 500, "ACGT"], masked=0.3)
    found, motion = moved(layout, modality)
    assert motion is None
    assert torch.equal(found.mask, layout.mask)
    hidden = found.codes != layout.codes
    assert not found.codes[hidden].any()
    assert float(hidden[0].float().mean()) == pytest.approx(0.3, abs=0.04)


def test_view_1_is_the_reverse_complement_and_view_2_the_strand_itself():
    modality, layout = batch(LETTERS, reverse_complement=True)
    assert read(modality.view(layout, 1)) == [letters.translate(OTHER)[::-1] for letters in LETTERS]
    assert read(modality.view(layout, 2)) == LETTERS
    assert torch.equal(modality.view(layout, 1).mask, layout.mask)
    stranded, layout = batch(LETTERS)
    assert read(stranded.view(layout, 1)) == LETTERS


@given(st.lists(st.text("ACGTN", min_size=1, max_size=9), min_size=1, max_size=5))
def test_the_other_strand_of_the_other_strand_is_the_first(letters):
    modality, layout = batch(letters, alphabet="dna", reverse_complement=True)
    assert read(modality.view(modality.view(layout, 1), 1)) == letters


def test_training_draws_either_strand_of_each_case():
    modality, layout = batch(["AAC", "AGG"], reverse_complement=True)
    assert drawn(modality, layout) == [{"AAC", "GTT"}, {"AGG", "CCT"}]
    assert modality.turns()
    assert not Sequence(column="letters").turns()


def test_augmentation_is_the_same_for_the_same_generator():
    modality, layout = batch(LETTERS, shift=2, masked=0.4, reverse_complement=True)
    assert torch.equal(moved(layout, modality, 5)[0].codes, moved(layout, modality, 5)[0].codes)


# ---- what others see


def test_a_reader_sees_length_and_first_letters_but_no_word_of_a_text():
    modality, packed, _ = prepared(["ACGT" * 30, "AC"])
    assert modality.picture(packed, 0).fields == (("letters", "120"), ("begins with", "ACGT" * 6))
    assert modality.picture(packed, 1).fields == (("letters", "2"), ("begins with", "AC"))
    modality, packed, _ = prepared(NOTES)
    assert modality.picture(packed, 0).fields == (("bytes of text", "17"),)


def test_positions_have_surroundings_in_letters_and_none_in_texts():
    modality, packed, _ = prepared(LETTERS)
    assert len(modality.windows(packed, np.arange(5)).values) == 18
    modality, packed, _ = prepared(NOTES)
    assert modality.windows(packed, np.arange(5)) is None


def test_what_only_training_uses_does_not_change_what_is_packed():
    plain = Sequence(column="letters").options()
    assert Sequence(column="letters", shift=3, masked=0.1, vocabulary=400, reverse_complement=True).options() == plain
    assert Sequence(column="letters", alphabet="rna").options() != plain


@pytest.mark.parametrize(
    ("letters", "said", "even"),
    [
        (["ACGT", "TTTT"], {}, True),
        (["ACGT", "TTT"], {}, False),
        (["ACGT", "TTTT"], {"shift": 1}, False),
        (["ACGT", "TTTT"], {"reverse_complement": True}, False),
    ],
)
def test_networks_know_where_a_letter_stands_if_all_have_one_length_and_stay_in_place(letters, said, even):
    modality, _, fitted = prepared(letters, alphabet="dna", **said)
    assert modality.shape(fitted).even is even
