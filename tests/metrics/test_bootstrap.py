import numpy as np
import pytest

from iatros.metrics.bootstrap import chunks, draw, spread


def test_every_resample_is_as_large_as_the_sample():
    assert (draw(np.random.default_rng(0), 50, 300).sum(axis=1) == 300).all()


def test_counts_vary_as_sampling_with_replacement_does():
    counts = draw(np.random.default_rng(1), 400, 1000).astype(float)
    assert counts.var() == pytest.approx(1 - 1 / 1000, rel=0.02)
    assert (counts == 0).mean() == pytest.approx(np.exp(-1), abs=0.005)


def test_every_resample_holds_a_rare_class_that_is_needed():
    needed = np.zeros((2, 100), bool)
    needed[0, 7], needed[1, 8:] = True, True
    assert (draw(np.random.default_rng(2), 200, 100, needed)[:, 7] > 0).all()


def test_cases_of_one_patient_move_together_and_keep_their_own_weight():
    counts = np.array([[2, 0, 1]], np.uint8)
    assert spread(counts, np.array([0, 0, 1, 2])).tolist() == [[2, 2, 0, 1]]
    assert spread(counts, np.array([0, 0, 1, 2]), np.array([1.0, 0.5, 1.0, 4.0])).tolist() == [[2, 1, 0, 4]]


def test_a_pair_counts_as_often_as_one_thing_times_the_other():
    counts = np.array([[2, 0, 3]], np.uint8)
    found = spread(counts, np.array([0, 0, 2, 2]), np.array([1.0, 1.0, 0.5, 1.0]), np.array([0, 1, 0, 2]))
    assert found.tolist() == [[4, 0, 3, 9]]


def test_chunks_cover_every_resample_once():
    parts = list(chunks(1000, 333, size=5000))
    assert np.concatenate([np.arange(1000)[part] for part in parts]).tolist() == list(range(1000))
