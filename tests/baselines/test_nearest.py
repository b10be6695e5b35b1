"""The nearest training sequence: planted relatives, against all pairs scored one by one and the formula by hand."""

from __future__ import annotations

import numpy as np
import pytest

from iatros.align import Scoring, score
from iatros.align.kin import LOOKED_AT, Rule, candidates_within, nucleotides
from iatros.align.significance import statistics
from iatros.baselines.nearest import guess, neighbours
from iatros.baselines.outcomes import Outcome

ACIDS, BASES = list("ACDEFGHIKLMNPQRSTVWY"), list("ACGT")
TURNED = str.maketrans("ACGT", "TGCA")
LOCAL = Scoring()


def relatives(letters=ACIDS, families=6, members=3, length=80, seed=0):
    """Texts of families, and which family each is of."""
    rng = np.random.default_rng(seed)
    founders = [rng.choice(letters, length) for _ in range(families)]
    texts = [
        "".join(np.where(rng.random(length) < 0.2, rng.choice(letters, length), one))
        for one in founders
        for _ in range(members)
    ]
    return texts, np.repeat(np.arange(families), members)


def known(texts, rule=None):
    rule = rule or Rule(LOOKED_AT)
    different = tuple(sorted(set(texts) - {""}))
    place = {text: i for i, text in enumerate(different)}
    text = np.array([place.get(one, -1) for one in texts], np.int64)
    return neighbours(text, different, candidates_within(different, rule), rule)


def test_a_relative_has_its_outcome_weighed_by_its_bits_against_the_mean():
    texts, family = relatives()
    y = (family % 2).astype(float)
    train, rows = np.flatnonzero(np.arange(18) % 3 != 0), np.arange(0, 18, 3)
    found = guess(known(texts), Outcome(("score",), y, 2), np.ones(18), train, rows)["score"]
    told, space = statistics(LOCAL), sum(map(len, texts))
    for row, said in zip(rows.tolist(), found.tolist(), strict=True):
        near = max(train.tolist(), key=lambda other: score(texts[row], texts[other], LOCAL))
        bits, chance = float(told.bits(score(texts[row], texts[near], LOCAL))), np.log2(len(texts[row]) * space)
        assert family[near] == family[row]
        assert said == pytest.approx((bits * y[near] + chance * y[train].mean()) / (bits + chance))


def test_only_training_cases_are_asked_and_a_stranger_gets_the_mean():
    texts, family = relatives(families=4)
    y = family.astype(float)
    train = np.flatnonzero(family < 3)
    weights = np.linspace(1, 2, 12)
    found = guess(known(texts), Outcome(("score",), y, 0), weights, train, np.flatnonzero(family == 3))["score"]
    near_chance = np.average(y[train], weights=weights[train])
    assert found == pytest.approx(np.full(3, near_chance), abs=0.5)
    assert (found < 2.5).all()
    none = guess(known(["", *texts]), Outcome(("score",), np.append(0.0, y), 0), np.ones(13), train + 1, np.array([0]))
    assert none["score"][0] == pytest.approx(y[train].mean())


def test_a_copy_is_nearer_than_any_relative_and_copies_are_averaged():
    texts, family = relatives()
    texts, y = [*texts, texts[0], texts[0], texts[0]], np.append(family % 3, [2, 2, 0]).astype(float)
    outcome = Outcome(("a", "b", "c"), y, 3)
    found = guess(known(texts), outcome, np.ones(21), np.arange(1, 21), np.array([0]))
    assert max(found, key=lambda name: found[name][0]) == "c"
    assert sum(found.values())[0] == pytest.approx(1)
    assert found["a"][0] > found["b"][0]


def test_the_other_strand_of_dna_is_near():
    texts, family = relatives(BASES, families=4, length=150)
    turned = [text.translate(TURNED)[::-1] if i % 3 == 0 else text for i, text in enumerate(texts)]
    y, rows = (family % 2).astype(float), np.arange(0, 12, 3)
    near = known(turned, nucleotides(Rule(LOOKED_AT)))
    found = guess(near, Outcome(("score",), y, 2), np.ones(12), np.setdiff1d(np.arange(12), rows), rows)["score"]
    assert ((found > 0.5) == (y[rows] == 1)).all()


def test_without_a_known_outcome_nothing_is_said():
    texts, _ = relatives(families=2)
    found = guess(known(texts), Outcome(("score",), np.full(6, np.nan), 2), np.ones(6), np.arange(5), np.array([5]))
    assert np.isnan(found["score"]).all()
