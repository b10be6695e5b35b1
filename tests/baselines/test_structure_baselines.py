"""Baselines of structures: means by hand, a planted relative, chains without any."""

import numpy as np
import pytest

from iatros.baselines.structure import ENOUGH, BySeparation, fit_separation, guessed, nearest_templates
from iatros.metrics.geometry import distances

ACIDS = np.array(list("ACDEFGHIKLMNPQRSTVWY"))


def chain(rng, length):
    return "".join(rng.choice(ACIDS, length)), distances(np.cumsum(rng.normal(scale=2.2, size=(length, 3)), axis=0))


def test_means_by_separation_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    truths = [chain(rng, length)[1] for length in (60, 80, 75) * 6]
    truths[0][5] = truths[0][:, 5] = np.nan
    found = fit_separation(truths)
    for apart in (1, 10, 40):
        pairs = [t[i, i + apart] for t in truths for i in range(len(t) - apart) if not np.isnan(t[i, i + apart])]
        assert found.mean[apart] == pytest.approx(np.mean(pairs))
        assert found.contact[apart] == pytest.approx(np.mean(np.array(pairs) < 8))
    assert found.mean[0] == 0


def test_rare_separations_are_judged_together():
    line = [distances(np.arange(30)[:, None] * np.array([3.8, 0, 0]))] * 50
    found = fit_separation(line)
    counts = 50 * (30 - np.arange(30))
    end = np.flatnonzero(counts < ENOUGH)[0]
    assert len(found.mean) == end + 1
    tail = np.average(3.8 * np.arange(end, 30), weights=counts[end:])
    assert found.mean[-1] == pytest.approx(tail)
    assert found.distances(100)[0, 99] == pytest.approx(tail)


def test_a_chain_s_matrix_depends_on_separation_alone():
    found = BySeparation(np.array([0, 4.0, 6.0]), np.array([1.0, 1.0, 0.5]))
    assert found.distances(4).tolist() == [[0, 4, 6, 6], [4, 0, 4, 6], [6, 4, 0, 4], [6, 6, 4, 0]]
    assert found.contacts(3)[0].tolist() == [1, 1, 0.5]


def test_nothing_known_is_refused():
    with pytest.raises(ValueError, match="no distance"):
        fit_separation([np.full((3, 3), np.nan)])


def test_distances_of_the_nearest_relative_are_carried_through_the_alignment():
    rng = np.random.default_rng(1)
    texts, truths = zip(*[chain(rng, 80) for _ in range(6)], strict=True)
    separation = fit_separation(truths)
    text = texts[3]
    query = "".join(rng.choice(ACIDS, 15)) + text[10:40] + text[45:70]  # a loop of five is missing
    found = nearest_templates([query], texts, truths, separation)[0]
    assert found.source == 3
    assert found.e_value < 1e-10
    assert found.aligned[15:45].all()
    np.testing.assert_array_equal(found.distances[15:44, 15:44], truths[3][10:39, 10:39])
    assert found.distances[20, 60] == truths[3][15, 60]
    assert found.distances[0, 20] == separation.distances(len(query))[0, 20]


def test_unknown_distances_of_the_template_are_told_by_separation():
    rng = np.random.default_rng(2)
    text, truth = chain(rng, 60)
    separation = fit_separation([truth] * 20)
    truth = truth.copy()
    truth[30] = truth[:, 30] = np.nan
    found = nearest_templates([text], [text], [truth], separation)[0]
    assert not np.isnan(found.distances).any()
    assert found.distances[30, 10] == separation.distances(60)[30, 10]
    assert found.distances[10, 20] == truth[10, 20]


def test_a_chain_without_relatives_has_what_separation_tells():
    separation = BySeparation(np.array([0, 4.0]), np.array([1.0, 0.2]))
    found = nearest_templates(["W" * 30, "ACDEF"], ["G" * 40], [np.zeros((40, 40))], separation)
    for template, length in zip(found, (30, 5), strict=True):
        assert template.source == -1
        assert np.isnan(template.e_value)
        np.testing.assert_array_equal(template.distances, separation.distances(length))


def test_both_baselines_fill_the_columns_of_predictions():
    rng = np.random.default_rng(4)
    texts, truths = zip(*[chain(rng, 50) for _ in range(20)], strict=True)
    found = guessed([texts[0], texts[1][:40]], texts, truths)
    assert list(found) == ["distance by separation", "nearest template"]
    for columns in found.values():
        places = columns["score"][1].reshape(40, 3, 3)
        assert np.isfinite(places[:, 1]).all()
        assert np.isnan(places[:, 0]).all()
        pairs = columns["contacts"][1].astype(int)
        assert (pairs % 40 - pairs // 40 >= 24).all()
        assert len(set(pairs.tolist())) == 40
    copied = found["nearest template"]["score"][0].reshape(50, 3, 3)[:, 1].astype(float)
    assert np.abs(distances(copied) - truths[0]).max() < 1
