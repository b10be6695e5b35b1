"""`bag`: the words of a text as a bag, each with a vector of its own; fast, and strong where texts are few."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from iatros.contracts import Encoder, Features, Layout, Level, Shape, Sizes, Tokens
from iatros.encoders.pretrained import start_from
from iatros.encoders.tokens import TokenInput, emptied

PRIME = 1_000_003  # by which the codes of a word are mixed into the number of its bucket
SPREAD = 0.1  # of the vectors at first


class Bag(Encoder):
    """The mean of the vectors of all words of one, two, ... pieces, whatever their order: for few and short texts.

    On vectors of a pretrained model it is a linear readout of their mean and maximum.

    Source: Joulin et al. 2017, arXiv:1607.01759 (fastText).
    """

    takes: ClassVar[tuple[type[Layout], ...]] = (Tokens,)
    gives: ClassVar[Level] = Level.WHOLE

    kind: Literal["bag"] = "bag"
    width: int = Field(default=64, ge=1)
    """Of a word's vector."""
    grams: int = Field(default=2, ge=1, le=8)
    """Pieces of the longest words."""
    buckets: int = Field(default=65_536, ge=1)
    """Vectors that words of two and more pieces share, by a hash."""
    dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share of the words left out in training, and of the description's entries."""

    def build(self, shape: Shape) -> BagNetwork:
        """Tokens -> Features of the whole."""
        network = BagNetwork(shape, self)
        start_from(network, self.pretrained)
        return network


class BagNetwork(nn.Module):
    """Tokens, their codes perhaps as shares (words of one piece alone) -> whole [B, 2 width]: mean and maximum over words."""

    def __init__(self, shape: Shape, said: Bag) -> None:
        super().__init__()
        self.pieces = TokenInput(shape, said.width)
        self.words = nn.Embedding(said.buckets, said.width) if said.grams > 1 and shape.categories else None
        for table in (self.pieces.codes, self.words):
            if table is not None:
                nn.init.normal_(table.weight, std=SPREAD)
        self.grams = said.grams
        self.dropout = nn.Dropout(said.dropout)
        self.norm = nn.LayerNorm(2 * said.width)
        self.sizes = Sizes(whole=2 * said.width)

    def forward(self, tokens: Tokens) -> Features:
        tokens = emptied(tokens)
        vectors, masks = [self.pieces(tokens)], [tokens.mask]
        if self.words is not None and tokens.codes is not None:
            codes = tokens.codes.argmax(2) if tokens.codes.is_floating_point() else tokens.codes
            number = codes
            for place in range(1, min(self.grams, codes.shape[1])):
                number = number[:, :-1] * PRIME + codes[:, place:] + 1
                vectors.append(self.words(number % self.words.num_embeddings))
                masks.append(tokens.mask[:, place:])
        return Features(whole=self.dropout(self.norm(self._pooled(torch.cat(vectors, 1), torch.cat(masks, 1)))))

    def _pooled(self, vectors: Tensor, mask: Tensor) -> Tensor:
        """Mean and maximum of the words that are there and, in training, not left out."""
        kept = self.dropout(mask.to(vectors.dtype)) > 0
        kept = torch.where(kept.any(1, keepdim=True), kept, mask)[:, :, None]
        mean = (vectors * kept).sum(1) / kept.sum(1).clamp_min(1)
        most = vectors.masked_fill(~kept, float("-inf")).amax(1).masked_fill(~kept.any(1), 0)
        return torch.cat([mean, most], 1)
