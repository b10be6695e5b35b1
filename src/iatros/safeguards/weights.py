"""`weights`: losses of rare classes count more."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Learned
from iatros.safeguards.strata import ByFrequency, Counts

if TYPE_CHECKING:
    from torch import Tensor


class Weights(ByFrequency):
    """Weigh each case's loss by the inverse prevalence of its class, so that all classes count alike.

    Predicted risks are then those of a balanced population: use it with `calibration`.
    """

    order: ClassVar[int] = 10

    kind: Literal["weights"] = "weights"
    strength: float = Field(default=1.0, ge=0, le=1)
    """1 makes classes count alike; 0.5 goes half the way (the root of it); 0 does nothing."""

    def weigh(self, target: str, strata: Tensor, fitted: Learned) -> Tensor | None:
        """[B] strata -> [B] weights, whose mean over the training rows is 1; 1 where the stratum is not known."""
        import torch

        assert isinstance(fitted, Counts)
        weights = balancing(fitted.of(target), self.strength)
        if not len(weights):
            return None
        table = torch.tensor([*weights, 1.0], dtype=torch.float32, device=strata.device)  # the last for unknown, -1
        known = (strata >= 0) & (strata < len(weights))
        return table[torch.where(known, strata, len(weights))]


def balancing(counts: NDArray[np.int64], strength: float) -> NDArray[np.float64]:
    """[S] counts -> [S] weights proportional to counts ** -strength, of mean 1 over the cases; 1 where nobody is."""
    there = counts > 0
    weights = np.where(there, np.maximum(counts, 1).astype(np.float64) ** -strength, 0)
    total = (weights * counts).sum()
    return np.where(there, weights * counts.sum() / total, 1.0) if total > 0 else np.ones(len(counts))
