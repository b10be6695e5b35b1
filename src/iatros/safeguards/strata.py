"""How many cases each stratum has, for safeguards that heed how frequent classes are.

In: strata of training rows. Out: counts that such a safeguard keeps with the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatros.contracts import Learned, Safeguard


class Counts(Learned):
    """counts: target -> number of training cases of stratum 0, 1, ...; cases of unknown stratum are not counted."""

    counts: dict[str, tuple[int, ...]] = Field(default_factory=dict)

    def of(self, target: str) -> NDArray[np.int64]:
        """[S] counts of a target's strata; empty where it has none."""
        return np.array(self.counts.get(target, ()), np.int64)


def count(strata: Mapping[str, NDArray[np.int64]]) -> Counts:
    """Count the strata (target -> [n], -1 unknown)."""
    counted = {target: np.bincount(values[values >= 0]) for target, values in strata.items()}
    return Counts(counts={target: tuple(int(c) for c in counts) for target, counts in counted.items()})


class ByFrequency(Safeguard):
    """A safeguard that heeds how frequent the classes of its targets are in training."""

    Fitted: ClassVar[type[Learned]] = Counts

    targets: tuple[str, ...] = ()
    """The targets concerned; by default all that it can help."""

    def fit(self, strata: Mapping[str, NDArray[np.int64]]) -> Counts:
        """Counts the classes of the training rows."""
        return count({name: s for name, s in strata.items() if not self.targets or name in self.targets})
