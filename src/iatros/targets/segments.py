"""What a run of equal states teaches beside the states: where in it a position stands, and which states lie on either side.

In: codes of states [B, L]. Out: codes of three more questions, asked in training alone, and their loss. A network that has to
tell where helices begin, and what a loop connects, learns the states themselves better from the same labels.
Source: tasks beside the main one as a bias, Caruana 1997, doi:10.1023/A:1007379606734.
"""

from __future__ import annotations

import torch
from torch import Tensor

FIRST, INNER, LAST = range(3)


def beside(classes: int) -> tuple[int, int, int]:
    """How many answers each question has: state and place in its run, the state before the run, the state after it."""
    return 3 * classes, classes + 1, classes + 1


def questions(codes: Tensor, inside: Tensor, classes: int) -> tuple[Tensor, Tensor, Tensor]:
    """Place, before, after: [B, L] each, -1 where it is not known.

    codes: [B, L] states, -1 where not known; inside: [B, L], is there a position? A run of one position is inner. Beyond either
    end there is no state, which is an answer of its own: `classes`.
    """
    states = torch.where(inside, codes, classes)
    known = inside & (codes >= 0)
    begins = torch.ones_like(inside)
    begins[:, 1:] = states[:, 1:] != states[:, :-1]
    ends = torch.ones_like(inside)
    ends[:, :-1] = begins[:, 1:]
    place = torch.where(begins & ~ends, FIRST, torch.where(ends & ~begins, LAST, INNER))
    before = _before(states, begins, classes)
    after = _before(states.flip(1), ends.flip(1), classes).flip(1)
    return tuple(torch.where(known, found, -1) for found in (3 * states + place, before, after))  # type: ignore[return-value]


def _before(states: Tensor, begins: Tensor, none: int) -> Tensor:
    """[B, L] the state that stands left of each position's run."""
    at = torch.arange(states.shape[1], device=states.device).expand_as(states)
    start = torch.where(begins, at, 0).cummax(1).values
    left = states.gather(1, (start - 1).clamp_min(0))
    return torch.where(start > 0, left, none)
