"""A class for every position."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch.nn import functional as F

from iatros.contracts import Cells, Features, Motion, Sizes
from iatros.modalities.sequence import Sequence
from iatros.targets.residues import Residues
from iatros.targets.segments import questions

SIGNS = ["HHE", "C?", None, "EECCH"]


def cells(signs, letters=None, mask=None):
    columns = {"signs": signs, "letters": letters, "mask": mask}
    columns = {name: column for name, column in columns.items() if column is not None}
    return Cells(pl.DataFrame(columns, dict.fromkeys(columns, pl.String)), np.arange(len(signs)) + 2, "cases.csv")


def prepared(signs=SIGNS, mask=None, train=None, **said):
    target = Residues(column="signs", mask="mask" if mask else None, **said)
    given = cells(signs, mask=mask)
    packed = target.pack(given, target.plan(given))
    return target, packed, target.fit(packed, np.arange(len(signs)) if train is None else np.array(train))


def raw_of(signs, classes, seed=0):
    """Scores [B, L, K], NaN behind the end of each case."""
    lengths = torch.tensor([len(one or "") for one in signs])
    raw = torch.randn(len(signs), int(lengths.max()), classes, generator=torch.Generator().manual_seed(seed))
    return raw.masked_fill((torch.arange(raw.shape[1]) >= lengths[:, None])[:, :, None], float("nan"))


def every(packed):
    return np.arange(len(packed))


def test_classes_are_the_signs_found_or_those_said():
    assert prepared()[1].plan.classes == ("C", "E", "H")
    assert prepared(classes=("H", "E", "C"))[1].plan.classes == ("H", "E", "C")
    assert prepared(unknown="?C")[1].plan.classes == ("E", "H")
    assert prepared(merge={"C": "E"})[1].plan.classes == ("E", "H")


@pytest.mark.parametrize("classes", [("H", "HE"), ("H", "H"), ("H", "")])
def test_classes_are_single_signs_each_once(classes):
    with pytest.raises(ValidationError, match="classes are single signs, each once"):
        Residues(column="signs", classes=classes)


@pytest.mark.parametrize("merge", [{"GI": "H"}, {"G": "HH"}, {"G": ""}])
def test_merging_changes_no_number_of_signs(merge):
    with pytest.raises(ValidationError, match="merge reads a single sign as another single sign"):
        Residues(column="signs", merge=merge)


def test_truth_is_codes_and_nothing_known_behind_the_end():
    target, packed, fitted = prepared()
    truth = target.truth(packed, np.array([3, 1]), fitted)["codes"]
    assert truth.tolist() == [[1, 1, 0, 0, 2], [0, -1, -1, -1, -1]]


def test_truth_in_the_table_has_a_sign_a_position():
    target, packed, _ = prepared(mask=["011", None, None, "11110"])
    assert target.truth_columns(packed, every(packed)) == {"truth": ["?HE", "C?", None, "EECC?"]}
    assert target.form(packed.plan).classes == ("C", "E", "H")


def test_beside_the_states_their_runs_are_learnt_and_in_training_alone():
    target, packed, fitted = prepared(segments=True, smoothing=0.1)
    plain = prepared(smoothing=0.1)[0]
    truth = target.truth(packed, every(packed), fitted)
    features = Features(
        torch.zeros(4, 5), torch.randn(4, 5, 5), torch.tensor([[i < len(s or "") for i in range(5)] for s in SIGNS])
    )
    head = target.head(Sizes(whole=5, positions=5), fitted)
    raw, said = head(features), head.eval()(features)
    assert (raw.shape, said.shape) == ((4, 5, 3 + 9 + 18 + 4 * 4), (4, 5, 3))
    torch.testing.assert_close(raw[:, :, :3], said, equal_nan=True)
    torch.testing.assert_close(target.loss(said, truth, fitted), plain.loss(said, truth, fitted))
    by_hand = plain.loss(said, truth, fitted)
    begin = 3
    for one, size in zip(questions(truth["codes"], ~said[:, :, 0].isnan(), 3), (9, 18, 4, 4, 4, 4), strict=True):
        for case, place in (one >= 0).nonzero().tolist():
            surprise = F.cross_entropy(raw[case, place, begin : begin + size], one[case, place], label_smoothing=0.1)
            by_hand[case] += surprise / fitted.positions
        begin += size
    torch.testing.assert_close(target.loss(raw, truth, fitted), by_hand)


def test_training_positions_alone_are_counted():
    _, _, fitted = prepared(train=[0, 1, 2])
    assert (fitted.counts, fitted.positions) == ((1, 1, 2), 2.0)
    assert prepared(train=[2])[2].positions == 1.0


def test_cases_longer_or_shorter_than_their_sequence_are_set_aside():
    given = cells(["HHE", "HE", "EEH"], ["ACD", "ACD", "A-CD"])
    inputs = Sequence(column="letters", alphabet="protein")
    anchor = inputs.pack(given, inputs.plan(given))
    target = Residues(column="signs")
    packed = target.pack(given, target.plan(given), anchor)
    assert packed.present.tolist() == [True, False, True]
    assert packed.findings[0].rows == (3,)


# ---- loss


def naive(raw, codes, smoothing, positions):
    """Case by case, position by position: cross-entropy of the true class, by hand."""
    losses = []
    for case, of_case in zip(raw.double(), codes.tolist(), strict=True):
        total = 0.0
        for scores, code in zip(case, of_case, strict=False):
            if code >= 0 and not scores.isnan().any():
                logs = scores - scores.exp().sum().log()
                total -= float((1 - smoothing) * logs[code] + smoothing * logs.mean())
        losses.append(total / positions)
    return losses


@given(
    st.lists(st.text("CEH?", min_size=1, max_size=9), min_size=2, max_size=6), st.sampled_from([0.0, 0.2]), st.integers(0, 9)
)
def test_the_loss_is_that_of_a_loop_over_known_positions(signs, smoothing, seed):
    target, packed, fitted = prepared(["CEH", *signs], smoothing=smoothing)
    raw, truth = raw_of(["CEH", *signs], 3, seed), target.truth(packed, every(packed), fitted)
    wanted = naive(raw, truth["codes"], smoothing, fitted.positions)
    assert target.loss(raw, truth, fitted).tolist() == pytest.approx(wanted, rel=1e-4, abs=1e-5)


def test_every_position_counts_alike_whether_its_case_is_short_or_long():
    target, packed, fitted = prepared(["H" * 9 + "E", "HE"])
    raw = torch.zeros(2, 10, 2).masked_fill((torch.arange(10) >= torch.tensor([[10], [2]]))[:, :, None], float("nan"))
    losses = target.loss(raw, target.truth(packed, every(packed), fitted), fitted)
    assert losses.tolist() == pytest.approx([10 * np.log(2) / 6, 2 * np.log(2) / 6])


def test_a_sequence_that_was_cut_is_judged_where_it_was_read():
    target, packed, fitted = prepared()
    truth = target.truth(packed, every(packed), fitted)
    raw = raw_of(SIGNS, 3)[:, :2]
    assert target.loss(raw, truth, fitted).tolist() == pytest.approx(naive(raw, truth["codes"], 0, fitted.positions), rel=1e-4)


def test_padding_and_unknown_positions_have_no_gradient():
    target, packed, fitted = prepared()
    raw = raw_of(SIGNS, 3).requires_grad_()
    truth = target.truth(packed, every(packed), fitted)
    target.loss(raw, truth, fitted).sum().backward()
    assert torch.equal(raw.grad.abs().sum(2) > 0, truth["codes"] >= 0)


# ---- predictions, and truth that follows


def test_predictions_are_probabilities_a_position_as_long_as_each_case():
    target, _, fitted = prepared()
    raw = raw_of(SIGNS, 3)
    found = target.predict(raw, fitted)
    assert list(found) == ["score:C", "score:E", "score:H"]
    assert [len(one) for one in found["score:C"]] == [3, 2, 0, 5]
    for case in range(4):
        shares = np.stack([column[case] for column in found.values()], 1)
        np.testing.assert_allclose(shares, raw[case, : len(shares)].softmax(1), rtol=1e-6)


def test_truth_follows_the_letters_of_a_shifted_sequence():
    target, packed, fitted = prepared(["HHE", "ECC"])
    truth = target.truth(packed, every(packed), fitted)
    places = torch.tensor([[1, 2, -1], [-1, 0, 1]])
    assert target.follow(truth, Motion(places=places))["codes"].tolist() == [[2, 1, -1], [-1, 1, 0]]
    assert target.follow(truth, None) is truth
    assert target.follow(truth, Motion(affine=torch.zeros(2, 2, 3))) is truth


@given(st.lists(st.text("ACDE", min_size=1, max_size=9), min_size=1, max_size=5), st.integers(1, 6), st.integers(0, 99))
def test_after_any_shift_a_letter_keeps_its_sign(letters, shift, seed):
    letters = ["ACDE", *letters]  # each letter is its own sign
    given = cells(letters, letters)
    inputs, target = Sequence(column="letters", alphabet="protein", shift=shift), Residues(column="signs")
    packs = inputs.pack(given, inputs.plan(given)), target.pack(given, target.plan(given))
    rows = np.arange(len(letters))
    layout, motion = inputs.move(inputs.batch(packs[0], rows, inputs.fit(packs[0], rows)), torch.Generator().manual_seed(seed))
    codes = target.follow(target.truth(packs[1], rows, target.fit(packs[1], rows)), motion)["codes"]
    assert torch.equal(codes + 1, layout.codes)


def test_a_mask_that_lets_nothing_count_is_told_before_training():
    target = Residues(column="signs", mask="mask")
    (finding,) = target.check(cells(["HHE", "CCE"], mask=["000", "000"]))
    assert (finding.severity, finding.what) == ("error", "no case has a known position")
    found = target.check(cells(["HHE", "CCE"], mask=["111", "000"]))
    assert any(one.rows == (3,) and "no known position" in one.what for one in found)
