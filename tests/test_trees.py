"""Bundles of tensors (contracts): mapped, moved and cut as one."""

from __future__ import annotations

import torch

from iatros.contracts import Batch, Features, Grid, Rows, each


def rows(count: int) -> Rows:
    return Rows(
        torch.arange(2.0 * count).reshape(count, 2), torch.ones(count, 2, dtype=torch.bool), torch.zeros(count, 1).long()
    )


def test_each_reaches_every_tensor_and_keeps_the_tree():
    tree = {"a": (torch.ones(2), None, 3), "b": Grid(torch.ones(1, 1, 2))}
    doubled = each(tree, lambda t: t * 2)
    assert doubled["a"][0].tolist() == [2, 2]
    assert doubled["a"][1:] == (None, 3)
    assert isinstance(doubled["b"], Grid)
    assert doubled["b"].mask is None
    assert tree["a"][0].tolist() == [1, 1]


def test_some_cases_of_a_bundle():
    taken = rows(4).take(torch.tensor([2, 0]))
    assert taken.numbers.tolist() == [[4, 5], [0, 1]]
    assert len(taken.categories) == 2
    assert Features(torch.eye(3), maps=(torch.ones(3, 1, 2, 2),)).take(torch.tensor([1])).maps[0].shape == (1, 1, 2, 2)


def test_a_batch_moves_with_all_that_it_holds():
    known = torch.tensor([True, False])
    batch = Batch({"labs": rows(2)}, {"labs": known}, {"y": {"value": torch.ones(2)}}, {"y": known}, torch.arange(2))
    moved = batch.to("meta")
    assert isinstance(moved, Batch)
    assert moved.inputs["labs"].numbers.is_meta
    assert moved.truth["y"]["value"].is_meta
    assert moved.partner is None
    changed = batch.with_(rows=torch.tensor([5, 6]))
    assert changed.rows.tolist() == [5, 6]
    assert changed.inputs is batch.inputs
