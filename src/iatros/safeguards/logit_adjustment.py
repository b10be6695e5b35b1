"""`logit_adjustment`: training scores are shifted by the log prevalence of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from iatros.contracts import Learned
from iatros.safeguards.strata import ByFrequency, Counts

if TYPE_CHECKING:
    from torch import Tensor


class LogitAdjustment(ByFrequency):
    """Let the loss know how frequent classes are, so that the scores need not say it (Menon et al. 2021, arXiv:2007.07314).

    Predicted risks are then those of a balanced population: use it with `calibration`.
    """

    order: ClassVar[int] = 30

    kind: Literal["logit_adjustment"] = "logit_adjustment"
    strength: float = Field(default=1.0, ge=0, le=2)
    """How much of the log prevalence is added."""

    def adjust(self, target: str, raw: Tensor, fitted: Learned) -> Tensor:
        """raw [B, K], or [B, 1] for two classes, plus the log prevalence of each class. Other scores are left alone."""
        import torch

        assert isinstance(fitted, Counts)
        counts = fitted.of(target)
        prior = np.log(np.maximum(counts, 0.5) / max(1, counts.sum()))
        if len(counts) == 2 and raw.shape[1] == 1:
            return raw + self.strength * float(prior[1] - prior[0])
        if len(counts) < 2 or len(counts) != raw.shape[1]:
            return raw
        return raw + self.strength * torch.from_numpy(prior).to(raw)
