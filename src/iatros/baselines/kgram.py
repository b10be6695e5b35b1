"""The classical language model: which letter follows which short word, counted, and mixed with what shorter words say.

In: codes of sequences. Out: a `KGram`, and the probability of every letter of other sequences, the end among them.
Source: Witten & Bell 1991, doi:10.1109/18.87000, interpolated as in Chen & Goodman 1999, doi:10.1006/csla.1999.0128:
P(w | h) = (c(h w) + T(h) P(w | shorter h)) / (c(h) + T(h)), T(h) being how many different letters were seen behind h.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.ranking import Floats

NAME = "k-gram"
END = 0  # as in `iatros.heads.next_letter`: nothing known is never foretold, and the end stands in its place
MOST_BEFORE = 12  # letters before the one that is foretold, tried
AT_A_TIME = 4_000_000  # probabilities held at once
NO_CODE = -1
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Of words of one length. context: [H] sorted; total, kinds: [H] c(h), T(h); begin: [H + 1] into letter, count [N]."""

    context: Integers
    total: Floats
    kinds: Floats
    begin: Integers
    letter: Integers
    count: Floats


@dataclass(frozen=True)
class KGram:
    """codes: how many, END among them; orders: counts behind words of 0, 1, ... letters."""

    codes: int
    orders: tuple[Counts, ...]

    @property
    def before(self) -> int:
        """Letters that it looks back."""
        return len(self.orders) - 1

    def shortened(self, before: int) -> KGram:
        """The same, looking back no further than this."""
        return KGram(self.codes, self.orders[: before + 1])


class Foretold(NamedTuple):
    """Of each case [L + 1]: the probability of what stands there, NaN where not judged, and 1 where nothing was likelier."""

    score: list[Floats]
    right: list[Floats]


def fit(cases: Sequence[Integers], codes: int, longest: int, before: int) -> KGram:
    """Count. cases: codes of each, 0 where not known; longest: cases of that length may go on, their end does not count."""
    flat = _flat(cases, longest)
    known = flat.truth >= 0
    found = []
    for back in range(before + 1):
        if (codes + 2) ** (back + 1) > np.iinfo(np.int64).max:  # a word no longer has a number of its own
            break
        words = _words(flat, back, codes + 2)[known]
        found.append(_counts(words, flat.truth[known], codes))
    return KGram(codes, tuple(found))


def choose(train: Sequence[Integers], validation: Sequence[Integers], codes: int, longest: int) -> int:
    """How many letters to look back: what foretells the validation cases best, having counted in the training cases."""
    counted, best, least = fit(train, codes, longest, MOST_BEFORE), 0, np.inf
    for before in range(counted.before + 1):
        likely = np.concatenate([np.log(p) for p in foretell(counted.shortened(before), validation, longest).score])
        loss = -float(np.nanmean(likely))
        if loss >= least:  # longer words are rarer still
            break
        best, least = before, loss
    return best


def foretell(model: KGram, cases: Sequence[Integers], longest: int) -> Foretold:
    """The probability of every letter of these cases given those before it, and of their ends."""
    if not cases:
        return Foretold([], [])
    flat = _flat(cases, longest)
    likely, right = np.full(len(flat.truth), np.nan), np.zeros(len(flat.truth))
    words = [_words(flat, back, model.codes + 2) for back in range(len(model.orders))]
    for begin in range(0, len(flat.truth), size := max(1, AT_A_TIME // model.codes)):
        some = slice(begin, begin + size)
        share = probabilities(model, [one[some] for one in words])
        truth = flat.truth[some]
        likely[some] = np.where(truth >= 0, share[np.arange(len(truth)), np.maximum(truth, 0)], np.nan)
        right[some] = share.argmax(1) == truth
    cuts = np.cumsum([len(case) + 1 for case in cases])[:-1]
    return Foretold(np.split(likely, cuts), np.split(right, cuts))


def probabilities(model: KGram, words: Sequence[Integers]) -> Floats:
    """[n, codes] behind words of 0, 1, ... letters, whose numbers [n] are given."""
    share = np.full((len(words[0]), model.codes), 1 / model.codes)
    for counts, word in zip(model.orders, words, strict=True):
        place = np.minimum(np.searchsorted(counts.context, word), len(counts.context) - 1)
        met = np.flatnonzero(counts.context[place] == word)
        at = place[met]
        total, kinds = counts.total[at], counts.kinds[at]
        share[met] *= (kinds / (total + kinds))[:, None]
        sizes = counts.begin[at + 1] - counts.begin[at]
        row = np.repeat(np.arange(len(met)), sizes)
        entry = np.repeat(counts.begin[at], sizes) + np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        share[met[row], counts.letter[entry]] += counts.count[entry] / (total + kinds)[row]
    return share


class _Flat(NamedTuple):
    """Cases [N] end to end, an end behind each. truth: -1 where not judged; place: within its case; sign: as context."""

    truth: Integers
    place: Integers
    sign: Integers


def _flat(cases: Sequence[Integers], longest: int) -> _Flat:
    lengths = np.array([len(case) for case in cases], np.int64)
    truth = np.concatenate([np.append(np.where(case > 0, case, NO_CODE), END) for case in cases]).astype(np.int64)
    ends = np.cumsum(lengths + 1) - 1
    truth[ends[lengths >= longest]] = NO_CODE
    place = np.arange(len(truth)) - np.repeat(ends - lengths, lengths + 1)
    return _Flat(truth, place, np.where(truth > 0, truth, 0))


def _words(flat: _Flat, back: int, base: int) -> Integers:
    """[N] numbers of the words of `back` letters before each; what is before the beginning has a sign of its own."""
    word = np.zeros(len(flat.truth), np.int64)
    for step in range(back, 0, -1):
        sign = np.full(len(word), base - 1, np.int64)
        sign[step:] = np.where(flat.place[step:] >= step, flat.sign[:-step], base - 1)
        word = word * base + sign
    return word


def _counts(words: Integers, letters: Integers, codes: int) -> Counts:
    order = np.lexsort((letters, words))
    words, letters = words[order], letters[order]
    new = np.append(True, (words[1:] != words[:-1]) | (letters[1:] != letters[:-1]))[: len(words)]
    firsts = np.flatnonzero(new)
    count = np.diff(np.append(firsts, len(words))).astype(np.float64)
    context, begin = np.unique(words[firsts], return_index=True)
    begin = np.append(begin, len(firsts)).astype(np.int64)
    total = np.add.reduceat(count, begin[:-1]) if len(count) else count
    return Counts(context, total, np.diff(begin).astype(np.float64), begin, letters[firsts], count)
