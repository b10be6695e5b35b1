"""What would each other letter do to the score? In-silico mutagenesis, and the effects of given variants.

In: networks as scores of codes, and a sequence; or sequences without and with a variant. Out: effects with intervals over the
networks of an ensemble. Source: Alipanahi et al. 2015, doi:10.1038/nbt.3300.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import t
from torch import Tensor

AT_ONCE = 256  # changed sequences in a batch
Floats = NDArray[np.float64]
Score = Callable[[Tensor], Tensor]  # codes [B, L] -> [B]


@dataclass(frozen=True)
class Effects:
    """A mean over networks with its 95 % limits, all of one shape; the limits are NaN where there is one network."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Mutations:
    """Effects of all single changes of a window.

    score:   mean over networks of the sequence as it is
    each:    [E, W, K] of each network, the score with letter k at position begin + w, less that of the sequence as it is;
             exactly 0 for the letter that is there
    codes:   [W] the letters that are there; letters: [K] the codes that were tried
    """

    score: float
    each: Floats
    codes: NDArray[np.int64]
    letters: tuple[int, ...]
    begin: int

    def effects(self) -> Effects:
        """[W, K]"""
        return over_networks(self.each)

    def by_position(self) -> Effects:
        """[W] the mean loss of the score over the other letters: high where the letter that is there raises it."""
        others = (self.codes[:, None] != np.array(self.letters)).sum(1)
        return over_networks(-self.each.sum(2) / np.maximum(others, 1))


@dataclass(frozen=True)
class Change:
    """One change: the letter at `position` (from 0) by another, what it does to the score, and its limits."""

    position: int
    before: int
    after: int
    effect: float
    low: float
    high: float


def mutagenesis(
    scores: Sequence[Score],
    codes: NDArray[np.int64],
    letters: Sequence[int],
    begin: int = 0,
    end: int | None = None,
    at_once: int = AT_ONCE,
) -> Mutations:
    """Try each letter at each position of a window.

    scores: one for each network of the ensemble; codes: [L]; letters: the codes to try; begin, end: the window
    """
    end = len(codes) if end is None else min(end, len(codes))
    places, tried = np.arange(begin, end), np.array(letters)
    changed = np.tile(codes, (len(places) * len(tried), 1))
    changed[np.arange(len(changed)), np.repeat(places, len(tried))] = np.tile(tried, len(places))
    found, before = [], []
    for score in scores:
        given = _scored(score, np.concatenate([codes[None], changed]), at_once)
        effect = (given[1:] - given[0]).reshape(len(places), len(tried))
        effect[codes[places][:, None] == tried] = 0.0  # its place in a batch may change the last digits
        found.append(effect)
        before.append(float(given[0]))
    return Mutations(float(np.mean(before)), np.stack(found), codes[places], tuple(letters), begin)


def variant_effects(
    scores: Sequence[Score], reference: NDArray[np.int64], alternative: NDArray[np.int64], at_once: int = AT_ONCE
) -> Effects:
    """[M] scores with each variant less without. reference, alternative: [M, L] codes of the windows around the variants."""
    both = np.concatenate([reference, alternative])
    found = [_scored(score, both, at_once) for score in scores]
    return over_networks(np.stack([each[len(reference) :] - each[: len(reference)] for each in found]))


def ranked(mutations: Mutations, most: int | None = None) -> list[Change]:
    """The single changes, the largest effects first, whichever way they go."""
    effects = mutations.effects()
    order = np.argsort(-np.abs(effects.mean), axis=None, kind="stable")
    found = []
    for flat in order.tolist():
        row, column = divmod(flat, len(mutations.letters))
        before, after = int(mutations.codes[row]), mutations.letters[column]
        if before != after:
            sides = (float(side[row, column]) for side in (effects.mean, effects.low, effects.high))
            found.append(Change(mutations.begin + row, before, after, *sides))
        if len(found) == most:
            break
    return found


def over_networks(values: Floats) -> Effects:
    """Mean over the first axis with the limits of Student's t: what another ensemble of such networks would say."""
    mean, count = values.mean(axis=0), len(values)
    if count < 2:
        return Effects(mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan))
    half = t.ppf(0.975, count - 1) * values.std(axis=0, ddof=1) / np.sqrt(count)
    return Effects(mean, mean - half, mean + half)


def _scored(score: Score, codes: NDArray[np.int64], at_once: int) -> Floats:
    """[B] in batches of one size: a score may hold other inputs of exactly so many cases fixed."""
    size = min(at_once, len(codes))
    scores = []
    with torch.no_grad():
        for start in range(0, len(codes), size):
            lot = codes[start : start + size]
            whole = np.concatenate([lot, np.repeat(lot[-1:], size - len(lot), axis=0)])
            scores.append(score(torch.from_numpy(whole))[: len(lot)].double().numpy())
    return np.concatenate(scores)
