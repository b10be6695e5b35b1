"""How letters and texts become the tokens of a pretrained model, and which token each position's vector comes from.

In: the model's tokenizer. Out: `Spelled`: tokens without the special ones, and the token of each letter. That our way is the
model's own way is tried on a sequence before it is trusted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.modalities.alphabets import COMMON, SIGNS, Alphabet, spelled
from iatros.modalities.embedding.folder import refuse

LONGEST_WORD = 8  # letters of a word of DNA
PROBE = 61  # letters of the sequence on which our way of splitting is compared with the model's; no multiple of a word's length
OTHER = {"U": "T", "T": "U"}  # what a model of the other nucleic acid calls this letter
UNKNOWN = {"dna": "N", "rna": "N", "protein": "X"}
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Spelled:
    """One sequence as tokens.

    tokens: [T]; of: [L] the token of each position, -1 where it has none; ends: [L] characters of a text up to each position's
    end, None of letters
    """

    tokens: Integers
    of: Integers
    ends: Integers | None = None


class Speller(ABC):
    """How sequences are split."""

    @abstractmethod
    def letters(self, codes: NDArray[np.uint8]) -> Spelled:
        """Letters as codes of their alphabet [L]; each letter is a position."""


@dataclass(frozen=True)
class Words(Speller):
    """A token for every letter, and for words of `size` letters where the model has them all, read from the left.

    single: [V + 1] token of each code; words: codes of a word, as bytes -> its token
    """

    single: Integers
    size: int = 1
    words: Mapping[bytes, int] | None = None

    def letters(self, codes: NDArray[np.uint8]) -> Spelled:
        if not self.words:
            return Spelled(self.single[codes], np.arange(len(codes)))
        written, tokens, lengths = codes.tobytes(), list[int](), list[int]()
        begin = 0
        while begin < len(written):
            word = self.words.get(written[begin : begin + self.size])
            tokens.append(int(self.single[written[begin]]) if word is None else word)
            lengths.append(1 if word is None else self.size)
            begin += lengths[-1]
        return Spelled(np.array(tokens, np.int64), np.repeat(np.arange(len(tokens)), lengths))


@dataclass(frozen=True)
class Pieces(Speller):
    """Whatever pieces the model's own tokenizer makes. tokenizer: one that tells where each piece stands."""

    tokenizer: Any  # Any: of transformers
    alphabet: Alphabet

    def letters(self, codes: NDArray[np.uint8]) -> Spelled:
        """Each letter has the token of the piece in which it stands."""
        tokens, spans = self._split(spelled(codes, self.alphabet))
        of = np.full(len(codes), -1, np.int64)
        for number, (begin, end) in enumerate(spans):
            of[begin:end] = number
        return Spelled(tokens, of)

    def text(self, text: str) -> Spelled:
        """Each piece is a position."""
        tokens, spans = self._split(text)
        ends = np.maximum.accumulate(np.array([end for _, end in spans], np.int64))
        return Spelled(tokens, np.arange(len(tokens)), ends)

    def _split(self, text: str) -> tuple[Integers, list[tuple[int, int]]]:
        found = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return np.array(found["input_ids"], np.int64), found["offset_mapping"]


def speller(tokenizer: Any, alphabet: Alphabet, name: str) -> Speller:
    """How this model reads this alphabet. name: of the model, for messages.

    Raises InputError where its vocabulary lacks letters, or where it does not tell which letters a token stands for.
    """
    if alphabet in ("text", "smiles"):
        return _pieces(tokenizer, alphabet, name)
    vocabulary = {token: int(code) for token, code in tokenizer.get_vocab().items()}
    probe = _probe(alphabet)
    for before in ("", "▁"):  # sentencepiece marks the begin of a word
        own = _words(vocabulary, alphabet, before, tokenizer.unk_token_id)
        if own is not None and _agree(tokenizer, own, probe, alphabet):
            return own
    lacking = _lacking(vocabulary, alphabet)
    if lacking:
        some = ", ".join(lacking[:5]) + (", …" if len(lacking) > 5 else "")
        refuse(
            f"the vocabulary of `{name}` has no {some}: it reads no {alphabet if alphabet == 'protein' else alphabet.upper()}",
            "take a model of these letters, or mend `alphabet` of the input",
        )
    return _pieces(tokenizer, alphabet, name)


def special(tokenizer: Any, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The special tokens that the model wants before and behind a sequence."""
    inner = next((code for token, code in sorted(tokenizer.get_vocab().items()) if code not in tokenizer.all_special_ids), None)
    word = None if inner is None else tokenizer.convert_ids_to_tokens(inner)
    bare = [] if word is None else tokenizer(word, add_special_tokens=False, verbose=False)["input_ids"]
    whole = tokenizer(word or "", verbose=False)["input_ids"]
    at = next((i for i in range(len(whole) - len(bare) + 1) if bare and whole[i : i + len(bare)] == bare), None)
    if at is None:
        refuse(f"the tokenizer of `{name}` splits no words", "fetch the model anew, with its tokenizer")
    return tuple(whole[:at]), tuple(whole[at + len(bare) :])


def _pieces(tokenizer: Any, alphabet: Alphabet, name: str) -> Pieces:
    if not tokenizer.is_fast:
        refuse(
            f"the tokenizer of `{name}` does not tell where in a text its pieces stand",
            "take a model with a tokenizer.json",
        )
    return Pieces(tokenizer, alphabet)


def _words(vocabulary: Mapping[str, int], alphabet: Alphabet, before: str, unknown: int | None) -> Words | None:
    """A token for every letter; None where one that is needed lacks."""
    letters = SIGNS[alphabet].decode("ascii")
    other = vocabulary.get(before + UNKNOWN[alphabet], unknown)
    names = ([before + way for way in _ways(letter, alphabet)] for letter in letters)
    found = [next((vocabulary[name] for name in several if name in vocabulary), None) for several in names]
    if other is None or None in found[: len(letters[:COMMON])]:
        return None
    single = np.array([other, *(other if code is None else code for code in found)], np.int64)
    size, words = _all_words(vocabulary, letters) if _nucleic(alphabet) else (1, None)
    return Words(single, size, words)


def _all_words(vocabulary: Mapping[str, int], letters: str) -> tuple[int, dict[bytes, int] | None]:
    """The longest words of which the model has every one, by the codes of their letters."""
    for name in (letters, letters.translate(str.maketrans("TU", "UT"))):
        for size in range(LONGEST_WORD, 1, -1):
            if name[:1] * size not in vocabulary:
                continue
            every = ["".join(word) for word in product(name, repeat=size)]
            if all(word in vocabulary for word in every):
                codes = product(range(1, len(name) + 1), repeat=size)
                return size, {bytes(code): vocabulary[word] for code, word in zip(codes, every, strict=True)}
    return 1, None


def _agree(tokenizer: Any, own: Words, probe: NDArray[np.uint8], alphabet: Alphabet) -> bool:
    """Does the model's tokenizer split the probe as we do? With blanks between letters where it needs them to know any."""
    ours, text = own.letters(probe).tokens.tolist(), spelled(probe, alphabet)
    written = (text, text.translate(str.maketrans("TU", "UT"))) if _nucleic(alphabet) else (text,)
    whole, parted = (
        [tokenizer(form, add_special_tokens=False, verbose=False)["input_ids"] for form in forms]
        for forms in (written, [" ".join(form) for form in written])
    )
    known = any(tokenizer.unk_token_id not in tokens for tokens in whole)
    return ours in whole or (not known and ours in parted)


def _lacking(vocabulary: Mapping[str, int], alphabet: Alphabet) -> list[str]:
    needed = SIGNS[alphabet].decode("ascii")[:COMMON]
    names = {letter: [mark + way for mark in ("", "▁") for way in _ways(letter, alphabet)] for letter in needed}
    return [letter for letter, several in names.items() if not vocabulary.keys() & several]


def _ways(letter: str, alphabet: Alphabet) -> str:
    """A letter, and what a model of the other nucleic acid calls it."""
    return letter + OTHER.get(letter, "") if _nucleic(alphabet) else letter


def _probe(alphabet: Alphabet) -> NDArray[np.uint8]:
    common = len(SIGNS[alphabet][:COMMON])
    return np.random.default_rng(0).integers(1, common + 1, PROBE).astype(np.uint8)


def _nucleic(alphabet: Alphabet) -> bool:
    return alphabet in ("dna", "rna")
