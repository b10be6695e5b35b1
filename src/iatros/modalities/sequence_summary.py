"""Sequences as plain features for classical models: how often each short word stands in them.

In: packed letters or texts. Out: a `Summary` [n, F], NaN where there is no sequence.
Nothing is fitted: the words are all those of an alphabet, or, of a text, numbered by a hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Summary
from iatros.modalities.alphabets import SIGNS
from iatros.modalities.sequence_cells import SequencePlan, text_of
from iatros.packed import Packed, end_to_end

LONGEST_WORD = {"dna": 4, "rna": 4, "protein": 2, "smiles": 1}
ONCE_PLACED = 200  # places of DNA and RNA that were told before plans noted it
HASHED = 1_024  # columns of a text
AT_A_TIME = 2_000  # cases
REACH = 7  # letters to either side of a position: 15 in all, as the window methods of the 1980s had
Integers = NDArray[np.int64]


def summarised(packed: Packed, rows: Integers, plan: SequencePlan) -> Summary:
    """The length, and shares of words of one letter, of two, ... in what is read; of texts, hashed words and pairs of words."""
    if plan.alphabet == "text":
        return _of_texts(packed, rows)
    lots = [_of_letters(packed, rows[i : i + AT_A_TIME], plan) for i in range(0, max(1, len(rows)), AT_A_TIME)]
    values = np.concatenate(lots)
    values[~packed.present[rows]] = np.nan
    return Summary(values, names_of(plan))


def names_of(plan: SequencePlan) -> tuple[str, ...]:
    """Names of the features in their order: "length", "A", "AC", and "A at 31" where all are of one short length."""
    signs = [chr(sign) for sign in SIGNS[plan.alphabet]]
    words = ["".join(word) for k in range(1, LONGEST_WORD[plan.alphabet] + 1) for word in product(signs, repeat=k)]
    places = [f"{sign} at {place}" for place in range(1, _places(plan) + 1) for sign in signs]
    return ("length", *words, *places)


def _places(plan: SequencePlan) -> int:
    if plan.placed is not None:
        return plan.placed
    return plan.even if plan.even <= ONCE_PLACED and plan.alphabet in ("dna", "rna") else 0


def _of_letters(packed: Packed, rows: Integers, plan: SequencePlan) -> NDArray[np.float64]:
    signs = len(SIGNS[plan.alphabet])
    lengths = np.minimum(packed["lengths"][rows], plan.longest)
    case, within = end_to_end(lengths)
    codes = packed["signs"][packed["starts"][rows][case] + within].astype(np.int64)
    parts = [packed["lengths"][rows][:, None].astype(np.float64)]
    for k in range(1, LONGEST_WORD[plan.alphabet] + 1):
        counts = words(codes, case, len(rows), signs, k)
        parts.append(counts / np.maximum(counts.sum(1, keepdims=True), 1))
    places = _places(plan)
    if places:
        grid = np.zeros((len(rows), places), np.int64)
        whole = lengths == places
        grid[whole] = codes[whole[case]].reshape(-1, places)
        parts.append((grid[:, :, None] == np.arange(1, signs + 1)).reshape(len(rows), -1).astype(np.float64))
    return np.concatenate(parts, axis=1)


def windows_of(packed: Packed, rows: Integers, plan: SequencePlan) -> Summary:
    """[positions, (2 REACH + 1) letters] 1 where this letter stands so many places away; all that is read, end to end."""
    signs = SIGNS[plan.alphabet]
    lengths = np.minimum(packed["lengths"][rows], plan.longest)
    case, within = end_to_end(lengths)
    place = within[:, None] + np.arange(-REACH, REACH + 1)  # [positions, 2 REACH + 1]
    inside = (place >= 0) & (place < lengths[case][:, None])
    codes = packed["signs"][np.where(inside, packed["starts"][rows][case][:, None] + place, len(packed["signs"]) - 1)]
    values = codes[:, :, None] == np.arange(1, len(signs) + 1)
    names = tuple(f"{chr(sign)} at {step:+d}" for step in range(-REACH, REACH + 1) for sign in signs)
    return Summary(values.reshape(len(values), -1).astype(np.float64), names)


def words(codes: Integers, case: Integers, cases: int, signs: int, k: int) -> NDArray[np.float64]:
    """[cases, signs ** k] how often each word of k letters stands in each case; words with an unknown letter are left out."""
    begins = len(codes) - k + 1
    if begins < 1:
        return np.zeros((cases, signs**k))
    number, whole = np.zeros(begins, np.int64), np.ones(begins, np.bool_)
    for place in range(k):
        letter = codes[place : place + begins]
        number = number * signs + letter - 1
        whole &= letter > 0
    whole &= case[:begins] == case[k - 1 :]
    counts = np.bincount(case[:begins][whole] * signs**k + number[whole], minlength=cases * signs**k)
    return counts.reshape(cases, signs**k).astype(np.float64)


def _of_texts(packed: Packed, rows: Integers) -> Summary:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(n_features=HASHED, ngram_range=(1, 2), alternate_sign=False, norm="l2")
    values = np.full((len(rows), 1 + HASHED), np.nan)
    here = packed.present[rows]
    if here.any():
        values[here, 1:] = hashing.transform(_texts(packed, rows[here])).toarray()
        values[here, 0] = packed["lengths"][rows[here]]
    return Summary(values, ("length", *(f"words {k}" for k in range(1, HASHED + 1))))


def _texts(packed: Packed, rows: Sequence[int] | Integers) -> Iterator[str]:
    return (text_of(packed, int(row)) for row in rows)
