"""Attributions of sequences: sums, padding, what is usual; mutagenesis by hand; motifs by planted truth."""

import numpy as np
import pytest
import torch
from torch import nn

from iatros.contracts import Tokens
from iatros.explain.sequence_check import check_sequences
from iatros.explain.sequences import Usual, attribute, codes_of, integrated_gradients, occlusion, usual
from iatros.explain.subject import Subject

VOCABULARY = 5


class Summed(nn.Module):
    """A weight for each letter at each position, of which every third counts; squashed."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Linear(VOCABULARY, 1, bias=False)

    def forward(self, tokens: Tokens) -> torch.Tensor:
        codes = tokens.codes
        shares = codes if codes.is_floating_point() else nn.functional.one_hot(codes, VOCABULARY).float()
        each = self.letters(shares)[..., 0] * tokens.mask
        return each[:, ::3].sum(1) / 3


@pytest.fixture
def subject():
    torch.manual_seed(3)
    return Subject(Summed().eval(), lambda network, tokens: network(tokens))


@pytest.fixture
def tokens():
    draw = torch.Generator().manual_seed(1)
    mask = torch.arange(30) < torch.randint(12, 31, (12, 1), generator=draw)
    return Tokens(mask, torch.randint(1, VOCABULARY, (12, 30), generator=draw) * mask)


@pytest.fixture
def reference():
    return Usual(torch.tensor([0.0, 0.4, 0.3, 0.2, 0.1]))


def test_attributions_add_up_to_the_change_from_usual_letters(subject, tokens, reference):
    found = integrated_gradients(subject, tokens, reference).sum(1)
    blank = subject.of(Tokens(tokens.mask, reference.shares.expand(12, 30, VOCABULARY)))
    torch.testing.assert_close(found, (subject.of(tokens) - blank).detach(), rtol=1e-4, atol=1e-5)


class Embedded(nn.Module):
    """Vectors of codes, mixed between neighbours."""

    def __init__(self, width=3) -> None:
        super().__init__()
        self.table = nn.Embedding(VOCABULARY, width)
        self.mixed = nn.Conv1d(width, 1, 3, padding=1)

    def forward(self, tokens: Tokens) -> torch.Tensor:
        codes = tokens.codes
        vectors = codes @ self.table.weight if codes.is_floating_point() else self.table(codes)
        inside = tokens.mask[:, :, None]
        return self.mixed((vectors * inside).transpose(1, 2)).tanh().sum((1, 2))


def test_mixing_vectors_is_mixing_letters(tokens, reference):
    torch.manual_seed(4)
    network = Embedded().eval()
    by_vectors = integrated_gradients(Subject(network, lambda network, given: network(given)), tokens, reference)

    def by_shares(network, given):
        shares = given.codes if given.codes.is_floating_point() else nn.functional.one_hot(given.codes, VOCABULARY).float()
        return network.inner(Tokens(given.mask, shares))

    class TwoTables(nn.Module):  # so that neither is taken for the one that reads codes
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.other = network, nn.Embedding(VOCABULARY, 1)

    by_letters = integrated_gradients(Subject(TwoTables(), by_shares), tokens, reference)
    torch.testing.assert_close(by_vectors, by_letters, rtol=1e-4, atol=1e-5)


def test_an_input_that_shares_the_table_keeps_its_own_letters(tokens, reference):
    torch.manual_seed(4)
    network = Embedded().eval()
    partner = Tokens(tokens.mask, tokens.codes.flip(0))
    alone = integrated_gradients(Subject(network, lambda network, given: network(given)), tokens, reference)
    fixed = {}

    def beside(network, given):
        if "partner" not in fixed:  # read once, as a study's other inputs are
            fixed["partner"] = network(partner).detach()
        return network(given) * fixed["partner"]

    by_pair = integrated_gradients(Subject(network, beside), tokens, reference)
    torch.testing.assert_close(by_pair, alone * network(partner).detach()[:, None], rtol=1e-4, atol=1e-5)


def test_letters_that_do_not_count_and_padding_get_nothing(subject, tokens, reference):
    found = integrated_gradients(subject, tokens, reference)
    assert found[:, 1::3].abs().max() == 0
    assert found[~tokens.mask].abs().max() == 0


def test_occlusion_marks_the_position_that_counts():
    def third_letter(network, tokens):
        return (tokens.codes[:, 20] == 2).float()

    subject = Subject(nn.Identity(), third_letter)
    given = Tokens(torch.ones(1, 60, dtype=torch.bool), torch.full((1, 60), 2))
    found = occlusion(subject, given, Usual(torch.tensor([0, 1.0, 0, 0, 0])), torch.Generator().manual_seed(0))
    assert abs(int(found.argmax()) - 20) <= 4  # windows begin every four
    assert found[0, :10].abs().max() == 0


def test_what_is_usual_is_counted_without_padding_and_unknown_letters():
    given = Tokens(torch.tensor([[True, True, True, False]]), torch.tensor([[1, 1, 0, 3]]))
    assert usual(given, VOCABULARY).shares.tolist() == [0, 1, 0, 0, 0]
    nothing = Tokens(torch.zeros(1, 4, dtype=torch.bool), torch.zeros(1, 4, dtype=torch.long))
    assert usual(nothing, VOCABULARY).shares.tolist() == [0, 0.25, 0.25, 0.25, 0.25]


def test_drawn_letters_are_as_frequent_as_usual(reference):
    drawn = reference.drawn(torch.zeros(100, 200), torch.Generator().manual_seed(0))
    found = torch.bincount(drawn.flatten(), minlength=VOCABULARY) / drawn.numel()
    torch.testing.assert_close(found, reference.shares, atol=0.02, rtol=0)


def test_only_codes_are_explained_and_only_by_known_methods(subject, tokens, reference):
    with pytest.raises(ValueError, match="hold no codes"):
        codes_of(Tokens(tokens.mask, values=torch.zeros(12, 30, 4)))
    with pytest.raises(ValueError, match="unknown method"):
        attribute("tea_leaves", subject, tokens, reference)


def test_a_method_that_follows_the_model_passes_its_check(subject, tokens, reference):
    healthy = Usual(torch.eye(VOCABULARY)[1 + int(subject.network.letters.weight[0, 1:].argmin())])
    ill = torch.full((12, 30), 1 + int(subject.network.letters.weight[0, 1:].argmax()))
    mixed = torch.where(torch.rand(12, 30, generator=torch.Generator().manual_seed(2)) < 0.4, ill, tokens.codes)
    given = Tokens(tokens.mask, mixed * tokens.mask)
    checks = check_sequences(
        subject, given, healthy, torch.Generator().manual_seed(0), "ill", "gene", ("integrated_gradients",)
    )
    assert [check.method for check in checks] == ["integrated_gradients"]
    assert checks[0].draws == 10
    assert checks[0].deletion > checks[0].deletion_random
    curve = dict(checks[0].curve["method"])
    assert curve[1.0] <= min(curve.values()) + 1e-6


def test_padding_is_no_unit_of_the_check(subject, tokens, reference):
    from iatros.explain.checking import deletion_curve

    padded = torch.where(tokens.mask, torch.rand(12, 30), torch.nan)
    seen = []

    def delete(marked):
        seen.append(marked)
        return tokens

    deletion_curve(subject, padded, delete)
    shares = [(marked.sum(1) / tokens.mask.sum(1)).numpy() for marked in seen]
    assert not any((marked & ~tokens.mask).any() for marked in seen)
    np.testing.assert_allclose(shares[-1], 1)
    np.testing.assert_allclose(shares[-3], 0.5, atol=0.05)
