"""The head of pairs: symmetric, blind to padding, the prior at first, stripes that are the whole's."""

import pytest
import torch

from iatros.contracts import Features
from iatros.heads.pairs import PairHead, taken_apart

BINS, OWN, WIDTH = 9, 6, 12


@pytest.fixture
def prior():
    return torch.randn(10, BINS, generator=torch.Generator().manual_seed(3)).log_softmax(1)


def head(prior, stripe=5, trained=True):
    torch.manual_seed(0)
    made = PairHead(WIDTH, prior, OWN, channels=8, dilations=(1, 2), dropout=0.0, stripe=stripe)
    if trained:
        torch.nn.init.normal_(made.bins.weight)
    return made


def features(lengths, longest=None, seed=1):
    longest = longest or max(lengths)
    mask = torch.arange(longest) < torch.tensor(lengths)[:, None]
    positions = torch.randn(len(lengths), 40, WIDTH, generator=torch.Generator().manual_seed(seed))[:, :longest]
    return Features(positions.mean(1), positions * mask[:, :, None], mask)


def test_all_pairs_are_scored_alike_from_either_side(prior):
    raw = head(prior).eval()(features([14, 14]))
    assert raw.shape == (2, 14, 15, BINS)
    said = taken_apart(raw, OWN)
    torch.testing.assert_close(said.bins, said.bins.transpose(1, 2))
    assert said.own.shape == (2, 14, OWN)
    assert said.rows.squeeze().tolist() == said.columns.squeeze().tolist() == [list(range(14))] * 2


def test_an_untrained_head_says_what_separation_says(prior):
    said = taken_apart(head(prior, trained=False).eval()(features([14])), OWN)
    for i in range(14):
        for j in range(14):
            torch.testing.assert_close(said.bins[0, i, j], prior[min(abs(i - j), 9)])


def test_padding_changes_nothing_and_is_nan(prior):
    made = head(prior).eval()
    alone, padded = made(features([9])), made(features([9, 20]))
    torch.testing.assert_close(padded[0, :9, :9], alone[0, :, :9])
    torch.testing.assert_close(padded[0, :9, -1], alone[0, :, -1])
    assert padded[0, 9:].isnan().all()


def test_a_stripe_in_training_is_part_of_the_whole_but_for_its_edges(prior):
    made = head(prior)
    given = features([20, 7])
    whole = taken_apart(made.eval()(given), OWN)
    raw = made.train()(given)
    assert raw.shape == (2, 20, 6, BINS)
    said = taken_apart(raw, OWN)
    begin = said.columns[0, 0, 0].item()
    assert 0 <= begin <= 15
    one_sided = made._pairs(given.positions, given.mask, *_all_columns(20, given.mask))
    expected = made.bins(one_sided.permute(0, 2, 3, 1))[0, :, begin : begin + 5]
    expected = expected + made.prior[(said.rows - said.columns).abs().clamp_max(9)][0]
    torch.testing.assert_close(said.bins[0], expected, atol=1e-5, rtol=1e-4)
    assert said.columns[1, 0, 0].item() <= 2
    assert whole.bins.shape[2] == 20


def _all_columns(length, mask):
    columns = torch.arange(length).expand(len(mask), length)
    return columns, mask, (torch.arange(length)[:, None] - columns[:, None]).abs()


def test_stripes_reach_every_residue(prior):
    made = head(prior, stripe=3).train()
    torch.manual_seed(0)
    begins = {int(taken_apart(made(features([12])), OWN).columns[0, 0, 0]) for _ in range(80)}
    assert begins == set(range(10))


def test_where_a_stripe_begins_survives_half_precision(prior):
    made = head(prior).train()
    positions = torch.randn(1, 600, WIDTH)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        raw = made(Features(positions.mean(1), positions, torch.ones(1, 600, dtype=torch.bool)))
    begin = raw[0, 0, -1, OWN]
    assert begin == begin.round()
    assert raw.dtype == torch.float32
