"""Sampling from small networks whose probabilities can be written out."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
import torch

from iatros.contracts import Shape, Tokens
from iatros.encoders.recurrent import Recurrent
from iatros.generation.language import LanguageModel, Member, sample
from iatros.heads.next_letter import END, NextReadout

LONGEST = 4
SHAPE = Shape(Tokens, categories=(3,), space=(LONGEST,))


def member(seed: int) -> Member:
    torch.manual_seed(seed)
    network = Recurrent(both=False, width=6).build(SHAPE).eval()
    readout = NextReadout(network.sizes)
    with torch.no_grad():
        readout.first.copy_(torch.tensor([-0.5, 0.3, 0.1]) * seed)
        readout.linear.weight *= 4
    return Member(network, readout.eval())


MODEL = LanguageModel((member(1), member(2)), LONGEST)


@torch.no_grad()
def steps(model: LanguageModel, string: tuple[int, ...]) -> np.ndarray:
    """[L + 1, 3] probabilities at each place of one string, the mean over networks, computed at once."""
    codes = torch.tensor([string])
    tokens = Tokens(torch.ones_like(codes, dtype=torch.bool), codes)
    found = []
    for network, readout in model.members:
        raw = torch.cat([readout.first[None], readout.linear(network(tokens).positions[0])])
        found.append(raw.softmax(1).double().numpy())
    return np.mean(found, axis=0)


def probability(model: LanguageModel, string: tuple[int, ...]) -> float:
    """Of a string, which is never empty and ends at the longest."""
    share = steps(model, string)
    share[0, END] = 0
    share[0] /= share[0].sum()
    truth = [*string, END][:LONGEST]
    return float(np.prod([share[place, code] for place, code in enumerate(truth)]))


def test_strings_are_written_as_often_as_they_are_likely():
    every = [s for n in range(1, LONGEST + 1) for s in product((1, 2), repeat=n)]
    expected = {s: probability(MODEL, s) for s in every}
    assert sum(expected.values()) == pytest.approx(1, abs=1e-6)
    made = sample(MODEL, 8_000, seed=1)
    counts = Counter(tuple(codes.tolist()) for codes in made.codes)
    chi2 = sum((counts[s] - 8_000 * p) ** 2 / (8_000 * p) for s, p in expected.items())
    assert set(counts) <= set(expected)
    assert chi2 < 59.7  # 29 degrees of freedom, p = .0007
    for codes, likely in list(zip(made.codes, made.log_likelihood, strict=True))[:20]:
        not_empty = 1 - steps(MODEL, (1,))[0, END]
        assert likely == pytest.approx(np.log(expected[tuple(codes.tolist())] * not_empty), abs=1e-5)
    assert all((len(codes) < LONGEST) <= ended for codes, ended in zip(made.codes, made.ended, strict=True))


def test_a_temperature_of_zero_takes_the_likeliest_letter_always():
    made = sample(MODEL, 3, temperature=0)
    likeliest: tuple[int, ...] = ()
    for place in range(LONGEST):
        share = steps(MODEL, (*likeliest, 1))[place]
        code = int(np.argmax(np.where(np.arange(3) == END, share if place else 0, share)))
        if code == END:
            break
        likeliest += (code,)
    assert [tuple(codes.tolist()) for codes in made.codes] == [likeliest] * 3


def test_no_letter_outside_the_nucleus_is_ever_written():
    nucleus = 0.6
    for codes in sample(MODEL, 400, nucleus=nucleus, seed=3).codes:
        share = steps(MODEL, tuple(codes.tolist()))
        share[0, END] = 0
        share[0] /= share[0].sum()
        for place, code in enumerate([*codes.tolist(), END][:LONGEST]):
            likelier = share[place][share[place] > share[place, code]].sum()
            assert likelier < nucleus


def test_the_same_seed_writes_the_same_and_another_does_not():
    one, two, other = (sample(MODEL, 50, seed=seed) for seed in (7, 7, 8))
    assert all(np.array_equal(a, b) for a, b in zip(one.codes, two.codes, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(one.codes, other.codes, strict=True))


def test_every_sequence_begins_with_the_prefix():
    made = sample(MODEL, 200, prefix=(2, 1), seed=0)
    assert {tuple(codes[:2].tolist()) for codes in made.codes} == {(2, 1)}
    third = Counter(int(codes[2]) if len(codes) > 2 else END for codes in made.codes)
    expected = steps(MODEL, (2, 1))[2]
    assert np.array([third[code] for code in range(3)]) / 200 == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("asked", [{"prefix": (1,) * LONGEST}, {"prefix": (END,)}, {"temperature": -1}, {"nucleus": 0}])
def test_what_cannot_be_is_refused(asked):
    with pytest.raises(ValueError, match=r"prefix|temperature|nucleus"):
        sample(MODEL, 1, **asked)
