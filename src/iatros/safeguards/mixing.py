"""`mixing`: training cases are blended in pairs, and so is their truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from iatros.contracts import Batch, Grid, Layout, Learned, Rows, Safeguard
from iatros.findings import Finding, InputError

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Mixing(Safeguard):
    """Blend pairs of cases: a little of everything (mixup) or a box of one in the other (cutmix), against overfitting.

    Source: Zhang et al. 2018, arXiv:1710.09412; Yun et al. 2019, arXiv:1905.04899.
    """

    order: ClassVar[int] = 50

    kind: Literal["mixing"] = "mixing"
    method: Literal["mixup", "cutmix"] = "mixup"
    """Blend whole images, or paste a box of one into the other."""
    alpha: float = Field(default=0.2, gt=0, le=10)
    """How evenly: shares are drawn from Beta(alpha, alpha); small values leave most cases nearly as they are."""
    rate: float = Field(default=1.0, ge=0, le=1)
    """Share of batches that are mixed."""

    def before(self, batch: Batch, fitted: Learned, generator: Generator) -> Batch:
        """The batch mixed, with `partner` and `share`. A pair that does not have the same inputs stays unmixed."""
        import torch

        if not all(isinstance(layout, Grid | Rows) for layout in batch.inputs.values()):
            what, todo = "mixing is for images, volumes, waveforms and tables", "leave [safeguards.mixing] out"
            raise InputError(Finding("error", what, todo))
        if torch.rand((), generator=generator) >= self.rate:
            return batch
        size, device = len(batch.rows), batch.rows.device
        partner = torch.randperm(size, generator=generator).to(device)
        share = beta(self.alpha, size, generator).to(device)
        alike = torch.stack([there == there[partner] for there in batch.present.values()]).all(0)
        partner = torch.where(alike, partner, torch.arange(size, device=device))
        box = None
        if self.method == "cutmix":
            grid = next((layout for layout in batch.inputs.values() if isinstance(layout, Grid)), None)
            box = None if grid is None else boxes(share, grid.values.shape[2:], generator)
            share = share if box is None else 1 - box.flatten(1).float().mean(1)
        share = torch.where(alike, share, 1)
        inputs = {name: _mixed(layout, partner, share, box, generator) for name, layout in batch.inputs.items()}
        return batch.with_(inputs=inputs, partner=partner, share=share)


def beta(alpha: float, size: int, generator: Generator) -> Tensor:
    """[size] draws of Beta(alpha, alpha): the share of one of two gamma draws in their sum."""
    import torch

    shape = torch.full((2, size), alpha)
    first, second = torch._standard_gamma(shape, generator=generator).clamp_min(1e-30)
    drawn: Tensor = first / (first + second)
    return drawn


def boxes(share: Tensor, space: tuple[int, ...], generator: Generator) -> Tensor:
    """[B, *space] bool, True inside a box of about (1 - share) of the space, cut off at its border."""
    import torch

    inside = torch.ones((len(share), *space), dtype=torch.bool, device=share.device)
    side = (1 - share) ** (1 / len(space))
    for axis, length in enumerate(space):
        middle = torch.rand(len(share), generator=generator).to(share.device)
        place = (torch.arange(length, device=share.device) + 0.5) / length
        near = (place[None] - middle[:, None]).abs() <= side[:, None] / 2  # [B, length]
        inside &= near.reshape(len(share), *(length if i == axis else 1 for i in range(len(space))))
    return inside


def _mixed(layout: Layout, partner: Tensor, share: Tensor, box: Tensor | None, generator: Generator) -> Layout:
    if isinstance(layout, Rows):
        return _mixed_rows(layout, partner, share, generator)
    assert isinstance(layout, Grid)
    values, mask = layout.values, layout.mask
    if box is not None and box.shape[1:] == values.shape[2:]:
        values = values.where(~box[:, None], values[partner])
        return Grid(values, None if mask is None else mask.where(~box, mask[partner]))
    part = share.reshape(-1, *(1,) * (values.ndim - 1)).to(values.dtype)
    return Grid(part * values + (1 - part) * values[partner], None if mask is None else mask | mask[partner])


def _mixed_rows(rows: Rows, partner: Tensor, share: Tensor, generator: Generator) -> Rows:
    """Numbers are blended where both are observed; a category is one of the two, by its share."""
    import torch

    both = rows.observed & rows.observed[partner]
    part = share[:, None].to(rows.numbers.dtype)
    numbers = torch.where(both, part * rows.numbers + (1 - part) * rows.numbers[partner], rows.numbers)
    own = torch.rand(rows.categories.shape, generator=generator).to(share.device) < share[:, None]
    return Rows(numbers, rows.observed, torch.where(own, rows.categories, rows.categories[partner]))
