"""`sampling`: each epoch draws as many cases of every class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Learned, Safeguard

if TYPE_CHECKING:
    from torch import Generator


class Sampling(Safeguard):
    """Draw classes alike often: cases of rare ones are repeated, cases of frequent ones take turns over the epochs.

    Predicted risks are then those of a balanced population: use it with `calibration`.
    """

    order: ClassVar[int] = 20

    kind: Literal["sampling"] = "sampling"
    strength: float = Field(default=1.0, ge=0, le=1)
    """1 draws classes alike often; 0 draws as they come; between, part of the way."""
    target: str | None = None
    """The target whose classes are balanced; by default the first."""

    def draw(self, strata: Mapping[str, NDArray[np.int64]], fitted: Learned, generator: Generator) -> NDArray[np.int64] | None:
        """[n] positions among the training rows, n as many as there are. Unknown strata keep their share."""
        import torch

        name = self.target or next(iter(strata), None)
        if name is None or name not in strata:
            return None
        codes, size = np.unique(strata[name], return_counts=True)
        if (codes >= 0).sum() < 2:
            return None
        quotas = shares(size, codes >= 0, self.strength)
        drawn = [
            _in_turn(np.flatnonzero(strata[name] == code), quota, generator) for code, quota in zip(codes, quotas, strict=True)
        ]
        together = np.concatenate(drawn)
        order: NDArray[np.int64] = torch.randperm(len(together), generator=generator).numpy()
        return np.asarray(together[order], np.int64)


def shares(size: NDArray[np.int64], known: NDArray[np.bool_], strength: float) -> NDArray[np.int64]:
    """[S] cases to draw of each stratum: known ones in proportion to size ** (1 - strength), the others as they are."""
    wanted = np.where(known, size.astype(np.float64) ** (1 - strength), 0)
    return np.where(known, np.maximum(1, np.round(wanted / wanted.sum() * size[known].sum())), size).astype(np.int64)


def _in_turn(rows: NDArray[np.int64], quota: int, generator: Generator) -> NDArray[np.int64]:
    """`quota` of the rows, each as often as any other, give or take one."""
    import torch

    rounds = -(-quota // len(rows))
    orders = [rows[torch.randperm(len(rows), generator=generator).numpy()] for _ in range(rounds)]
    return np.concatenate(orders)[:quota]
