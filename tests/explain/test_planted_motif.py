"""Planted truth: a motif that no count of letters gives away, and a decoy that means nothing.

A small network learns the simulated sequences; its motifs must be the planted one, those of randomised networks must not.
"""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from iatros.cases.simulated_sequences import DECOY, LETTERS, MOTIF, motif_sequences
from iatros.contracts import Tokens
from iatros.explain.motifs import find_motifs, likeness
from iatros.explain.mutagenesis import mutagenesis
from iatros.explain.sequence_check import check_sequences
from iatros.explain.sequences import METHODS, attribute, integrated_gradients, usual
from iatros.explain.subject import Subject, randomised

TRAINING, TESTED = 1, 2  # seeds
LENGTH = 80
pytestmark = pytest.mark.slow


class Reader(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(5, 8)
        self.layers = nn.Sequential(
            nn.Conv1d(8, 24, 9, padding=4), nn.ReLU(), nn.Conv1d(24, 24, 5, padding=2), nn.ReLU(), nn.AdaptiveMaxPool1d(1)
        )
        self.readout = nn.Linear(24, 1)

    def forward(self, tokens: Tokens) -> Tensor:
        shares = tokens.codes.is_floating_point()
        letters = tokens.codes @ self.letters.weight if shares else self.letters(tokens.codes)
        return self.readout(self.layers(letters.transpose(1, 2))[..., 0])[:, 0]


def tokens(texts) -> Tokens:
    codes = torch.tensor([[LETTERS.index(letter) + 1 for letter in text] for text in texts])
    return Tokens(torch.ones_like(codes, dtype=torch.bool), codes)


@pytest.fixture(scope="module")
def learned():
    return motif_sequences(2_500, LENGTH, TRAINING)


@pytest.fixture(scope="module")
def trained(learned) -> Subject:
    torch.manual_seed(0)
    network, given = Reader(), tokens(learned.texts)
    truth = torch.tensor(learned.labels, dtype=torch.float32)
    epochs, size = 12, 100
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 5e-3, total_steps=epochs * len(truth) // size)
    for _ in range(epochs):
        for rows in torch.randperm(len(truth)).split(size):
            loss = functional.binary_cross_entropy_with_logits(network(given.take(rows)), truth[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return Subject(network.eval(), lambda network, layout: network(layout))


@pytest.fixture(scope="module")
def reference(learned):
    without = [text for text, label in zip(learned.texts, learned.labels, strict=True) if not label]
    return usual(tokens(without), 5)


@pytest.fixture(scope="module")
def tested():
    return motif_sequences(400, LENGTH, TESTED)


@pytest.fixture(scope="module")
def ill(tested) -> Tokens:
    return tokens([text for text, label in zip(tested.texts, tested.labels, strict=True) if label])


def motifs_of(subject, ill, reference):
    found = integrated_gradients(subject, ill, reference).double().numpy()
    return find_motifs(list(ill.codes.numpy()), list(found), 4, np.random.default_rng(0))


def test_the_planted_motif_is_found_first(trained, ill, reference):
    first = motifs_of(trained, ill, reference)[0]
    assert first.raises
    assert likeness(first.counts, MOTIF) > 0.97
    assert first.sequences > 0.8 * len(ill.codes)


def test_the_decoy_is_no_motif(trained, ill, reference):
    decoy = np.eye(4)[[LETTERS.index(letter) for letter in DECOY]]
    first = motifs_of(trained, ill, reference)[0]
    assert likeness(first.counts, decoy) < 0.7


def test_randomised_networks_do_not_find_it(trained, ill, reference):
    draw = torch.Generator().manual_seed(3)
    best = []
    for _ in range(10):
        found = motifs_of(randomised(trained, ill, draw), ill, reference)
        best.append(max((likeness(motif.counts, MOTIF) for motif in found[:3]), default=0.0))
    assert max(best) < 0.9, best
    assert np.mean(best) < 0.7, best


@pytest.mark.parametrize("method", METHODS)
def test_the_peak_of_the_attribution_lies_in_the_motif(trained, tested, ill, reference, method):
    found = attribute(method, trained, ill, reference).argmax(1).numpy()
    begins = tested.begins[tested.labels == 1]
    inside = (found >= begins - 1) & (found <= begins + len(MOTIF))
    assert inside.mean() > 0.75


def test_mutagenesis_names_the_letters_of_the_motif(trained, tested, ill):
    begins = tested.begins[tested.labels == 1]
    sure = int(trained.of(ill).argmax())
    codes = ill.codes[sure].numpy()
    mask = torch.ones(1, LENGTH, dtype=torch.bool)
    found = mutagenesis([lambda codes: trained.of(Tokens(mask.expand(len(codes), -1), codes))], codes, (1, 2, 3, 4))
    strongest = np.argsort(-found.by_position().mean)[:4]
    assert all(begins[sure] <= place < begins[sure] + len(MOTIF) for place in strongest)


def test_every_method_passes_its_check(trained, ill, reference):
    few = ill.take(torch.arange(24))
    checks = check_sequences(trained, few, reference, torch.Generator().manual_seed(5), "bound", "dna")
    assert [check.method for check in checks] == list(METHODS)
    assert all(check.passed for check in checks), [check.why for check in checks]
