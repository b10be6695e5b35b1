"""`missing_inputs`: inputs are hidden at random in training, so that the model can do without any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from iatros.contracts import Batch, Learned, Safeguard

if TYPE_CHECKING:
    from torch import Generator, Tensor


class MissingInputs(Safeguard):
    """Hide inputs from training cases at random, but never all that a case has (Neverova et al. 2016, arXiv:1501.00102)."""

    order: ClassVar[int] = 40

    kind: Literal["missing_inputs"] = "missing_inputs"
    rate: float = Field(default=0.2, ge=0, lt=1)
    """Probability that an input of a case is hidden."""

    def before(self, batch: Batch, fitted: Learned, generator: Generator) -> Batch:
        """The batch with fewer inputs present."""
        import torch

        if len(batch.present) < 2:
            return batch
        present = torch.stack(list(batch.present.values()), 1)  # [B, inputs]
        kept = hide(present, self.rate, generator)
        return batch.with_(present={name: kept[:, i] for i, name in enumerate(batch.present)})


def hide(present: Tensor, rate: float, generator: Generator) -> Tensor:
    """present [B, inputs] bool, each taken away at `rate`; the luckiest of a case's inputs always stays."""
    import torch

    luck = torch.rand(present.shape, generator=generator).to(present.device).masked_fill(~present, -1)
    luckiest = torch.nn.functional.one_hot(luck.argmax(1), present.shape[1]).bool()
    return present & ((luck >= rate) | luckiest)
