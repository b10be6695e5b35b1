import numpy as np
import pytest
import torch

from iatros.contracts import Rows
from iatros.explain.columns import Column, swap
from iatros.explain.importance import importance, permutation_importance
from iatros.metrics.ranking import auroc

COLUMNS = tuple(Column(name, numbers=(i,)) for i, name in enumerate(("signal", "noise", "unread", "noise_copy")))
N = 400


def cases() -> tuple[Rows, np.ndarray]:
    draw = torch.Generator().manual_seed(0)
    numbers = torch.randn(N, 4, generator=draw)
    truth = (numbers[:, 0] + 0.5 * torch.randn(N, generator=draw)).numpy() > 0
    return Rows(numbers, torch.ones(N, 4, dtype=torch.bool), torch.zeros(N, 0, dtype=torch.long)), truth


def score(rows: Rows) -> torch.Tensor:
    return rows.numbers[:, 0] + 0.3 * rows.numbers[:, 1] + 0.3 * rows.numbers[:, 3]


def losses(made_up=()):
    rows, truth = cases()
    resamples = np.random.default_rng(1).multinomial(N, np.full(N, 1 / N), 200)
    weights = np.vstack([np.ones(N), resamples]).astype(float)
    draw = torch.Generator().manual_seed(2)
    return permutation_importance(score, rows, COLUMNS, lambda s, w: auroc(truth, s, w), weights, draw, made_up)


def test_shuffling_the_only_cause_costs_all_above_chance():
    rows, truth = cases()
    first = losses()[0]
    before = float(auroc(truth, score(rows).double().numpy())[0])
    assert first.column == "signal"
    assert abs(first.value - (before - 0.5)) < 0.03
    assert first.low < first.value < first.high
    assert first.low > first.null_high


def test_a_column_that_the_model_does_not_read_costs_nothing():
    unread = next(loss for loss in losses() if loss.column == "unread")
    assert (unread.value, unread.low, unread.high, unread.null_low, unread.null_high) == pytest.approx((0, 0, 0, 0, 0))


def test_a_column_of_noise_stays_in_the_band_of_made_up_ones():
    found = {loss.column: loss for loss in losses(made_up=("noise_copy",))}
    assert "noise_copy" not in found
    noise = found["noise"]
    assert noise.low <= noise.null_high
    assert len({(loss.null_low, loss.null_high) for loss in found.values()}) == 1


def test_without_made_up_columns_the_band_is_about_zero():
    for loss in losses():
        assert loss.null_low == pytest.approx(-loss.null_high)


def test_an_importance_for_the_report_keeps_its_numbers():
    loss = losses()[0]
    row = importance(loss, "ill", "history")
    assert (row.column, row.value, row.low, row.null_high) == ("signal", loss.value, loss.low, loss.null_high)


def test_columns_are_swapped_only_where_told():
    rows, _ = cases()
    taken = torch.zeros(N, 4, dtype=torch.bool)
    taken[::2, 1] = True
    swapped = swap(rows, rows.take(torch.arange(N).flip(0)), COLUMNS, taken)
    assert torch.equal(swapped.numbers[1::2], rows.numbers[1::2])
    assert torch.equal(swapped.numbers[::2, 1], rows.numbers.flip(0)[::2, 1])
    assert torch.equal(swapped.numbers[:, [0, 2, 3]], rows.numbers[:, [0, 2, 3]])
