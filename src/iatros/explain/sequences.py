"""Which positions of a sequence speak for an outcome? Integrated gradients over letters, and occlusion.

In: a subject, positions [B, L] as codes, what is usual. Out: attributions [B, L], 0 on padding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from iatros.contracts import Tokens
from iatros.explain.path import STEPS, path_integral
from iatros.explain.subject import Subject
from iatros.explain.windows import fall_by_window

Method = Literal["integrated_gradients", "occlusion"]
METHODS: tuple[Method, ...] = ("integrated_gradients", "occlusion")
SPAN = 9  # positions that are occluded at once, of sequences up to WINDOWS times as long
WINDOWS = 100  # per sequence, at most about twice as many
POOL = 4_096  # vectors from which those are drawn that take the place of others
DRAWS = 2  # of letters that take the place of what is occluded


@dataclass(frozen=True)
class Usual:
    """What a position holds where nothing is the matter.

    shares: [V] how often each code stands in training sequences without the outcome; 0 for code 0, which stands for nothing
    vectors: [P, D] those of positions of such sequences, where a network reads vectors in place of codes
    """

    shares: Tensor
    vectors: Tensor | None = None

    def drawn(self, like: Tensor, generator: torch.Generator) -> Tensor:
        """Codes as often as they are usual, or vectors, in the shape of `like`: [B, L], or [B, L, D]."""
        if self.vectors is not None:
            return self.vectors[torch.randint(len(self.vectors), like.shape[:2], generator=generator)]
        drawn = torch.multinomial(self.shares, like.numel(), replacement=True, generator=generator)
        return drawn.reshape(like.shape)


def usual(tokens: Tokens, vocabulary: int) -> Usual:
    """From training sequences; with none that holds anything, all codes are equally usual."""
    codes = codes_of(tokens)
    vectors = None if tokens.values is None else _some(tokens.values[tokens.mask])
    count = torch.bincount(codes[tokens.mask], minlength=max(1, vocabulary)).double()
    count[0] = 0
    if count.sum() == 0:
        count[1:] = 1
    return Usual((count / count.sum()).float(), vectors)


def _some(vectors: Tensor) -> Tensor:
    """Vectors evenly chosen among many; of none, one of zeros."""
    if not len(vectors):
        return vectors.new_zeros(1, vectors.shape[1])
    return vectors[torch.linspace(0, len(vectors) - 1, min(len(vectors), POOL)).long()]


def read_by(tokens: Tokens) -> Tensor:
    """What a network reads at each position: codes [B, L], or the vectors [B, L, D] that stand in for them."""
    return codes_of(tokens) if tokens.values is None else tokens.values


def reading(tokens: Tokens, held: Tensor) -> Tokens:
    """The same positions with other codes or vectors."""
    return Tokens(tokens.mask, held) if tokens.values is None else replace(tokens, values=held)


def codes_of(tokens: Tokens) -> Tensor:
    """[B, L] int64. Raises ValueError for positions that hold something else than codes."""
    if tokens.codes is None or tokens.codes.is_floating_point():
        raise ValueError("these positions hold no codes; only letters and pieces of text are explained")
    return tokens.codes


def integrated_gradients(subject: Subject, tokens: Tokens, reference: Usual, steps: int = STEPS) -> Tensor:
    """How far each position moves the score, from usual letters to those of the case; they add up to the score's change.

    The way runs through mixtures of letters, from the usual shares at every position to the one that is there. Where the
    network has one table of vectors for its codes, mixtures are made of these, which is the same and needs no array as wide
    as a vocabulary. Where the network reads vectors of a pretrained model, the way runs from their usual mean: an attribution
    then says what was read at a position, and the vector of a position knows its surroundings.
    Source: Sundararajan et al. 2017, arXiv:1703.01365.
    """
    if tokens.values is not None and reference.vectors is not None:
        usual_vector = reference.vectors.mean(0)
        moved = path_integral(lambda held: subject.of(reading(tokens, held)), tokens.values, usual_vector, steps)
        return moved.sum(2) * tokens.mask
    codes = codes_of(tokens)
    table = _table(subject, len(reference.shares))
    if table is None:
        letters = functional.one_hot(codes, len(reference.shares)).float()  # [B, L, V]
        moved = path_integral(lambda shares: subject.of(Tokens(tokens.mask, shares)), letters, reference.shares, steps)
    else:
        vectors = table.weight.detach()
        subject.of(tokens)  # inputs that share this table are read now, with vectors of their own
        score = partial(_with_vectors, subject, tokens, table)
        moved = path_integral(score, vectors[codes], reference.shares @ vectors, steps)
    return moved.sum(2) * tokens.mask


def occlusion(subject: Subject, tokens: Tokens, reference: Usual, generator: torch.Generator, draws: int = DRAWS) -> Tensor:
    """How far the score falls when a stretch is replaced by usual letters (or vectors) drawn at random, a mean over draws."""
    held = read_by(tokens)
    length = held.shape[1]
    patch = min(1, max(SPAN, length // WINDOWS) / length)
    found = torch.zeros(held.shape[:2])
    for _ in range(draws):
        others = reference.drawn(held, generator).movedim(1, -1)  # positions last
        found += fall_by_window(
            lambda given: subject.of(reading(tokens, given.movedim(-1, 1))), held.movedim(1, -1), others, (length,), patch
        )
    return found / draws * tokens.mask


def _table(subject: Subject, vocabulary: int) -> nn.Embedding | None:
    """The one table of vectors that the encoder reads codes by; tables of another size are of words made of several."""
    encoder = subject.network if subject.encoder is None else subject.encoder(subject.network)
    tables = [m for m in encoder.modules() if isinstance(m, nn.Embedding) and m.num_embeddings == vocabulary]
    return tables[0] if len(tables) == 1 else None


def _with_vectors(subject: Subject, tokens: Tokens, table: nn.Embedding, vectors: Tensor) -> Tensor:
    """[B] the score where the codes have these vectors [B, L, W]."""
    handle = table.register_forward_hook(lambda module, given, found: vectors)
    try:
        return subject.of(tokens)
    finally:
        handle.remove()


def attribute(method: str, subject: Subject, tokens: Tokens, reference: Usual, seed: int = 0) -> Tensor:
    """[B, L] by a method's name (one of METHODS). seed: of what is drawn, so that one case has one attribution."""
    if method == "integrated_gradients":
        return integrated_gradients(subject, tokens, reference)
    if method == "occlusion":
        return occlusion(subject, tokens, reference, torch.Generator().manual_seed(seed))
    raise ValueError(f"unknown method {method}; there are {', '.join(METHODS)}")
