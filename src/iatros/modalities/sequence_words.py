"""Texts in pieces of words: a byte-pair vocabulary that is learned from the training texts and splits any other text.

In: texts. Out: a vocabulary as JSON, and codes of a text's pieces from 1. 0 is kept for what is hidden or nothing.
Source: Sennrich et al. 2016, doi:10.18653/v1/P16-1162, on bytes; the `tokenizers` library of Hugging Face does the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iatros.findings import Finding, InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NOTHING = "\u2400"  # stands for code 0, and in no text that is read
RARE = 2  # a pair of pieces is joined if it stands so often


def learn(texts: Sequence[str], size: int) -> str:
    """A vocabulary of at most `size` pieces, as JSON. Texts are read in small letters and normal form C."""
    _there()
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    every = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=RARE, special_tokens=[NOTHING], initial_alphabet=every, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return str(tokenizer.to_str())


def size_of(vocabulary: str) -> int:
    """How many codes there are, 0 among them."""
    return int(_tokenizer(vocabulary).get_vocab_size())


def pieces(texts: Sequence[str], vocabulary: str) -> list[NDArray[np.int64]]:
    """The codes of each text's pieces."""
    return [np.array(found.ids, np.int64) for found in _tokenizer(vocabulary).encode_batch(list(texts))]


def spans(text: str, vocabulary: str) -> list[tuple[int, int]]:
    """Where in the text each piece stands."""
    return [(int(begin), int(end)) for begin, end in _tokenizer(vocabulary).encode(text).offsets]


def joined(codes: Sequence[int], vocabulary: str) -> str:
    """Codes as text again."""
    return str(_tokenizer(vocabulary).decode([code for code in codes if code]))


@lru_cache(maxsize=8)
def _tokenizer(vocabulary: str) -> Tokenizer:
    _there()
    from tokenizers import Tokenizer

    return Tokenizer.from_str(vocabulary)


def _there() -> None:
    try:
        import tokenizers  # noqa: F401
    except ImportError:
        what = "an input of text is split into pieces of words by `tokenizers`, which is not installed"
        raise InputError(Finding("error", what, 'pip install "iatros[sequences]"')) from None
