"""A pretrained model, frozen: sequences of tokens through it, a vector for each token.

In: a model's folder and identity. Out: `Frozen`, which takes sequences of any length and gives vectors in half precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iatros.modalities.embedding.declared import Identity
from iatros.modalities.embedding.folder import refuse
from iatros.modalities.embedding.library import config_of, network_of, tokenizer_of
from iatros.modalities.embedding.spelling import special

AT_ONCE = 4_096  # tokens that go through side by side, padding counted
OVERLAP = 4  # windows share one part in so many
LARGEST = float(np.finfo(np.float16).max)
Floats = NDArray[np.float16]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Frozen:
    """The network with what stands around a sequence. layer: None for the last."""

    network: nn.Module
    layer: int | None
    before: tuple[int, ...]
    behind: tuple[int, ...]
    padding: int
    window: int
    device: torch.device

    def vectors(self, several: Sequence[Integers]) -> list[Floats]:
        """[T, D] of each sequence of tokens. Like lengths go side by side; what is longer than a window goes in several."""
        parts = [(number, *part) for number, tokens in enumerate(several) for part in windows(len(tokens), self.window)]
        found: list[list[Floats]] = [[] for _ in several]
        made: dict[tuple[int, int], Floats] = {}
        for lot in _lots(sorted(parts, key=lambda part: part[2] - part[1])):
            given = [several[number][begin:end] for number, begin, end, _, _ in lot]
            for (number, begin, _, first, last), values in zip(lot, self._through(given), strict=True):
                made[number, first] = values[first - begin : last - begin]
        for number, first in sorted(made):
            found[number].append(made[number, first])
        return [np.concatenate(one) if one else np.zeros((0, 0), np.float16) for one in found]

    @torch.no_grad()
    def _through(self, given: Sequence[Integers]) -> Iterator[Floats]:
        framed = [torch.tensor([*self.before, *tokens.tolist(), *self.behind]) for tokens in given]
        ids = nn.utils.rnn.pad_sequence(framed, batch_first=True, padding_value=self.padding)
        lengths = torch.tensor([len(one) for one in framed])
        mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
        asked = {"input_ids": ids.to(self.device), "attention_mask": mask.to(self.device)}
        answer = self.network(**asked, output_hidden_states=self.layer is not None)
        values: Tensor = answer.last_hidden_state if self.layer is None else answer.hidden_states[self.layer]
        if not bool(values[mask.bool().to(values.device)].isfinite().all()):
            refuse("the pretrained model gives vectors that are no finite numbers", "take another `layer`, or fetch it anew")
        rounded = values.float().clamp(-LARGEST, LARGEST).to(torch.float16).cpu().numpy()
        for row, tokens in zip(rounded, given, strict=True):
            yield row[len(self.before) : len(self.before) + len(tokens)]


@lru_cache(maxsize=1)
def frozen(folder: Path, identity: Identity) -> Frozen:
    """The network of this folder, ready; kept for the next call. Raises InputError where its weights do not make it whole."""
    tokenizer = tokenizer_of(folder, identity.name)
    before, behind = special(tokenizer, identity.name)
    config = config_of(folder, identity.name)
    padding = tokenizer.pad_token_id or getattr(config, "pad_token_id", None) or 0
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network_of(folder, config, identity.name).to(device).eval().requires_grad_(False)
    layer = None if identity.layer == config.num_hidden_layers else identity.layer
    return Frozen(network, layer, before, behind, int(padding), identity.window, device)


def windows(length: int, window: int) -> Iterator[tuple[int, int, int, int]]:
    """Begin and end of each window, and of what is kept of it: neighbours meet in the middle of what they share.

    >>> list(windows(10, 8))
    [(0, 8, 0, 5), (2, 10, 5, 10)]
    """
    if length <= window:
        yield 0, length, 0, length
        return
    step = max(1, window - window // OVERLAP)
    begins = [*range(0, length - window, step), length - window]
    seams = [0, *((begin + before + window) // 2 for before, begin in pairwise(begins)), length]
    for begin, (first, last) in zip(begins, pairwise(seams), strict=True):
        yield begin, begin + window, first, last


def _lots(parts: list[tuple[int, int, int, int, int]]) -> Iterator[list[tuple[int, int, int, int, int]]]:
    """Windows by length, so many that they fill a batch with their padding."""
    lot: list[tuple[int, int, int, int, int]] = []
    for part in parts:
        if lot and (len(lot) + 1) * (part[2] - part[1]) > AT_ONCE:
            yield lot
            lot = []
        lot.append(part)
    if lot:
        yield lot
