"""A backbone whose torsions and distances are both as predicted: gradient descent on the torsions, through the builder.

In: torsions [B, L, 3], distances of CA [B, L, L] and how much each counts. Out: N, CA, C [B, L, 3, 3].
The idea is AlphaFold 1's (Senior et al. 2020, doi:10.1038/s41586-019-1923-7), with squared errors in place of its potential.
"""

from __future__ import annotations

import torch
from torch import Tensor

from iatros.heads.backbone import build, ideal

RATE = 0.05  # radians a step, at first
SOFT = 5.0  # angstrom: errors larger than this count less than their square
SMALL = 1e-4


def folded(torsions: Tensor, distances: Tensor, weights: Tensor, steps: int = 100, hold: float = 1.0) -> Tensor:
    """[B, L, 3, 3] coordinates in angstrom, of chains of ideal bonds and trans peptides where `torsions` say so.

    weights: [B, L, L], 0 for pairs that do not count. hold: what keeping the given torsions counts beside distances.
    """
    given = torsions.detach()
    moved = given.clone().requires_grad_()
    optimizer = torch.optim.Adam([moved], lr=RATE)
    share = weights / weights.sum((1, 2), keepdim=True).clamp_min(SMALL)
    with torch.enable_grad():
        for step in range(steps):
            for group in optimizer.param_groups:
                group["lr"] = RATE * (1 - step / steps)
            ca = build(ideal(moved))[:, :, 1]
            found = ((ca[:, :, None] - ca[:, None]).square().sum(-1) + SMALL).sqrt()
            error = (
                SOFT**2 * (((found - distances) / SOFT).square() + 1).sqrt() - SOFT**2
            )  # Charbonnier's, about half the square
            loss = (share * error).sum() + hold * (1 - (moved - given).cos()).sum(2).mean(1).sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
    return build(ideal(moved.detach()))
