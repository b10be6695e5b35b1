"""The simulated sequences: letters and their counts do not give the label away, their order does."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from iatros.cases.simulated_sequences import DECOY, LETTERS, MOTIF, motif_sequences


def test_shares_of_letters_do_not_give_the_label_away():
    made = motif_sequences(600, 60, seed=1)
    counts = np.array([[text.count(letter) for letter in LETTERS] for text in made.texts])
    score = cross_val_predict(LogisticRegression(), counts, made.labels, cv=5, method="predict_proba")[:, 1]
    assert 0.4 < roc_auc_score(made.labels, score) < 0.6


def test_the_motif_stands_where_the_label_says():
    made = motif_sequences(2_000, 60, seed=2)
    words = [text[begin : begin + len(MOTIF)] for text, begin in zip(made.texts, made.begins, strict=True)]
    for label, least, most in ((1, 0.85, 1.0), (0, 0.0, 0.5)):
        chosen = [word for word, given in zip(words, made.labels, strict=True) if given == label]
        shares = np.array([[np.mean([word[i] == letter for word in chosen]) for letter in LETTERS] for i in range(len(MOTIF))])
        assert least <= shares[2, 0] <= most  # the A of TGA
        if label:
            np.testing.assert_allclose(shares, MOTIF, atol=0.05)


def test_the_decoy_is_in_half_of_all_whatever_the_label():
    made = motif_sequences(2_000, 60, seed=3)
    held = np.array([DECOY in text for text in made.texts])
    assert 0.45 < held[made.labels == 1].mean() < 0.55
    assert 0.45 < held[made.labels == 0].mean() < 0.55


def test_the_same_seed_gives_the_same_sequences():
    assert motif_sequences(10, 40, seed=4).texts == motif_sequences(10, 40, seed=4).texts
    assert motif_sequences(10, 40, seed=4).texts != motif_sequences(10, 40, seed=5).texts
