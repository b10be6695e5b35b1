"""A bag knows which words stand in a text, and not where."""

from __future__ import annotations

import torch

from iatros.contracts import Shape, Tokens
from iatros.encoders.bag import Bag

SHAPE = Shape(Tokens, categories=(20,), space=(12,))


def read(network, *texts: list[int]):
    length = max(map(len, texts))
    codes = torch.tensor([text + [0] * (length - len(text)) for text in texts])
    mask = torch.arange(length) < torch.tensor([len(text) for text in texts])[:, None]
    return network(Tokens(mask, codes)).whole


def made(**said):
    torch.manual_seed(0)
    return Bag(**said).build(SHAPE).eval()


def test_single_pieces_have_no_order():
    whole = read(made(grams=1), [3, 5, 7, 9], [9, 3, 7, 5])
    assert torch.allclose(whole[0], whole[1], atol=1e-6)


def test_pairs_of_pieces_tell_who_stands_beside_whom():
    whole = read(made(grams=2), [3, 5, 7, 9], [9, 3, 7, 5])
    assert not torch.allclose(whole[0], whole[1], atol=1e-3)


def test_words_that_span_the_end_of_a_text_are_none():
    network = made(grams=3)
    assert torch.allclose(read(network, [3, 5])[0], read(network, [3, 5], [1, 2, 3, 4, 5, 6])[0], atol=1e-6)


def test_words_are_left_out_in_training_alone():
    network = made(dropout=0.5)
    assert torch.equal(read(network, [3, 5, 7]), read(network, [3, 5, 7]))
    network.train()
    assert not torch.equal(read(network, [3, 5, 7]), read(network, [3, 5, 7]))
