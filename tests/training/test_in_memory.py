"""Networks held in memory are those of a run: same weights, same scores."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from iatros.training.engine import Engine
from iatros.training.feed import Material
from iatros.training.in_memory import hold, scores
from iatros.training.members import fit_fold, fold_scores, train_member

ENGINE = Engine(threads=1)


def test_they_score_as_the_networks_of_a_run_that_were_saved_and_read_again(toy, tmp_path):
    programme = toy.programme(tmp_path, seeds=(0, 3), guards=("weights",))
    fold = programme.folds[0]
    learned = fit_fold(programme, fold)
    for member in programme.members():
        train_member(programme, member, fold, learned, ENGINE, lambda moment: None)
    rows = np.arange(240, dtype=np.int64)
    saved = fold_scores(programme, fold, programme.material, learned.fits, rows, ENGINE)
    expected = np.mean([readers[""]["y"]["score"] for readers in saved.values()], axis=0)

    held = hold(programme, fold, ENGINE)
    assert len(held.weights) == 2
    np.testing.assert_allclose(scores(held, programme.material)["y"]["score"], expected, atol=1e-6)


def test_a_case_is_scored_the_same_whoever_stands_beside_it(toy, tmp_path):
    programme = toy.programme(tmp_path, epochs=2)
    held = hold(programme, programme.folds[0], ENGINE)
    material = programme.material
    whole = scores(held, material)["y"]["score"]
    pack = material.packs["in0"]
    for at in (0, 17, 239):
        one = type(pack)({"values": pack["values"][[at]]}, pack.present[[at]], pack.plan)
        alone = scores(held, Material(material.inputs, material.targets, {"in0": one}, {}, np.ones(1)))
        assert alone["y"]["score"][0] == pytest.approx(whole[at], abs=1e-12)


def test_neither_training_nor_scoring_writes_a_file_or_moves_the_random_state_of_torch(toy, tmp_path):
    programme = toy.programme(tmp_path, epochs=2)
    torch.manual_seed(3)
    before = torch.get_rng_state()
    scores(hold(programme, programme.folds[0], ENGINE), programme.material)
    assert torch.equal(torch.get_rng_state(), before)
    assert not list(tmp_path.iterdir())


def test_what_is_held_is_plain_arrays(toy, tmp_path):
    programme = toy.programme(tmp_path, epochs=1)
    (weights,) = hold(programme, programme.folds[0], ENGINE).weights
    assert {type(values) for values in weights.values()} == {np.ndarray}
