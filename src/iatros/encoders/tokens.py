"""What all networks of positions begin and end with: codes as vectors, and positions as one description.

In: `Tokens`. Out: vectors [B, L, W], zero outside the mask; a description [B, V].
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from iatros.contracts import Shape, Tokens, each

TokenPooling = Literal["auto", "mean", "mean+max", "mean+max+places", "attention", "flat"]
FEW, MANY = 4, 16  # numbers that each position keeps for itself
MOST_PLACES = 1024  # positions up to which `auto` keeps them
TIME_WAVES = 8  # sines and cosines of a position's time, periods from 1 to 10 ** 4


class TokenInput(nn.Module):
    """Codes, values and times of positions -> their sum as vectors [B, L, W], zero where the mask is False."""

    def __init__(self, shape: Shape, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.codes = nn.Embedding(shape.categories[0], width) if shape.categories else None
        self.values = nn.Linear(shape.numbers, width) if shape.numbers else None
        self.times = nn.Linear(2 * TIME_WAVES, width, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tokens) -> Tensor:
        tokens = emptied(tokens)
        found = tokens.mask.new_zeros((*tokens.mask.shape, 1), dtype=self.times.weight.dtype)
        if self.codes is not None and tokens.codes is not None:
            shares = tokens.codes.is_floating_point()
            found = found + (tokens.codes @ self.codes.weight if shares else self.codes(tokens.codes))
        if self.values is not None and tokens.values is not None:
            found = found + self.values(tokens.values)
        if tokens.times is not None:
            found = found + self.times(waves(tokens.times))
        result: Tensor = self.dropout(found) * tokens.mask[:, :, None]
        return result


def emptied(tokens: Tokens) -> Tokens:
    """The same with 0 where the mask is False, whatever stood there."""
    return each(tokens, lambda t: t.masked_fill(~tokens.mask.view(*tokens.mask.shape, *(1,) * (t.ndim - 2)), 0))


def waves(times: Tensor) -> Tensor:
    """Times [B, L] -> sines and cosines [B, L, 16] of eight periods."""
    rates = 10.0 ** torch.linspace(0, -4, TIME_WAVES, device=times.device)
    angle = times[:, :, None] * rates
    return torch.cat([angle.sin(), angle.cos()], 2)


class TokenPool(nn.Module):
    """Positions [B, L, W] and their mask -> one description [B, width].

    mean; mean beside maximum; these beside 16 numbers of every position; attention (a learned weight a position beside the
    maximum); flat: all positions end to end. Places and flat are for sequences of one length. There auto keeps four numbers of
    every position, small so that all together count as much as the mean, and drown no motif that stands anywhere.
    """

    def __init__(self, pooling: TokenPooling, width: int, shape: Shape) -> None:
        super().__init__()
        self.longest = shape.space[0]
        self.pooling = pooling
        self.score = nn.Linear(width, 1) if pooling == "attention" else None
        few = FEW if shape.even and self.longest <= MOST_PLACES else 0
        kept = {"mean+max+places": MANY, "auto": few}.get(pooling, 0)
        self.place = nn.Linear(width, kept) if kept else None
        self.weight = 1.0 if pooling == "mean+max+places" else self.longest**-0.5
        self.width = {"mean": width, "flat": width * self.longest}.get(pooling, 2 * width) + kept * self.longest

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        values = values * mask[:, :, None]
        if self.pooling == "flat":
            return self._end_to_end(values)
        if self.score is not None:
            score = self.score(values).squeeze(2).float().masked_fill(~mask, float("-inf"))
            share = torch.nan_to_num(score.softmax(1)).to(values.dtype)
        else:
            share = mask / mask.sum(1, keepdim=True).clamp_min(1)
        mean = (values * share[:, :, None]).sum(1)
        if self.pooling == "mean":
            return mean
        most = values.masked_fill(~mask[:, :, None], float("-inf")).amax(1)
        found = [mean, most.masked_fill(~mask.any(1, keepdim=True), 0)]
        if self.place is not None:
            found.append(self._end_to_end(self.place(values) * mask[:, :, None]) * self.weight)
        return torch.cat(found, 1)

    def _end_to_end(self, values: Tensor) -> Tensor:
        return nn.functional.pad(values, (0, 0, 0, self.longest - values.shape[1])).flatten(1)
