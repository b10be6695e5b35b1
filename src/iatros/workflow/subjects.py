"""A trained network as the explanation reads it: one score, as a function of one input.

In: a network, cases, a target's form. Out: `Subject`s whose score holds the other inputs fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iatros.contracts import Batch, Features, Fold, Layout
from iatros.explain.subject import Subject
from iatros.model import Network
from iatros.predictions import Form
from iatros.training.feed import Fits, Material, batch


@dataclass(frozen=True)
class Explained:
    """One fold's network and what it was fitted with. seed: of the network that is explained, the first of the ensemble."""

    network: Network
    material: Material
    fits: Fits
    fold: Fold

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Cases as the network reads them."""
        return batch(self.material, self.fits, rows)

    def changed(self, source: str, layout: Layout) -> Layout:
        """A layout of an input whose codes were changed, as the network reads it."""
        found: Layout = self.material.inputs[source].read_anew(layout, self.material.packs[source], self.fits.inputs[source])
        return found

    def subject(self, target: str, form: Form, code: int, source: str, rows: NDArray[np.int64]) -> tuple[Subject, Layout]:
        """The score of class `code` of `target` as a function of the input `source` of the cases `rows`, and that layout."""
        fixed = self.batch(rows)

        others: WeakKeyDictionary[nn.Module, dict[str, Features]] = WeakKeyDictionary()

        def score(network: nn.Module, layout: Layout) -> Tensor:
            assert isinstance(network, Network)
            if network not in others:  # the other inputs stay as they are: encoded once a network, not once a call
                with torch.no_grad():
                    others[network] = {
                        name: network.encode(name, fixed.inputs[name], fixed.present[name])
                        for name in network.reader
                        if name != source
                    }
            here = network.encode(source, layout, fixed.present[source])
            features = {name: here if name == source else others[network][name] for name in network.reader}
            return log_odds(network.read(features, fixed.present).fused[target].float(), form, code)

        def encoder(network: nn.Module) -> nn.Module:
            assert isinstance(network, Network)
            return network.encoders[network.reader[source]]

        return Subject(self.network, score, encoder), fixed.inputs[source]


def log_odds(raw: Tensor, form: Form, code: int) -> Tensor:
    """raw [B, width] -> [B]: the class's log-odds against all others, a label's, or the (standardised) value."""
    if form.task == "value":
        return raw[:, raw.shape[1] // 2]
    if form.task == "labels" or raw.shape[1] == 1:
        return raw[:, code if raw.shape[1] > 1 else 0]
    others = torch.cat([raw[:, :code], raw[:, code + 1 :]], dim=1)
    return raw[:, code] - torch.logsumexp(others, dim=1)


def interesting(form: Form, strata: NDArray[np.int64]) -> int:
    """The class or label that is explained: of two, the positive one; of more, the most frequent after the first."""
    if form.task == "value":
        return 0
    if form.binary:
        return 1
    first = 1 if form.task == "class" else 0
    counts = [int((strata == code).sum()) for code in range(len(form.classes))]
    return first + int(np.argmax(counts[first:])) if counts[first:] else 0


def outcome(material: Material, target: str, form: Form, code: int, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """[n] 1 with the class or label, 0 without, NaN unknown; or the value."""
    columns = material.targets[target].truth_columns(material.truths[target], rows)
    known = material.truths[target].present[rows]
    if form.task == "labels":
        cells = columns[f"truth:{form.classes[code]}"]
        return np.array([np.nan if cell is None else float(cell) for cell in cells])
    cells = columns["truth"]
    if form.task == "value":
        return np.array([np.nan if cell is None else float(cell) for cell in cells])
    wanted = True if form.binary else form.classes[code]
    return np.array([float(cell == wanted) if ok else np.nan for cell, ok in zip(cells, known, strict=True)])
