"""The next letter as a target."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import torch

from iatros.contracts import Cells
from iatros.findings import InputError
from iatros.modalities.sequence import Sequence
from iatros.model import check_fit
from iatros.targets.next_ import Next, NextFitted


@pytest.mark.parametrize("encoder", ["gated_cnn", "transformer", "rnn"])
def test_an_encoder_that_looks_ahead_is_refused(encoder):
    with pytest.raises(InputError, match=r"looks ahead.*both = false"):
        check_fit({"dna": Sequence(column="dna", encoder={"kind": encoder})}, {"next": Next()})


def test_an_encoder_that_reads_one_way_is_taken():
    check_fit({"dna": Sequence(column="dna", encoder={"kind": "rnn", "both": False})}, {"next": Next()})


def test_a_sequence_read_from_both_ends_is_refused():
    dna = Sequence(column="dna", reverse_complement=True, encoder={"kind": "rnn", "both": False})
    with pytest.raises(InputError, match="both ends"):
        check_fit({"dna": dna}, {"next": Next()})


def test_the_truth_is_the_length_of_the_input():
    dna = Sequence(column="dna")
    cells = Cells(pl.DataFrame({"dna": ["ACGT", None, "AC"]}), np.arange(3))
    packed = Next().pack(cells, Next().plan(cells), dna.pack(cells, dna.plan(cells)))
    assert packed.present.tolist() == [True, False, True]
    assert Next().truth_columns(packed, np.arange(3))["truth"].tolist() == [4, 0, 2]
    assert Next().fit(packed, np.arange(3)).letters == pytest.approx(1 + 3)
    with pytest.raises(ValueError, match="anchor"):
        Next().pack(cells, Next().plan(cells))


def test_the_loss_is_less_log_likelihood_over_the_mean_length():
    nan = float("nan")
    raw = torch.tensor([[[-1.0, 1], [-2.0, 0], [nan, 0]], [[-0.5, 1], [nan, nan], [nan, nan]]])
    assert Next().loss(raw, {}, NextFitted(letters=2)).tolist() == [1.5, 0.25]


def test_predictions_are_probabilities_of_each_letter_with_the_end_last():
    nan = float("nan")
    raw = torch.tensor([[[-1.0, 1], [nan, 0], [-2.0, 1]], [[-0.5, 0], [nan, nan], [nan, nan]]])
    columns = Next().predict(raw, NextFitted(letters=2))
    assert columns["score"][0] == pytest.approx(np.exp([-1, nan, -2]), nan_ok=True)
    assert columns["right"][0].tolist() == [1, 0, 1]
    assert [len(one) for one in columns["score"]] == [3, 1]
