"""Short words are counted as a loop over letters would count them."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Cells
from iatros.modalities.alphabets import SIGNS
from iatros.modalities.sequence_cells import SequencePlan, pack_cells, plan_cells
from iatros.modalities.sequence_summary import HASHED, LONGEST_WORD, REACH, names_of, summarised, windows_of


def packed(letters, alphabet, longest=None):
    column = Cells(pl.DataFrame({"letters": letters}, {"letters": pl.String}), np.arange(len(letters)) + 2)
    return pack_cells(column, "letters", plan_cells([one for one in letters if one], alphabet, longest))


def summed_up(letters, alphabet, rows=None, longest=None):
    """Of each case, name -> value."""
    found = packed(letters, alphabet, longest)
    summary = summarised(found, np.arange(len(letters)) if rows is None else np.array(rows), found.plan)
    return [dict(zip(summary.names, row, strict=True)) for row in summary.values.tolist()]


def shares(letters, alphabet):
    """The naive count: how often each word stands in the letters, over all words that are known."""
    signs, found = [chr(sign) for sign in SIGNS[alphabet]], {"length": len(letters)}
    for k in range(1, LONGEST_WORD[alphabet] + 1):
        standing = [letters[i : i + k] for i in range(len(letters) - k + 1)]
        standing = [word for word in standing if set(word) <= set(signs)]
        for word in map("".join, product(signs, repeat=k)):
            found[word] = standing.count(word) / max(1, len(standing))
    return found


@given(st.lists(st.text("ACGTN", min_size=1, max_size=12), min_size=1, max_size=5))
def test_shares_of_words_are_those_of_a_loop(letters):
    for own, found in zip(letters, summed_up(letters, "dna"), strict=True):
        assert {name: found[name] for name in shares(own, "dna")} == pytest.approx(shares(own, "dna"))


@pytest.mark.parametrize(("alphabet", "letters"), [("rna", "ACGUUN"), ("protein", "MKVXUMKW"), ("smiles", "C1=CC(=O)C1")])
def test_every_alphabet_has_its_words(alphabet, letters):
    assert summed_up([letters, letters + letters], alphabet)[0] == pytest.approx(shares(letters, alphabet))


@given(st.lists(st.text("ACGTN", min_size=1, max_size=8), min_size=2, max_size=5), st.data())
def test_rows_are_those_asked_for_in_their_order(letters, data):
    rows = data.draw(st.lists(st.integers(0, len(letters) - 1), min_size=1, max_size=6))
    every = summed_up(letters, "dna")
    assert summed_up(letters, "dna", rows) == [every[row] for row in rows]


def test_sequences_of_one_length_are_also_described_place_by_place():
    found = summed_up(["ACN", "GTT"], "dna")
    places = [{name for name, value in one.items() if " at " in name and value} for one in found]
    assert places == [{"A at 1", "C at 2"}, {"G at 1", "T at 2", "T at 3"}]
    assert not [name for name in summed_up(["ACN", "GT"], "dna")[0] if " at " in name]
    found = summed_up(["MKV", "MKW"], "protein")
    assert {name for name, value in found[1].items() if " at " in name and value} == {"M at 1", "K at 2", "W at 3"}
    assert not [name for name in summed_up(["MKV" * 20, "MKW" * 20], "protein")[0] if " at " in name]
    assert not [name for name in summed_up(["C=O", "C#N"], "smiles")[0] if " at " in name]


def test_a_sequence_of_another_length_than_in_training_has_no_letter_at_any_place():
    plan = packed(["ACG", "GTT"], "dna").plan
    column = Cells(pl.DataFrame({"letters": ["AC"]}), np.arange(1))
    summary = summarised(pack_cells(column, "letters", plan), np.arange(1), plan)
    found = dict(zip(summary.names, summary.values[0], strict=True))
    assert found["A"] == 0.5
    assert not any(value for name, value in found.items() if " at " in name)


def test_only_positions_that_are_read_are_described():
    longer, shorter = summed_up(["ACGTTT", "ACGAAA"], "dna", longest=3), summed_up(["ACG", "ACG"], "dna")
    for long, short in zip(longer, shorter, strict=True):
        assert long | {"length": 3} == short
        assert long["length"] == 6


def test_names_are_unique_and_as_many_as_features():
    for alphabet in SIGNS:
        letters = SIGNS[alphabet].decode()
        names = names_of(packed([letters], alphabet).plan)
        assert len(set(names)) == len(names) == len(summed_up([letters], alphabet)[0])


def test_a_case_without_letters_is_missing_throughout():
    for alphabet, letters in (("dna", "ACGT"), ("text", "a cough")):
        found = summed_up([letters, None], alphabet)
        assert np.isfinite(list(found[0].values())).all()
        assert np.isnan(list(found[1].values())).all()


def test_texts_are_hashed_words_that_need_no_fitting():
    first, second, alone = summed_up(["a dry cough", "cough dry a", "a dry cough"], "text")
    assert len(first) == 1 + HASHED
    assert first == alone
    assert first != second
    assert np.linalg.norm(list(first.values())[1:]) == pytest.approx(1)
    assert summed_up(["a dry cough", "quite another note"], "text")[0] == first


@given(st.lists(st.text("ACGTN", min_size=1, max_size=20), min_size=1, max_size=4), st.integers(3, 18))
def test_the_surroundings_of_a_position_are_the_letters_beside_it(letters, longest):
    found = packed(letters, "dna", longest)
    summary = windows_of(found, np.arange(len(letters)), found.plan)
    positions = [(one[:longest], i) for one in letters for i in range(min(longest, len(one)))]
    assert len(summary.values) == len(positions)
    for row, (read, i) in zip(summary.values, positions, strict=True):
        steps = [step for step in range(-REACH, REACH + 1) if 0 <= i + step < len(read) and read[i + step] != "N"]
        wanted = {f"{read[i + step]} at {step:+d}" for step in steps}
        assert {name for name, value in zip(summary.names, row, strict=True) if value} == wanted


@pytest.mark.parametrize(
    ("alphabet", "even", "places"), [("dna", 60, 60), ("dna", 200, 200), ("dna", 251, 0), ("protein", 9, 0), ("rna", 0, 0)]
)
def test_runs_from_before_places_were_noted_keep_their_features(alphabet, even, places):
    plan = SequencePlan(alphabet=alphabet, longest=even or 9, even=even)
    assert len({name.partition(" at ")[2] for name in names_of(plan) if " at " in name}) == places
