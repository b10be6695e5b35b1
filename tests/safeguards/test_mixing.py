"""Blending cases."""

from __future__ import annotations

import pytest
import torch
from scipy import stats

from iatros.contracts import Batch, Grid, Layout, Learned, Rows, Tokens
from iatros.findings import InputError
from iatros.safeguards.mixing import Mixing, beta, boxes

B = 16


def batch(layout: Layout, present: torch.Tensor | None = None) -> Batch:
    there = torch.ones(B, dtype=torch.bool) if present is None else present
    return Batch({"x": layout}, {"x": there}, {}, {}, torch.arange(B))


def mixed(guard: Mixing, layout: Layout, present: torch.Tensor | None = None) -> Batch:
    return guard.before(batch(layout, present), Learned(), torch.Generator().manual_seed(0))


def each_its_own(space: tuple[int, ...]) -> Grid:
    """Case i is i all over."""
    values = torch.arange(B).float().reshape(B, *(1,) * (len(space) + 1)).expand(B, 2, *space).clone()
    return Grid(values)


@pytest.mark.parametrize("method", ["mixup", "cutmix"])
@pytest.mark.parametrize("space", [(40,), (12, 20), (4, 6, 8)])
def test_the_share_of_the_loss_is_the_share_of_the_pixels(method, space):
    after = mixed(Mixing(method=method, alpha=1.0), each_its_own(space))
    assert after.partner is not None
    assert after.share is not None
    mean = after.inputs["x"].values.flatten(1).mean(1)  # type: ignore[union-attr]
    assert torch.allclose(mean, after.share * torch.arange(B) + (1 - after.share) * after.partner, atol=1e-4)


def test_cutmix_pastes_and_does_not_blend():
    values = mixed(Mixing(method="cutmix", alpha=1.0), each_its_own((12, 20))).inputs["x"].values  # type: ignore[union-attr]
    assert (values == values.round()).all()


def test_cases_that_differ_in_what_they_have_are_not_mixed():
    present = torch.arange(B) % 2 == 0
    after = mixed(Mixing(alpha=1.0), each_its_own((6, 6)), present)
    assert after.partner is not None
    assert (present == present[after.partner]).all()
    own = after.partner == torch.arange(B)
    assert (after.inputs["x"].values[own] == each_its_own((6, 6)).values[own]).all()  # type: ignore[union-attr]


def test_a_number_is_blended_only_where_both_cases_have_it():
    observed = torch.arange(B)[:, None] < B // 2
    rows = Rows(torch.where(observed, torch.arange(B)[:, None].float(), 0), observed, torch.zeros(B, 0, dtype=torch.long))
    after = mixed(Mixing(alpha=1.0), rows)
    assert after.partner is not None
    alone = ~(observed & observed[after.partner])
    assert (after.inputs["x"].numbers[alone] == rows.numbers[alone]).all()  # type: ignore[union-attr]


def test_no_batch_is_mixed_at_rate_zero():
    assert mixed(Mixing(rate=0.0), each_its_own((6, 6))).partner is None


def test_what_cannot_be_mixed_is_refused():
    with pytest.raises(InputError, match="mixing"):
        mixed(Mixing(), Tokens(torch.ones(B, 3, dtype=torch.bool)))


@pytest.mark.parametrize("alpha", [0.2, 1.0, 4.0])
def test_shares_follow_the_beta_distribution(alpha):
    drawn = beta(alpha, 4000, torch.Generator().manual_seed(0)).double().numpy()
    assert stats.kstest(drawn, stats.beta(alpha, alpha).cdf).pvalue > 0.001


def test_a_box_that_is_not_cut_off_has_the_area_asked_for():
    area = boxes(torch.full((500,), 0.75), (64, 64), torch.Generator().manual_seed(0)).flatten(1).float().mean(1)
    assert area.max().item() == pytest.approx(0.25, abs=0.02)
