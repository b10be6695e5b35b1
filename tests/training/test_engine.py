"""The engine is chosen by measured time, among what the study allows."""

from __future__ import annotations

import time

import torch

from iatros.contracts import Batch, Grid, Rows
from iatros.training import engine as engines
from iatros.training.engine import Engine, Wanted, choose


def batch_of(layout) -> Batch:
    return Batch({"x": layout}, {}, {}, {}, torch.arange(2))


IMAGES = batch_of(Grid(torch.zeros(2, 1, 8, 8)))
TABLE = batch_of(Rows(torch.zeros(2, 1), torch.ones(2, 1, dtype=torch.bool), torch.zeros(2, 0, dtype=torch.int64)))


def steps(seconds):
    def step(engine: Engine) -> None:
        time.sleep(seconds(engine))

    return step


def test_the_fastest_candidate_is_taken():
    chosen, seen = choose(
        steps(lambda e: 0.006 if e.precision == "bfloat16" and e.channels_last else 0.02), IMAGES, Wanted("cpu")
    )
    assert (chosen.precision, chosen.channels_last) == ("bfloat16", True)
    assert len(seen) >= 3


def test_a_step_too_short_to_matter_is_left_plain():
    chosen, seen = choose(steps(lambda e: 0.0), IMAGES, Wanted("cpu"))
    assert chosen == Engine()
    assert len(seen) == 1


def test_what_the_study_says_is_not_measured():
    chosen, seen = choose(steps(lambda e: 0.01), TABLE, Wanted("cpu", "float32", 1))
    assert chosen == Engine(threads=1)
    assert len(seen) == 1


def test_threads_are_put_back():
    before = torch.get_num_threads()
    with Engine(threads=1).in_use():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_channels_last_changes_the_memory_format_and_no_value():
    images = batch_of(Grid(torch.arange(2 * 3 * 4 * 4.0).reshape(2, 3, 4, 4)))
    formatted = Engine(channels_last=True).formatted(images).inputs["x"].values
    assert formatted.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(formatted, images.inputs["x"].values)


def test_the_measured_steps_are_few():
    calls = []
    choose(lambda e: calls.append(e), TABLE, Wanted("cpu", "float32", 1))
    assert len(calls) == engines.MEASURED_STEPS + 1
