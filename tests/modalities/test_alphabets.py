"""Signs and their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.modalities.alphabets import COMPLEMENT, SIGNS, codes, guess, spelled

UNKNOWN = {"dna": "N", "rna": "N", "protein": "X", "smiles": "?"}


@pytest.mark.parametrize(
    ("alphabet", "cells"),
    [
        ("dna", ["ACGTACGTNN", "acgtt"]),
        ("rna", ["ACGUUUACG", "GGUUA"]),
        ("protein", ["MKVLAAGIVGLLLAQW", "MSTNPKPQRK"]),
        ("smiles", ["CC(=O)Oc1ccccc1C(=O)O", "C1=CC=CC=C1"]),
        ("text", ["The patient has had a cough for two days.", "No fever."]),
        ("text", ["A CAT TAG"]),
        ("dna", []),
    ],
)
def test_the_alphabet_is_told_by_the_signs(alphabet, cells):
    assert guess(cells) == alphabet


def test_a_few_large_words_do_not_make_letters_a_text():
    assert guess(["ACGTACGTACGT" * 20 + " " + "ACGT"]) == "dna"


@pytest.mark.parametrize("alphabet", SIGNS)
def test_codes_count_from_one_in_the_order_of_the_signs(alphabet):
    assert codes(SIGNS[alphabet], alphabet).tolist() == list(range(1, len(SIGNS[alphabet]) + 1))


@pytest.mark.parametrize(
    ("alphabet", "signs"), [("dna", b"NURY-*"), ("rna", b"NTX"), ("protein", b"XBZJ*-"), ("smiles", b" \x80")]
)
def test_letters_that_stand_for_none_or_several_are_nothing_known(alphabet, signs):
    assert not codes(signs, alphabet).any()


@given(st.sampled_from(list(SIGNS)), st.data())
def test_letters_come_back_from_their_codes(alphabet, data):
    signs = SIGNS[alphabet].decode()
    written = data.draw(st.text(signs + UNKNOWN[alphabet]))
    assert spelled(codes(written.encode(), alphabet), alphabet) == written


@pytest.mark.parametrize(("alphabet", "pairs"), [("dna", "AT TA CG GC NN"), ("rna", "AU UA CG GC NN")])
def test_a_complement_is_that_of_watson_and_crick(alphabet, pairs):
    for own, other in pairs.split():
        assert spelled(COMPLEMENT[codes(own.encode(), alphabet)], alphabet) == other
    assert np.array_equal(COMPLEMENT[COMPLEMENT], np.arange(5))
