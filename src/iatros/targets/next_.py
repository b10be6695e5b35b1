"""`next`: the next letter, at every position of a sequence: a language model, which can also write sequences of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Cells, Learned, Level, Sizes, Target
from iatros.packed import Packed
from iatros.predictions import Form

if TYPE_CHECKING:
    from torch import Tensor, nn


class NextFitted(Learned):
    """letters: of a training case, on average; of a text, its bytes."""

    letters: float


class Next(Target):
    """The next letter, or the end, from all letters before it. It has no column: the truth is the input itself.

    Needs an input whose encoder does not look ahead: `encoder = { kind = "rnn", both = false }`. A letter that is not known is
    not judged; nor is the end of a case that fills all positions that are read, for it may go on.
    """

    needs: ClassVar[Level] = Level.POSITIONS
    foretells: ClassVar[bool] = True
    Fitted: ClassVar[type[Learned]] = NextFitted

    kind: Literal["next"] = "next"

    def columns_used(self) -> tuple[str, ...]:
        """None."""
        return ()

    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """lengths [M] of the input's cells. Raises ValueError without an input."""
        if anchor is None:
            raise ValueError("the next letter is that of an input: give its packed cells as `anchor`")
        return Packed({"lengths": np.asarray(anchor["lengths"])}, anchor.present, plan)

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> NextFitted:
        """How long training cases are."""
        known = rows[packed.present[rows]]
        return NextFitted(letters=1 + float(packed["lengths"][known].mean()) if len(known) else 1.0)

    def form(self, plan: Learned) -> Form:
        """A table of probabilities of the letters that stand there."""
        return Form(task="next")

    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """truth: how many letters a case has; of a text, bytes."""
        return {"truth": packed["lengths"][rows]}

    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """Nothing: the readout sees the letters."""
        return {}

    def width(self, fitted: Learned) -> int:
        """The logarithm of a probability, and whether nothing was likelier."""
        return 2

    def head(self, sizes: Sizes, fitted: Learned) -> nn.Module:
        """Linear at every position, and a share of each letter."""
        from iatros.heads.next_letter import NextReadout

        return NextReadout(sizes)

    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """Less log-likelihood of a case over the mean length, so that every letter counts alike; raw [B, L + 1, 2] -> [B]."""
        return -raw[:, :, 0].nan_to_num(nan=0.0).sum(1) / cast(NextFitted, fitted).letters

    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[Any]]:
        """Of each case arrays [L + 1]: score, the probability of each letter that stands there; right, 1 where likeliest.

        The end is last; a score is NaN where it is not judged. The mean over networks is the score of the model that mixes them
        at every letter.
        """
        found = raw.detach().float().cpu().numpy()
        lengths = (~np.isnan(found[:, :, 1])).sum(1).tolist()
        columns = {name: np.empty(len(found), object) for name in ("score", "right")}
        for case, length in enumerate(lengths):
            columns["score"][case] = np.exp(found[case, :length, 0])
            columns["right"][case] = found[case, :length, 1].copy()
        return columns
