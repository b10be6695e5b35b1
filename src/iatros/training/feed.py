"""Batches: slices of the packed arrays, as the network reads them.

In: packed inputs and truths, what was fitted on a fold's training rows. Out: `Batch`, augmented on request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from iatros.anchors import anchor_of
from iatros.contracts import Batch, Learned, Modality, Motion, Summary, Target
from iatros.packed import Packed

PAIRS_A_POSITION = 32  # pairs of positions that take about the memory of one


@dataclass(frozen=True)
class Material:
    """What training and prediction read of a study. All arrays run over the same M cases.

    packs: input -> its packed cells; truths: target -> its packed truth; truths may be empty: new cases have none
    weight: [M] sampling weights, 1 where there are none
    """

    inputs: Mapping[str, Modality]
    targets: Mapping[str, Target]
    packs: Mapping[str, Packed]
    truths: Mapping[str, Packed]
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.weight)

    @cached_property
    def strata(self) -> dict[str, NDArray[np.int64]]:
        """target -> [M] stratum of each case, -1 unknown or where the target has none."""
        found = {name: target.strata(self.truths[name]) for name, target in self.targets.items()}
        return {name: np.full(len(self), -1, np.int64) if s is None else np.asarray(s, np.int64) for name, s in found.items()}

    @cached_property
    def lengths(self) -> NDArray[np.int64] | None:
        """[M] positions of each case in all ragged inputs together, at least 1; None where no input is ragged.

        Where a target is of pairs, PAIRS_A_POSITION pairs count as one position more.
        """
        found = [length for name, m in self.inputs.items() if (length := m.length(self.packs[name])) is not None]
        if not found:
            return None
        lengths: NDArray[np.int64] = np.maximum(np.sum(found, axis=0), 1).astype(np.int64)
        return lengths * (1 + lengths // PAIRS_A_POSITION) if any(t.pairs for t in self.targets.values()) else lengths

    @cached_property
    def features(self) -> Summary:
        """All inputs of all cases as one matrix [M, F] of plain features, named "input: feature" where there are several.

        Baselines, probes and the reference of familiar cases read it; it is made once.
        """
        rows = np.arange(len(self))
        parts = {name: modality.summary(self.packs[name], rows) for name, modality in self.inputs.items()}
        if len(parts) == 1:
            return next(iter(parts.values()))
        names = tuple(f"{source}: {name}" for source, part in parts.items() for name in part.names)
        return Summary(np.concatenate([part.values for part in parts.values()], axis=1), names)

    def with_inputs(self, names: list[str]) -> Material:
        """The same cases with fewer inputs."""
        return Material(
            {n: self.inputs[n] for n in names}, self.targets, {n: self.packs[n] for n in names}, self.truths, self.weight
        )


@dataclass(frozen=True)
class Fits:
    """What was learned about the data from one fold's training rows: of each input, of each target."""

    inputs: Mapping[str, Learned]
    targets: Mapping[str, Learned]


def fit(material: Material, rows: NDArray[np.int64]) -> Fits:
    """Learn from the training rows."""
    return Fits(
        {name: modality.fit(material.packs[name], rows) for name, modality in material.inputs.items()},
        {name: target.fit(material.truths[name], rows) for name, target in material.targets.items()},
    )


def batch(material: Material, fits: Fits, rows: NDArray[np.int64]) -> Batch:
    """Cases `rows` of all inputs, with truth."""
    inputs = {name: m.batch(material.packs[name], rows, fits.inputs[name]) for name, m in material.inputs.items()}
    present = {name: _bools(material.packs[name].present[rows]) for name in material.inputs}
    truth = {name: material.targets[name].truth(pack, rows, fits.targets[name]) for name, pack in material.truths.items()}
    known = {name: _bools(pack.present[rows]) for name, pack in material.truths.items()}
    return Batch(inputs, present, truth, known, torch.from_numpy(rows))


def moved(given: Batch, material: Material, generator: Generator) -> Batch:
    """The batch augmented: each input by its own modality, and truth that is anchored to an input along with it."""
    inputs, motions = {}, dict[str, Motion | None]()
    for name, modality in material.inputs.items():
        inputs[name], motions[name] = modality.move(given.inputs[name], generator)
    truth = {
        name: target.follow(given.truth[name], motions[anchor_of(target, material.inputs)])
        for name, target in material.targets.items()
    }
    return given.with_(inputs=inputs, truth=truth)


def viewed(given: Batch, material: Material, number: int) -> Batch:
    """View `number` of the batch, for prediction; view 0 is the batch itself."""
    if number == 0:
        return given
    return given.with_(inputs={name: material.inputs[name].view(layout, number) for name, layout in given.inputs.items()})


def _bools(values: NDArray[np.bool_]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values))
