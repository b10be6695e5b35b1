"""`rnn`: recurrent networks read position by position, in both directions: LSTM, GRU, and the plain one of textbooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from iatros.contracts import Encoder, Features, Layout, Level, Shape, Sizes, Tokens
from iatros.encoders.pretrained import start_from
from iatros.encoders.tokens import TokenInput, TokenPool, TokenPooling

Cell = Literal["lstm", "gru", "plain"]
Memory = list[Any]  # of each layer, as torch's own networks keep it: [1, B, W], or a pair of them
CELLS: dict[Cell, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "plain": nn.RNN}


class Recurrent(Encoder):
    """Long short-term memory, gated recurrent units, or a plain recurrent network."""

    takes: ClassVar[tuple[type[Layout], ...]] = (Tokens,)
    gives: ClassVar[Level] = Level.WHOLE | Level.POSITIONS

    kind: Literal["rnn"] = "rnn"
    cell: Cell = "lstm"
    """lstm (Hochreiter & Schmidhuber 1997), gru (Cho et al. 2014), or plain (Elman 1990)."""
    width: int = Field(default=128, ge=1)
    """Of the memory, in each direction."""
    layers: int = Field(default=1, ge=1, le=16)
    """Recurrent layers, each reading the one below."""
    both: bool = True
    """Read from either end; without it a position knows only what stands before it, as a language model must."""
    dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of entries dropped in training, between layers and in the description."""
    pooling: TokenPooling = "auto"
    """How positions become one description; places and flat are for sequences of one length, where auto keeps places."""

    def causal(self) -> bool:
        """Yes, unless it reads from either end."""
        return not self.both

    def build(self, shape: Shape) -> RecurrentNetwork:
        """Tokens -> Features with positions."""
        network = RecurrentNetwork(shape, self)
        start_from(network, self.pretrained)
        return network


class RecurrentNetwork(nn.Module):
    """Layers of one or two directions over padded rows.

    The second direction reads each case from its own end to its begin by gathering, which needs no packed sequences: these
    measured four times slower.
    """

    def __init__(self, shape: Shape, said: Recurrent) -> None:
        super().__init__()
        self.input = TokenInput(shape, said.width, said.dropout)
        given = said.width * (2 if said.both else 1)
        make = CELLS[said.cell]
        before = [said.width, *[given] * (said.layers - 1)]
        self.forth = nn.ModuleList(make(width, said.width, batch_first=True) for width in before)
        self.back = nn.ModuleList(make(width, said.width, batch_first=True) for width in before if said.both)
        self.dropout = nn.Dropout(said.dropout)
        self.pool = TokenPool(said.pooling, given, shape)
        codes = shape.categories[0] if shape.categories and not said.both else 0
        self.sizes = Sizes(whole=self.pool.width, positions=given, codes=codes, longest=shape.space[0])

    def forward(self, tokens: Tokens) -> Features:
        values = self.input(tokens)
        turned = backwards(tokens.mask)
        for number, forth in enumerate(self.forth):
            found = [forth(values)[0]]
            if len(self.back):
                other = self.back[number](gathered(values, turned))[0]
                found.append(gathered(other, turned))
            values = self.dropout(torch.cat(found, 2)) * tokens.mask[:, :, None]
        codes = tokens.codes if self.sizes.codes else None
        return Features(whole=self.pool(values, tokens.mask), positions=values, mask=tokens.mask, codes=codes)

    def step(self, codes: Tensor, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """One position further: codes [B] -> [B, W] of that position, and what is remembered. Only where it reads one way."""
        assert not len(self.back)
        values = self.input(Tokens(torch.ones_like(codes[:, None], dtype=torch.bool), codes[:, None]))
        remembered: Memory = []
        for number, forth in enumerate(self.forth):
            values, state = forth(values, None if memory is None else memory[number])
            values = self.dropout(values)
            remembered.append(state)
        return values[:, 0], remembered


def backwards(mask: Tensor) -> Tensor:
    """[B, L] where each position of a case stands when it is read from its end; padding stays where it is."""
    place = torch.arange(mask.shape[1], device=mask.device)
    return torch.where(mask, mask.sum(1, keepdim=True) - 1 - place, place)


def gathered(values: Tensor, places: Tensor) -> Tensor:
    """values [B, L, W] in the order of places [B, L]."""
    return values.gather(1, places[:, :, None].expand(-1, -1, values.shape[2]))
