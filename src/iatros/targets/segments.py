"""What a run of equal states teaches beside them: where in it a position stands, how long it is, what lies on either side.

In: codes of states [B, L]. Out: codes of six more questions, asked in training alone. A network that has to tell where helices
begin, and what a loop connects, learns the states themselves better from the same labels.
Source: tasks beside the main one as a bias, Caruana 1997, doi:10.1023/A:1007379606734.
"""

from __future__ import annotations

import torch
from torch import Tensor

FIRST, INNER, LAST = range(3)
SIZES = (2, 4, 8, 16, 32)  # positions of a run from which it counts as larger


def beside(classes: int) -> tuple[int, ...]:
    """How many answers each question has, in the order of `questions`."""
    return 3 * classes, (len(SIZES) + 1) * classes, *[classes + 1] * 4


def questions(codes: Tensor, inside: Tensor, classes: int) -> list[Tensor]:
    """Place and size, each with the state; states one and two runs before, one and two runs after: [B, L] each, -1 not known.

    codes: [B, L] states, -1 where not known; inside: [B, L], is there a position? A run of one position is inner. Beyond either
    end there is no state, which is an answer of its own: `classes`.
    """
    states = torch.where(inside, codes, classes)
    begins = torch.ones_like(inside)
    begins[:, 1:] = states[:, 1:] != states[:, :-1]
    ends = torch.ones_like(inside)
    ends[:, :-1] = begins[:, 1:]
    place = torch.where(begins & ~ends, FIRST, torch.where(ends & ~begins, LAST, INNER))
    start, stop = _start(begins), states.shape[1] - 1 - _start(ends.flip(1)).flip(1)
    size = torch.bucketize(stop - start + 1, torch.tensor(SIZES, device=codes.device), right=True)
    before = _left(states, start, classes)
    after = _left(states.flip(1), _start(ends.flip(1)), classes)
    beyond = _left(after, _start(ends.flip(1)), classes)
    asked = [
        3 * states + place,
        (len(SIZES) + 1) * states + size,
        before,
        _left(before, start, classes),
        after.flip(1),
        beyond.flip(1),
    ]
    return [torch.where(inside & (codes >= 0), one, -1) for one in asked]


def _start(begins: Tensor) -> Tensor:
    """[B, L] where each position's run begins."""
    at = torch.arange(begins.shape[1], device=begins.device).expand_as(begins)
    return torch.where(begins, at, 0).cummax(1).values


def _left(values: Tensor, start: Tensor, none: int) -> Tensor:
    """[B, L] the value that stands left of each position's run."""
    return torch.where(start > 0, values.gather(1, (start - 1).clamp_min(0)), none)
