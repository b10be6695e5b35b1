"""Which positions of a sequence speak for an outcome? Integrated gradients over letters, and occlusion.

In: a subject, positions [B, L] as codes, what is usual. Out: attributions [B, L], 0 on padding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from iatros.contracts import Tokens
from iatros.explain.path import STEPS, path_integral
from iatros.explain.subject import Subject
from iatros.explain.windows import fall_by_window

METHODS = ("integrated_gradients", "occlusion")
SPAN = 9  # positions that are occluded at once, of sequences up to WINDOWS times as long
WINDOWS = 100  # per sequence, at most about twice as many
DRAWS = 2  # of letters that take the place of what is occluded


@dataclass(frozen=True)
class Usual:
    """What a position holds where nothing is the matter.

    shares: [V] how often each code stands in training sequences without the outcome; 0 for code 0, which stands for nothing
    """

    shares: Tensor

    def drawn(self, like: Tensor, generator: torch.Generator) -> Tensor:
        """Codes as often as they are usual, in the shape of `like`."""
        drawn = torch.multinomial(self.shares, like.numel(), replacement=True, generator=generator)
        return drawn.reshape(like.shape)


def usual(tokens: Tokens, vocabulary: int) -> Usual:
    """From training sequences; with none that holds anything, all codes are equally usual."""
    codes = codes_of(tokens)
    count = torch.bincount(codes[tokens.mask], minlength=vocabulary).double()
    count[0] = 0
    if count.sum() == 0:
        count[1:] = 1
    return Usual((count / count.sum()).float())


def codes_of(tokens: Tokens) -> Tensor:
    """[B, L] int64. Raises ValueError for positions that hold something else than codes."""
    if tokens.codes is None or tokens.codes.is_floating_point():
        raise ValueError("these positions hold no codes; only letters and pieces of text are explained")
    return tokens.codes


def integrated_gradients(subject: Subject, tokens: Tokens, reference: Usual, steps: int = STEPS) -> Tensor:
    """How far each position moves the score, from usual letters to those of the case; they add up to the score's change.

    The way runs through mixtures of letters, from the usual shares at every position to the one that is there. Source:
    Sundararajan et al. 2017, arXiv:1703.01365.
    """
    codes = codes_of(tokens)
    letters = functional.one_hot(codes, len(reference.shares)).float()  # [B, L, V]
    moved = path_integral(lambda shares: subject.of(Tokens(tokens.mask, shares)), letters, reference.shares, steps)
    return moved.sum(2) * tokens.mask


def occlusion(subject: Subject, tokens: Tokens, reference: Usual, generator: torch.Generator, draws: int = DRAWS) -> Tensor:
    """How far the score falls when a stretch is replaced by usual letters drawn at random, averaged over draws."""
    codes = codes_of(tokens)
    length = codes.shape[1]
    patch = max(SPAN, length // WINDOWS) / length
    found = torch.zeros(codes.shape)
    for _ in range(draws):
        others = reference.drawn(codes, generator)
        found += fall_by_window(lambda given: subject.of(Tokens(tokens.mask, given)), codes, others, (length,), min(1, patch))
    return found / draws * tokens.mask


def attribute(method: str, subject: Subject, tokens: Tokens, reference: Usual, seed: int = 0) -> Tensor:
    """[B, L] by a method's name (one of METHODS). seed: of what is drawn, so that one case has one attribution."""
    if method == "integrated_gradients":
        return integrated_gradients(subject, tokens, reference)
    if method == "occlusion":
        return occlusion(subject, tokens, reference, torch.Generator().manual_seed(seed))
    raise ValueError(f"unknown method {method}; there are {', '.join(METHODS)}")
