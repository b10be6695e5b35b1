"""Which words move the score? Attributions of pieces of text, gathered into words, and words over many texts.

In: pieces and their attributions. Out: words with sums; words with means and intervals over the cases that hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

FEWEST = 10  # cases that hold a word; rarer ones tell nothing, and may be names
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spoken:
    """Words of one text, with the blanks and signs around them: pieces [n], and the effect of each [n]."""

    pieces: tuple[str, ...]
    effects: Floats


@dataclass(frozen=True)
class Word:
    """One word over many texts: its mean effect in the cases that hold it, with 95 % limits of Student's t."""

    word: str
    cases: int
    mean: float
    low: float
    high: float


def gathered(pieces: Sequence[str], attribution: Floats) -> Spoken:
    """Pieces joined into words: a word begins where a blank stands, or where letters and other signs meet.

    >>> gathered([" pneu", "monia", "."], np.array([1.0, 2.0, 0.5])).pieces
    (' pneumonia', '.')
    """
    words: list[str] = []
    effects: list[float] = []
    for piece, effect in zip(pieces, attribution.tolist(), strict=True):
        goes_on = bool(words) and piece[:1].isalnum() and words[-1][-1:].isalnum()
        if goes_on or not piece.strip():
            words[-1:] = [(words[-1] if words else "") + piece]
            effects[-1:] = [(effects[-1] if effects else 0.0) + effect]
        else:
            words.append(piece)
            effects.append(effect)
    return Spoken(tuple(words), np.array(effects))


def common(texts: Sequence[Spoken], fewest: int = FEWEST) -> list[Word]:
    """Words that at least `fewest` texts hold, in small letters, the largest mean effects first, whichever way they go.

    A text counts once, with the sum over the word's places in it.
    """
    sums: dict[str, list[float]] = {}
    for text in texts:
        of_text: dict[str, float] = {}
        for piece, effect in zip(text.pieces, text.effects.tolist(), strict=True):
            word = piece.strip().casefold()
            if any(sign.isalpha() for sign in word):
                of_text[word] = of_text.get(word, 0.0) + effect
        for word, total in of_text.items():
            sums.setdefault(word, []).append(total)
    found = [_mean(word, np.array(totals)) for word, totals in sums.items() if len(totals) >= max(2, fewest)]
    return sorted(found, key=lambda word: -abs(word.mean))


def _mean(word: str, totals: Floats) -> Word:
    mean = float(totals.mean())
    half = float(t.ppf(0.975, len(totals) - 1) * totals.std(ddof=1) / np.sqrt(len(totals)))
    return Word(word, len(totals), mean, mean - half, mean + half)
