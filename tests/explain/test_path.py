"""Integrated gradients against closed forms, and their sum against the score's change."""

import torch

from iatros.explain.path import path_integral


def test_of_a_product_each_factor_gets_its_share():
    values, reference = torch.tensor([[3.0, 2.0]]), torch.tensor([[1.0, 0.0]])
    found = path_integral(lambda x: x[:, 0] * x[:, 1], values, reference)
    # integrals over a of (0 + 2a) * 2 and of (1 + 2a) * 2
    torch.testing.assert_close(found, torch.tensor([[2.0, 4.0]]))


def test_shares_add_up_to_the_change_whatever_the_score():
    draw = torch.Generator().manual_seed(0)
    weight = torch.randn(5, 3, generator=draw)
    values, reference = torch.randn(4, 5, generator=draw), torch.zeros(5)

    def score(x):
        return (x @ weight).tanh().prod(1) + x.exp().mean(1)

    found = path_integral(score, values, reference)
    torch.testing.assert_close(found.sum(1), score(values) - score(reference.expand(4, 5)), rtol=1e-4, atol=1e-5)
