"""Networks held in memory, for whoever wants a model without a run's folder.

In: a programme, its one fold. Out: `Held`, which scores any cases, each the same whatever cases stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.contracts import Fold, Fusion, Safeguard, each
from iatros.model import Network
from iatros.training import feed
from iatros.training.engine import Engine
from iatros.training.loop import Moment, train
from iatros.training.members import FoldFits, Member, Programme, assembled, fit_fold, job_of
from iatros.training.portions import INFERENCE_CASES

Weights = Mapping[str, NDArray[Any]]  # Any: floats, and the counters and masks of buffers


@dataclass(frozen=True)
class Held:
    """The networks of one fold. weights: of each network, name -> array, so that a copy or a pickle holds plain arrays only."""

    fits: feed.Fits
    weights: tuple[Weights, ...]
    engine: Engine
    guards: tuple[Safeguard, ...] = ()
    fusion: Fusion | None = None

    def network(self, number: int, material: feed.Material) -> Network:
        """One of the networks, in evaluation mode and double precision."""
        tensors = {name: torch.from_numpy(np.array(values)) for name, values in self.weights[number].items()}
        return assembled(material, self.fits, self.fusion, self.guards, tensors).double()


def hold(programme: Programme, fold: Fold, engine: Engine, told: Callable[[Moment], None] | None = None) -> Held:
    """Train all networks of this fold; torch's own random state stays as it was. Raises InputError where training diverges."""
    learned = fit_fold(programme, fold)
    with torch.random.fork_rng(devices=[]):
        weights = tuple(_trained(programme, member, fold, learned, engine, told) for member in programme.members())
    return Held(learned.fits, weights, engine, tuple(programme.guards), programme.fusion)


def scores(held: Held, material: feed.Material) -> dict[str, dict[str, NDArray[np.float64]]]:
    """target -> score columns of all cases of the material, the mean over the networks.

    Computed in double precision: in single, a case's score depends on its neighbours in the batch from the seventh digit on.
    """
    found: dict[str, list[Mapping[str, NDArray[np.float64]]]] = {name: [] for name in material.targets}
    with torch.random.fork_rng(devices=[]), held.engine.in_use():
        for number in range(len(held.weights)):
            raws = _raw(held.network(number, material), material, held.fits)
            for name, target in material.targets.items():
                found[name].append(target.predict(raws[name], held.fits.targets[name]))
    return {
        name: {key: np.mean([one[key] for one in several], axis=0) for key in several[0]} for name, several in found.items()
    }


def _trained(
    programme: Programme, member: Member, fold: Fold, learned: FoldFits, engine: Engine, told: Callable[[Moment], None] | None
) -> Weights:
    job, network = job_of(programme, member, fold, learned, engine)
    tensors, _ = train(replace(job, checkpoint=None), network, told or (lambda _: None))
    return {name: t.cpu().numpy().copy() for name, t in tensors.items()}


@torch.no_grad()
def _raw(network: Network, material: feed.Material, fits: feed.Fits) -> dict[str, Tensor]:
    """target -> raw scores [M, width]."""
    parts: dict[str, list[Tensor]] = {name: [] for name in material.targets}
    for rows in np.split(np.arange(len(material)), range(INFERENCE_CASES, len(material), INFERENCE_CASES)):
        batch = feed.batch(material, fits, rows)
        batch = batch.with_(inputs={name: each(layout, _doubled) for name, layout in batch.inputs.items()})
        for name, raw in network(batch).fused.items():
            parts[name].append(raw)
    return {name: torch.cat(several) for name, several in parts.items()}


def _doubled(values: Tensor) -> Tensor:
    return values.double() if values.is_floating_point() else values
