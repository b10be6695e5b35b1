"""From what is known of each residue to what is said of each pair of them.

In: `Features` with positions [B, L, W]. Out: [B, L, R + 1, K]. Its first R columns score K bins of the distance between residue
i and residue `begin + r`, all residues in evaluation (R = L), a stripe of them in training, which costs less and says as much;
the last column holds the residue's own numbers and `begin`, so that one tensor says all. NaN where a case has no residue.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from iatros.contracts import Features

START = 0.1  # what a layer adds at first


@dataclass(frozen=True)
class Pairs:
    """What a `PairHead` says, taken apart.

    bins: [B, L, R, K] scores; own: [B, L, own]; rows: [B, L, 1] and columns: [B, 1, R] the residues of each pair, from 0
    """

    bins: Tensor
    own: Tensor
    rows: Tensor
    columns: Tensor


def taken_apart(raw: Tensor, own: int) -> Pairs:
    """raw [B, L, R + 1, K] of a head with `own` numbers a residue."""
    length, width = raw.shape[1], raw.shape[2] - 1
    begin = raw[:, 0, -1, own].detach().nan_to_num().long().clamp_min(0)  # [B]
    columns = begin[:, None] + torch.arange(width, device=raw.device)
    rows = torch.arange(length, device=raw.device).expand(len(raw), length)
    return Pairs(raw[:, :, :-1], raw[:, :, -1, :own], rows[:, :, None], columns[:, None])


class PairHead(nn.Module):
    """Residues i and j, and how far apart they stand along the chain, through a small two-dimensional convolution network.

    What separation alone tells is given (`prior`), so that the network learns what it adds to that.
    """

    def __init__(
        self, width: int, prior: Tensor, own: int, channels: int, dilations: tuple[int, ...], dropout: float, stripe: int
    ) -> None:
        """prior: [S, K] log-frequencies of bins by separation, the last for all larger; own: numbers of a residue, below K."""
        super().__init__()
        self.prior: Tensor
        self.register_buffer("prior", prior)
        self.stripe, self.halo = stripe, sum(dilations)
        self.sides = nn.Linear(width, 2 * channels)
        self.apart = nn.Embedding(len(prior), channels)
        self.ranges = nn.Linear(3, channels)
        self.layers = nn.ModuleList(nn.Conv2d(channels, 2 * channels, 3, padding=step, dilation=step) for step in dilations)
        self.scales = nn.Parameter(torch.full((len(dilations), channels, 1, 1), START))
        self.dropout = nn.Dropout(dropout)
        self.bins = nn.Linear(channels, prior.shape[1])
        self.own = nn.Linear(width, own)
        nn.init.zeros_(self.bins.weight)
        nn.init.zeros_(self.bins.bias)

    def forward(self, features: Features) -> Tensor:
        positions, mask = features.positions, features.mask
        assert positions is not None
        assert mask is not None
        begin, width = self._begin(mask)
        columns = begin[:, None] + torch.arange(-self.halo, width + self.halo, device=mask.device)  # [B, R + 2 halo]
        there = (columns >= 0) & (columns < mask.shape[1])
        columns = columns.clamp(0, mask.shape[1] - 1)
        there &= mask.gather(1, columns)
        apart = (torch.arange(mask.shape[1], device=mask.device)[:, None] - columns[:, None]).abs()  # [B, L, R + 2 halo]
        values = self._pairs(self.dropout(positions), mask, columns, there, apart)
        inner = slice(self.halo, self.halo + width)
        scores: Tensor = self.bins(values[:, :, :, inner].permute(0, 2, 3, 1))
        if width == mask.shape[1]:
            scores = (scores + scores.transpose(1, 2)) / 2
        scores = scores + self.prior[apart[:, :, inner].clamp_max(len(self.prior) - 1)]
        own = torch.cat([self.own(positions), begin[:, None, None].expand(-1, mask.shape[1], 1).float()], 2)
        raw = torch.cat([scores, nn.functional.pad(own, (0, scores.shape[-1] - own.shape[-1]))[:, :, None]], dim=2)
        known: Tensor = raw.masked_fill(~mask[:, :, None, None], float("nan"))
        return known

    def _begin(self, mask: Tensor) -> tuple[Tensor, int]:
        """[B] where the stripe of each case begins, and how wide stripes are."""
        length = mask.shape[1]
        if not self.training or self.stripe >= length:
            return torch.zeros(len(mask), dtype=torch.long, device=mask.device), length
        spare = (mask.sum(1) - self.stripe).clamp_min(0) + 1
        return (torch.rand(len(mask), device=mask.device) * spare).long(), self.stripe

    def _pairs(self, positions: Tensor, mask: Tensor, columns: Tensor, there: Tensor, apart: Tensor) -> Tensor:
        """[B, channels, L, R + 2 halo], zero outside the mask."""
        one, other = self.sides(positions).chunk(2, dim=-1)  # [B, L, channels] each
        place = columns[:, :, None].expand(-1, -1, one.shape[2])
        across = (one.gather(1, place)[:, None], other.gather(1, place)[:, None])
        size = mask.sum(1).clamp_min(1).to(one.dtype)[:, None, None].expand(apart.shape)
        ranges = torch.stack([apart.add(1).log(), apart / size, size.log()], dim=-1).to(one.dtype)
        known = self.apart(apart.clamp_max(len(self.prior) - 1)) + self.ranges(ranges)
        joined = one[:, :, None] * across[0] + other[:, :, None] + across[1] + known
        inside = (mask[:, :, None] & there[:, None])[:, None].to(one.dtype)
        values = joined.permute(0, 3, 1, 2) * inside
        for scale, layer in zip(self.scales, self.layers, strict=True):
            values = values + scale * self.dropout(nn.functional.glu(layer(values), dim=1)) * inside
        result: Tensor = values
        return result
