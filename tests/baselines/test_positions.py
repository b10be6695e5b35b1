"""The window model finds what the letters around a position say, and gives one array a case."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.baselines.positions import fit_windows, score_windows
from iatros.contracts import Cells
from iatros.modalities.sequence import Sequence
from iatros.predictions import PREVALENCE, Form

NAME = "logistic regression"


def planted(classes: str, cases: int = 120):
    """DNA in which a position's class is told by the letter before it."""
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("ACGT"), rng.integers(15, 40))) for _ in range(cases)]
    told = dict(zip("ACGT", (classes * 4)[:4], strict=True))
    truth = ["?" + "".join(told[letter] for letter in text[:-1]) for text in texts]
    modality = Sequence(column="letters", alphabet="dna")
    cells = Cells(pl.DataFrame({"letters": texts}), np.arange(cases) + 2)
    packed = modality.pack(cells, modality.plan(cells))

    def windows(rows):
        found = modality.windows(packed, rows)
        return found.values, found.names

    return windows, truth, modality.length(packed), Form(task="residues", classes=tuple(sorted(set(classes))))


@pytest.mark.parametrize("classes", ["XY", "XYZ"])
def test_a_rule_of_the_letter_before_is_found(classes):
    windows, truth, lengths, form = planted(classes)
    fitted = fit_windows(windows, truth, lengths, form, np.arange(80))
    rows = np.arange(80, 120)
    scored = score_windows(fitted, windows, lengths, form, rows)
    for i, case in enumerate(rows.tolist()):
        columns = [scored[NAME][column][i] for column in form.scores()]
        assert all(len(column) == lengths[case] for column in columns)
        assert np.allclose(np.sum(columns, axis=0), 1, atol=1e-5)
        said = np.array(form.classes)[np.argmax(columns, axis=0)]
        assert list(said[1:]) == list(truth[case][1:])


def test_the_prevalence_is_that_of_the_training_positions():
    windows, truth, lengths, form = planted("XXYZ")
    train = np.arange(80)
    signs = "".join(truth[case][1:] for case in train.tolist())
    scored = score_windows(fit_windows(windows, truth, lengths, form, train), windows, lengths, form, np.array([100]))
    for name in form.classes:
        assert scored[PREVALENCE][f"score:{name}"][0][0] == pytest.approx(signs.count(name) / len(signs), abs=1e-6)


def test_without_a_known_position_there_is_nothing_to_learn():
    windows, _, lengths, form = planted("XY")
    with pytest.raises(ValueError, match="truth"):
        fit_windows(windows, [None] * len(lengths), lengths, form, np.arange(10))
