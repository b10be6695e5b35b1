"""The loss of each case of a batch: over targets, inputs alone and mixed partners, weighed by the safeguards.

In: raw scores and a batch. Out: [B] losses; averaging them is the loop's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from iatros.contracts import Batch, Learned, Safeguard, Target
from iatros.model import Outputs

Guards = Sequence[tuple[Safeguard, Learned]]


@dataclass(frozen=True)
class Objective:
    """What training minimises.

    strata: target -> [M] stratum of every case of the study; weight: [M] sampling weights
    alone:  share of the losses of the inputs alone
    """

    targets: Mapping[str, Target]
    fitted: Mapping[str, Learned]
    strata: Mapping[str, Tensor]
    weight: Tensor
    guards: Guards = ()
    alone: float = 0.0

    def losses(self, outputs: Outputs, batch: Batch) -> Tensor:
        """[B] losses in training: weighed, adjusted, mixed; cases without truth add nothing."""
        total = torch.zeros(len(batch.rows), device=batch.rows.device)
        for name, target in self.targets.items():
            total = total + target.weight * self._of_target(name, outputs.fused[name], batch, batch.known[name])
            for source, raw in outputs.alone.items():
                counted = batch.known[name] & batch.present[source]
                share = self.alone / len(outputs.alone) * target.weight
                if share and name in raw:
                    total = total + share * self._of_target(name, raw[name], batch, counted)
        return total

    def plain(self, outputs: Outputs, batch: Batch) -> Tensor:
        """[B] losses for validation: sampling weights only, no safeguard, no inputs alone."""
        total = torch.zeros(len(batch.rows), device=batch.rows.device)
        for name, target in self.targets.items():
            known = batch.known[name]
            loss = target.loss(outputs.fused[name][known].float(), _some(batch.truth[name], known), self.fitted[name])
            total = total.index_add(0, known.nonzero().squeeze(1), target.weight * loss * self.weight[batch.rows[known]])
        return total

    def _of_target(self, name: str, raw: Tensor, batch: Batch, counted: Tensor) -> Tensor:
        own = self._weighed(name, raw, batch.truth[name], batch.rows, counted)
        if batch.partner is None or batch.share is None:
            return own
        other_truth = {key: value[batch.partner] for key, value in batch.truth[name].items()}
        both = counted & counted[batch.partner]
        other = self._weighed(name, raw, other_truth, batch.rows[batch.partner], both)
        return torch.where(both, batch.share * own + (1 - batch.share) * other, own)

    def _weighed(self, name: str, raw: Tensor, truth: dict[str, Tensor], rows: Tensor, counted: Tensor) -> Tensor:
        some = raw[counted].float()
        for guard, fitted in self.guards:
            some = guard.adjust(name, some, fitted)
        loss = self.targets[name].loss(some, _some(truth, counted), self.fitted[name])
        chosen = rows[counted]
        weight = self.weight[chosen]
        for guard, fitted in self.guards:
            factor = guard.weigh(name, self.strata[name][chosen], fitted)
            weight = weight if factor is None else weight * factor
        return torch.zeros(len(raw), device=raw.device).index_put((counted.nonzero().squeeze(1),), loss * weight)


def _some(truth: dict[str, Tensor], rows: Tensor) -> dict[str, Tensor]:
    return {key: value[rows] for key, value in truth.items()}
