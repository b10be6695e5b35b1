"""Pieces of words: learned the same each time, and lossless but for capitals."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.findings import InputError
from iatros.modalities import sequence_words
from iatros.modalities.sequence_words import NOTHING, joined, learn, pieces, size_of, spans

NOTES = ["The patient coughs at night.", "No cough, no fever; the patient sleeps at night.", "Fever at night."] * 3
VOCABULARY = learn(NOTES, 300)


def test_a_vocabulary_is_the_same_each_time_and_in_another_process():
    program = f"from iatros.modalities.sequence_words import learn; print(learn({NOTES!r}, 300), end='')"
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert learn(NOTES, 300) == VOCABULARY == again


def test_a_vocabulary_has_no_more_pieces_than_asked_for():
    assert size_of(learn(NOTES, 270)) == 270
    assert 257 < size_of(VOCABULARY) <= 300
    assert size_of(learn([], 300)) == 257  # every byte, and nothing


def test_frequent_words_become_single_pieces_and_rare_ones_do_not():
    found = pieces(["night", "zyx"], VOCABULARY)
    assert len(found[0]) == 1
    assert len(found[1]) > 1


def test_code_zero_is_never_a_piece_of_a_text():
    assert all((found > 0).all() and (found < size_of(VOCABULARY)).all() for found in pieces(NOTES, VOCABULARY))
    assert pieces([NOTHING], VOCABULARY)[0].tolist() == [0]


@given(st.text(max_size=30))
def test_pieces_joined_are_the_text_in_small_letters(text):
    text = text.replace(NOTHING, "").strip()
    wanted = unicodedata.normalize("NFC", text)
    found = joined(pieces([text], VOCABULARY)[0].tolist(), VOCABULARY).strip()
    assert found.casefold() == wanted.strip().lower().casefold() or found == _lowered(wanted)


def _lowered(text):
    """Letter by letter, as Rust's `to_lowercase` of a char has it: a sigma at the end of a word stays a plain one."""
    return "".join(letter.lower() for letter in text).strip()


@given(st.lists(st.text(max_size=15), min_size=1, max_size=4))
def test_a_text_is_split_alike_whatever_stands_beside_it(texts):
    together = [found.tolist() for found in pieces(texts, VOCABULARY)]
    assert together == [pieces([text], VOCABULARY)[0].tolist() for text in texts]


@pytest.mark.parametrize("text", ["No fever at night", "Größe: 1,80 m", "e\u0301tat stable", "37 °C — well 😀."])
def test_spans_say_where_in_the_text_as_written_each_piece_stands(text):
    found = spans(text, VOCABULARY)
    assert len(found) == len(pieces([text], VOCABULARY)[0])
    covered = {place for begin, end in found for place in range(begin, end)}
    assert covered >= {i for i, letter in enumerate(text) if not (letter.isspace() or unicodedata.combining(letter))}
    assert all(0 <= begin <= end <= len(text) for begin, end in found)
    assert found == sorted(found)


def test_without_the_library_a_text_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(InputError, match=r'`tokenizers`, which is not installed; pip install "iatros\[sequences\]"'):
        sequence_words.learn(NOTES, 300)
