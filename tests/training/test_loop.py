"""The loop: it learns, it can be interrupted anywhere between epochs, and the same seed gives the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from iatros.contracts import each
from iatros.findings import InputError
from iatros.training import feed, loop
from iatros.training.engine import Engine
from iatros.training.members import fit_fold, job_of, raw_scores, read_member, train_member

ENGINE = Engine(threads=1)


class Stop(Exception):
    """Interrupts training from its progress."""


def trained(programme, told=lambda moment: None):
    member, fold = programme.members()[0], programme.folds[0]
    learned = fit_fold(programme, fold)
    result = train_member(programme, member, fold, learned, ENGINE, told)
    network = read_member(programme.models, member, programme.material, learned.fits, programme.fusion)
    return result, raws(network, programme, learned, np.arange(240, dtype=np.int64))


def raws(network, programme, learned, rows, views=1):
    portions = raw_scores(network, programme.material, learned.fits, rows, ENGINE, views)
    return torch.cat([by_reader[""]["y"] for _, by_reader in portions])


def test_a_network_learns_a_planted_rule(toy, tmp_path):
    programme = toy.programme(tmp_path, epochs=15)
    _, raw = trained(programme)
    test = programme.folds[0].rows("test")
    truth = programme.material.truths["y"].arrays
    codes = next(iter(truth.values()))[test]
    risk = raw[test, -1] - raw[test, 0] if raw.shape[1] > 1 else raw[test, 0]
    assert np.mean((risk.numpy() > 0) == (codes == 1)) > 0.85


def test_raw_scores_are_the_mean_over_views(toy, tmp_path, monkeypatch):
    programme = toy.programme(tmp_path, epochs=1)
    member, fold = programme.members()[0], programme.folds[0]
    learned = fit_fold(programme, fold)
    train_member(programme, member, fold, learned, ENGINE, lambda moment: None)
    network = read_member(programme.models, member, programme.material, learned.fits, programme.fusion)
    rows = np.arange(20, dtype=np.int64)

    def scored(view, views=1):
        monkeypatch.setattr(feed, "viewed", lambda batch, material, number: view(batch, number))
        return raws(network, programme, learned, rows, views)

    def lifted(batch, number):
        return batch.with_(inputs={name: each(layout, lambda t: add(t, number)) for name, layout in batch.inputs.items()})

    def add(t, number):
        return t + number if t.is_floating_point() else t

    apart = [scored(lambda batch, _, n=n: lifted(batch, n)) for n in range(3)]
    assert not torch.allclose(apart[0], apart[1])
    assert torch.allclose(scored(lifted, views=3), torch.stack(apart).mean(0), atol=1e-6)


def test_the_same_seed_gives_the_same_numbers(toy, tmp_path):
    _, one = trained(toy.programme(tmp_path / "one"))
    _, other = trained(toy.programme(tmp_path / "other"))
    assert torch.equal(one, other)


def test_another_seed_gives_other_numbers(toy, tmp_path):
    _, one = trained(toy.programme(tmp_path / "one"))
    _, other = trained(toy.programme(tmp_path / "other", seeds=(1,)))
    assert not torch.allclose(one, other)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ema": 0.9},
        {"optimizer": "sgd"},
        {"schedule": "plateau", "keep": "best"},
        {"guards": ("mixing",)},
        {"optimizer": "rmsprop"},
    ],
)
@pytest.mark.parametrize("at", [1, 4])
def test_interrupted_training_ends_with_the_same_weights(toy, tmp_path, monkeypatch, options, at):
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    _, whole = trained(toy.programme(tmp_path / "whole", **options))

    def stop(moment):
        if moment.epoch == at + 1:
            raise Stop

    with pytest.raises(Stop):
        trained(toy.programme(tmp_path / "cut", **options), stop)
    result, resumed = trained(toy.programme(tmp_path / "cut", **options))
    assert result.fresh
    assert len(result.history) == 6
    assert torch.equal(whole, resumed)
    assert not list((tmp_path / "cut" / "unfinished").iterdir())


def test_a_trained_network_is_not_trained_again(toy, tmp_path):
    programme = toy.programme(tmp_path)
    first, one = trained(programme)
    second, other = trained(programme)
    assert first.fresh
    assert not second.fresh
    assert first.history == second.history
    assert torch.equal(one, other)


def test_patience_ends_training_and_keeps_the_best_weights(toy, tmp_path):
    programme = toy.programme(tmp_path, epochs=60, patience=3, rate=0.05, schedule="constant")
    result, _ = trained(programme)
    validation = [v for _, v in result.history]
    assert len(validation) < 60
    assert len(validation) - 1 - int(np.argmin(validation)) == 3


def test_a_budget_of_seconds_ends_training(toy, tmp_path):
    programme = toy.programme(tmp_path, epochs=100_000)
    quick = programme.__class__(**{**vars(programme), "budget": 0.5})
    result, _ = trained(quick)
    assert 1 <= len(result.history) < 100_000
    assert result.seconds < 2.0


def test_every_training_case_is_used_once_an_epoch(toy, tmp_path):
    programme = toy.programme(tmp_path, batch=32)
    fold = programme.folds[0]
    job, _ = job_of(programme, programme.members()[0], fold, fit_fold(programme, fold), ENGINE)
    portions = list(loop._portions(job, torch.Generator().manual_seed(0)))
    assert np.array_equal(np.sort(np.concatenate(portions)), fold.rows("train"))
    assert min(map(len, portions)) > 1


def test_two_inputs_train_together_and_alone(toy, tmp_path):
    programme = toy.programme(tmp_path, inputs=2)
    assert [m.alone for m in programme.members()] == [""]
    _, raw = trained(programme)
    assert torch.isfinite(raw).all()
    assert [m.alone for m in toy.programme(tmp_path, inputs=2, joint=True).members()] == ["", "in0", "in1"]


def test_the_fused_loss_trains_no_encoder_unless_joint(toy, tmp_path):
    programme = toy.programme(tmp_path, inputs=2, alone=0.0)
    fold = programme.folds[0]
    for joint in (False, True):
        said = programme.said.model_copy(update={"joint": joint})
        told = programme.__class__(**{**vars(programme), "said": said})
        job, network = job_of(told, told.members()[0], fold, fit_fold(told, fold), ENGINE)
        given = feed.batch(job.material, job.fits, job.train[:16])
        job.objective.losses(network(given), given).sum().backward()
        moved = any(p.grad is not None and bool(p.grad.abs().sum() > 0) for p in network.encoders.parameters())
        assert moved == joint


@pytest.mark.parametrize("rate", [float("nan"), float("inf")])
def test_numbers_beyond_all_bounds_end_training_with_a_word_on_the_rate(toy, tmp_path, monkeypatch, rate):
    programme = toy.programme(tmp_path, epochs=4)
    monkeypatch.setattr(loop.optimizers, "set_rate", lambda optimizer, _: optimizer.param_groups[0].update(lr=rate))
    with pytest.raises(InputError, match="training went astray: in epoch 1") as raised:
        trained(programme)
    assert "lower `rate`" in raised.value.finding.todo
    assert not list(programme.models.glob("*"))


def test_weights_that_only_the_last_step_spoils_are_noticed_too(toy, tmp_path, monkeypatch):
    programme = toy.programme(tmp_path, epochs=1, batch=240)  # one step: its loss is taken before it
    monkeypatch.setattr(loop.optimizers, "set_rate", lambda optimizer, _: optimizer.param_groups[0].update(lr=float("nan")))
    with pytest.raises(InputError, match="astray"):
        trained(programme)


def test_a_validation_loss_without_bounds_is_left_out_of_the_history(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "validate", lambda job, model, weights: float("inf"))
    result, _ = trained(toy.programme(tmp_path, epochs=2))
    assert [validation for _, validation in result.history] == [None, None]
