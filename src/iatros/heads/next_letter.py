"""How likely is each letter, given those before it?

In: `Features` with positions [B, L, W] that know nothing of what is behind them, and the codes that were read. Out: raw scores
[B, L + 1, 2]: the logarithm of the probability of what stands there, NaN where that is not judged, and 1 where nothing was
likelier, NaN behind the end of a case.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from iatros.contracts import Features, Sizes

NAN = float("nan")
END = 0  # the code of nothing known is never foretold: in its place stands the end of the sequence


class NextReadout(nn.Module):
    """Position t foretells the letter at t + 1; a vector of its own the first, before which nothing stands.

    The end counts as a letter. It is not judged of cases that fill all `longest` positions, for they may go on; nor is a letter
    that is not known.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.longest = sizes.longest
        self.first = nn.Parameter(torch.zeros(sizes.codes))
        self.linear = nn.Linear(sizes.positions, sizes.codes)

    def forward(self, features: Features) -> Tensor:
        assert features.positions is not None
        assert features.mask is not None
        assert features.codes is not None
        truth = foretold(features.codes, features.mask, self.longest)
        begin = self.first.expand(len(truth), 1, -1)
        logs = torch.cat([begin, self.linear(features.positions)], 1).float().log_softmax(2)  # [B, L + 1, K]
        likely = logs.gather(2, truth.clamp_min(0)[:, :, None]).squeeze(2)
        right = (logs.argmax(2) == truth).to(likely.dtype)
        length = features.mask.sum(1, keepdim=True)
        behind = torch.arange(truth.shape[1], device=truth.device) > torch.where(length > 0, length, -1)
        return torch.stack([likely.masked_fill(truth < 0, NAN), right.masked_fill(behind, NAN)], 2)

    def after(self, position: Tensor | None, count: int) -> Tensor:
        """[B, K] logarithms of the probabilities of what comes next, END among them; at the very begin position is None."""
        raw: Tensor = self.first.expand(count, -1) if position is None else self.linear(position)
        return raw.float().log_softmax(1)


def foretold(codes: Tensor, mask: Tensor, longest: int) -> Tensor:
    """codes [B, L] -> [B, L + 1] what stands at each place, END behind the last; -1 where nothing is to be judged."""
    known = torch.where(mask & (codes > 0), codes, -1)
    length = mask.sum(1)
    truth = torch.cat([known, known.new_full((len(known), 1), -1)], 1)
    ended = (length > 0) & (length < longest)
    return truth.scatter(1, length[:, None], torch.where(ended, END, truth.gather(1, length[:, None]).squeeze(1))[:, None])
