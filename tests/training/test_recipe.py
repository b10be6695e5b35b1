"""What a study leaves to us is resolved within sensible bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iatros.contracts import Grid, Rows, Tokens
from iatros.study import TrainingSection
from iatros.training.recipe import FEWEST_EPOCHS, MOST_EPOCHS, resolve


@given(st.integers(1, 1_000_000), st.sampled_from([Grid, Rows, Tokens]), st.floats(1, 100_000))
def test_automatic_numbers_are_sensible_for_any_number_of_cases(cases, layout, length):
    recipe = resolve(TrainingSection(), cases, [layout], length)
    assert 1 <= recipe.batch <= cases
    assert FEWEST_EPOCHS <= recipe.epochs <= MOST_EPOCHS
    assert 0 < recipe.rate < 0.1


def test_what_the_study_says_is_taken():
    said = TrainingSection(epochs=3, batch=7, rate=0.5, optimizer="sgd", ema=0.9, schedule="constant")
    recipe = resolve(said, 100, [Grid])
    assert (recipe.epochs, recipe.batch, recipe.rate, recipe.ema, recipe.schedule) == (3, 7, 0.5, 0.9, "constant")


def test_a_batch_is_never_larger_than_the_data():
    assert resolve(TrainingSection(batch=1_000_000), 150, [Rows]).batch == 150


def test_patience_keeps_the_best_weights():
    assert resolve(TrainingSection(patience=3), 100, [Rows]).keep == "best"


def test_long_sequences_go_fewer_at_a_time():
    assert resolve(TrainingSection(), 10_000, [Tokens], 60.0).batch == 128
    assert resolve(TrainingSection(), 10_000, [Tokens], 1_024.0).batch == 8
    assert resolve(TrainingSection(), 10_000, [Tokens], 1e6).batch == 1
