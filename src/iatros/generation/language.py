"""A language model writes: letter by letter, each drawn from what its networks hold likely after the letters before.

In: networks that foretell the next letter. Out: codes of new sequences, and how likely each was.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.generation.nucleus import drawn, tempered, within
from iatros.heads.next_letter import END, NextReadout
from iatros.metrics.ranking import Floats

AT_ONCE = 512  # sequences written side by side
Integers = NDArray[np.int64]


class Reader(Protocol):
    """An encoder that reads one way, a position at a time."""

    def step(self, codes: Tensor, memory: Any = None) -> tuple[Tensor, Any]:  # Any: what the encoder remembers
        """codes [B] -> [B, W] of their position, and what is remembered."""
        ...


class Member(NamedTuple):
    """One network: what reads, and what foretells from it."""

    reader: Reader
    readout: NextReadout


@dataclass(frozen=True)
class LanguageModel:
    """Networks, in evaluation mode, whose probabilities are averaged at every letter; longest: positions of a sequence."""

    members: tuple[Member, ...]
    longest: int


@dataclass(frozen=True)
class Sampled:
    """codes: [L] of each sequence, prefix included, end not; ended: [N] False where it was cut at the longest

    log_likelihood: [N] nats of the letters behind the prefix and of the end, to the model as it is, whatever the temperature
    """

    codes: tuple[Integers, ...]
    ended: NDArray[np.bool_]
    log_likelihood: Floats


def sample(
    model: LanguageModel,
    count: int,
    *,
    temperature: float = 1.0,
    nucleus: float = 1.0,
    prefix: Sequence[int] = (),
    seed: int = 0,
) -> Sampled:
    """New sequences, none of them empty. The same seed gives the same ones.

    temperature: 1 is the model as it is, 0 its likeliest letter always; nucleus: share of the probability within which letters
    are drawn; prefix: codes with which every sequence begins.
    Raises ValueError for a temperature below 0, a nucleus outside (0, 1], a prefix that is too long or holds code 0.
    """
    if len(prefix) >= model.longest or END in prefix:
        raise ValueError(f"a prefix has at most {model.longest - 1} letters, all of them known")
    within(tempered(np.ones((1, 1)), temperature), nucleus)  # refuses before any work
    parts = [
        _written(model, min(AT_ONCE, count - begin), temperature, nucleus, prefix, np.random.default_rng([seed, begin]))
        for begin in range(0, count, AT_ONCE)
    ]
    codes = tuple(one for part in parts for one in part.codes)
    return Sampled(
        codes,
        np.concatenate([part.ended for part in parts] or [np.zeros(0, np.bool_)]),
        np.concatenate([part.log_likelihood for part in parts] or [np.zeros(0)]),
    )


def _written(
    model: LanguageModel, count: int, temperature: float, nucleus: float, prefix: Sequence[int], generator: np.random.Generator
) -> Sampled:
    codes = np.zeros((count, model.longest), np.int64)
    codes[:, : len(prefix)] = prefix
    length, open_ = np.full(count, model.longest), np.ones(count, np.bool_)
    total = np.zeros(count)
    next_ = foretelling(model, count)
    share = next(next_)
    for code in prefix:
        share = next_.send(np.full(count, code))
    for place in range(len(prefix), model.longest):
        possible = share if place else _not_ending(share)
        chosen = drawn(within(tempered(possible, temperature), nucleus), generator.random(count))
        total += np.where(open_, np.log(share[np.arange(count), chosen]), 0)
        ending = open_ & (chosen == END)
        length[ending] = place
        open_ &= ~ending
        if not open_.any():
            break
        codes[open_, place] = chosen[open_]
        share = next_.send(np.where(open_, chosen, 1))  # what is ended reads on unheard
    return Sampled(tuple(row[:n] for row, n in zip(codes, length.tolist(), strict=True)), ~open_, total)


def foretelling(model: LanguageModel, count: int) -> Generator[Floats, Integers, None]:
    """Probabilities [count, K] of what comes next, the mean over networks; sent codes [count], those of what follows them."""
    memories: list[Any] = [None] * len(model.members)
    positions: list[Tensor | None] = [None] * len(model.members)
    while True:
        found = []
        with torch.inference_mode():
            for (_, readout), position in zip(model.members, positions, strict=True):
                found.append(readout.after(position, count).double().exp().cpu().numpy())
        codes = yield np.mean(found, axis=0)
        with torch.inference_mode():
            for number, (reader, _) in enumerate(model.members):
                positions[number], memories[number] = reader.step(torch.from_numpy(codes), memories[number])


def _not_ending(share: Floats) -> Floats:
    kept = share.copy()
    kept[:, END] = 0
    whole: Floats = kept / kept.sum(1, keepdims=True)
    return whole
