"""How sequences become a model's tokens: each way that tokenizers have, against the tokenizer itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import BertTokenizer, PreTrainedTokenizerFast

from iatros.findings import InputError
from iatros.modalities.alphabets import SIGNS, codes
from iatros.modalities.embedding.frozen import OVERLAP, windows
from iatros.modalities.embedding.spelling import Pieces, Words, special, speller

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"


def blanks_between(tmp_path, letters=AMINO_ACIDS):
    """A tokenizer that takes what stands between blanks for words, as ProtBert's."""
    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, "X"]))
    return BertTokenizer(vocab=str(tmp_path / "vocab.txt"), do_lower_case=False)


def byte_pairs():
    """A tokenizer of DNA that joins letters as they are frequent, as DNABERT-2's."""
    made = Tokenizer(models.BPE(unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    draw = np.random.default_rng(0)
    texts = ["".join(draw.choice(list("ACGTN"), 200, p=[0.4, 0.1, 0.1, 0.39, 0.01])) for _ in range(50)]
    special_tokens = ["[UNK]", "[PAD]", "[CLS]", "[SEP]"]
    made.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=60, special_tokens=special_tokens, show_progress=False))
    return PreTrainedTokenizerFast(tokenizer_object=made, unk_token="[UNK]", pad_token="[PAD]")


def test_a_model_that_wants_blanks_between_letters_is_read_letter_by_letter(tmp_path):
    tokenizer = blanks_between(tmp_path)
    text = "MKTUXWY"
    found = speller(tokenizer, "protein", "prot").letters(codes(text.encode(), "protein"))
    assert found.tokens.tolist() == tokenizer("M K T X X W Y", add_special_tokens=False)["input_ids"]
    assert found.of.tolist() == list(range(7))
    assert special(tokenizer, "prot") == ((2,), (3,))


def test_a_letter_of_a_vocabulary_that_lacks_it_is_named(tmp_path):
    with pytest.raises(InputError, match="the vocabulary of `prot` has no W, Y: it reads no protein"):
        speller(blanks_between(tmp_path, AMINO_ACIDS.replace("W", "").replace("Y", "")), "protein", "prot")


def test_letters_have_the_pieces_that_the_models_own_tokenizer_makes():
    tokenizer, text = byte_pairs(), "ATATTTACGTNNAATTA"
    own = speller(tokenizer, "dna", "bpe")
    assert isinstance(own, Pieces)
    found = own.letters(codes(text.encode(), "dna"))
    pieces = tokenizer.convert_ids_to_tokens(found.tokens.tolist())
    assert max(map(len, pieces)) > 1
    assert "".join(pieces) == text
    assert [pieces[number] for number in found.of] == [piece for piece in pieces for _ in piece]


def test_a_molecules_signs_have_the_pieces_of_the_models_tokenizer():
    tokenizer = byte_pairs()
    found = speller(tokenizer, "smiles", "bpe").letters(codes(b"TAAT", "smiles"))
    assert found.tokens.tolist() == tokenizer("TAAT", add_special_tokens=False)["input_ids"]
    assert found.of.max() == len(found.tokens) - 1


@given(st.lists(st.integers(0, 4), max_size=40))
def test_words_are_read_from_the_left_and_unknown_letters_alone(letters):
    size = 3
    every = {bytes([a, b, c]): 100 + 25 * a + 5 * b + c for a in range(1, 5) for b in range(1, 5) for c in range(1, 5)}
    found = Words(np.arange(5), size, every).letters(np.array(letters, np.uint8))
    spelt = {token: list(word) for word, token in every.items()} | {code: [code] for code in range(5)}
    assert [letter for token in found.tokens.tolist() for letter in spelt[token]] == letters
    assert np.bincount(found.of, minlength=len(found.tokens)).tolist() == [len(spelt[t]) for t in found.tokens.tolist()]


@given(st.integers(0, 300), st.integers(1, 60))
def test_windows_cover_every_token_once_and_keep_away_from_edges(length, window):
    found = list(windows(length, window))
    assert [place for _, _, first, last in found for place in range(first, last)] == list(range(length))
    assert all(0 <= begin <= first <= last <= end <= length and end - begin <= window for begin, end, first, last in found)
    margin = window // OVERLAP // 2
    assert all(first - begin >= margin for begin, _, first, _ in found[1:])
    assert all(end - last >= margin for _, end, _, last in found[:-1])


def test_all_letters_of_each_alphabet_have_a_code():
    assert all(codes(SIGNS[name], name).min() == 1 for name in ("dna", "rna", "protein"))
