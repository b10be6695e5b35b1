"""The data sets that scikit-learn ships, cell by cell as it has them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from iatros.cases import read
from iatros.cases.bundled import cases, write
from iatros.cases.catalogue import DATA_SETS

BUNDLED = [name for name, known in DATA_SETS.items() if known.ships_with]
LOADERS = {"cytology": datasets.load_breast_cancer, "wine": datasets.load_wine, "iris": datasets.load_iris}


@pytest.mark.parametrize("name", BUNDLED)
def test_the_catalogue_tells_the_truth(name):
    found, known = cases(name), DATA_SETS[name]
    assert len(found) == known.cases
    assert set(known.targets) <= set(found.frame.columns)
    assert found.rows.tolist() == list(range(1, known.cases + 1))


@pytest.mark.parametrize("name", LOADERS)
def test_measurements_and_outcomes_are_scikit_learns(name):
    theirs, (target,) = LOADERS[name](), DATA_SETS[name].targets
    found = cases(name)
    assert np.array_equal(found.frame.drop(target).to_numpy(), theirs.data)
    assert found.frame[target].to_list() == [str(theirs.target_names[code]) for code in theirs.target]


def test_diabetes_is_in_the_units_it_was_measured_in():
    frame = cases("diabetes").frame
    assert 18 <= frame["age"].min() <= frame["age"].max() <= 80
    assert np.array_equal(frame["progression"].to_numpy(), datasets.load_diabetes().target)


def test_digits_are_pictures_from_black_to_white():
    found = cases("digits")
    images = found.arrays["images"]
    assert (images.shape, images.dtype, images.min(), images.max()) == ((1797, 8, 8), np.uint8, 0, 255)
    assert np.array_equal(np.round(images / 255 * 16), datasets.load_digits().images)


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_a_data_set_written_to_a_file_is_read_back_the_same(tmp_path, name):
    there = write(name, tmp_path / DATA_SETS[name].file)
    back, direct = read(there), cases(name)
    assert len(back) == len(direct)
    (target,) = DATA_SETS[name].targets
    assert back.frame[target].cast(str).to_list() == direct.frame[target].cast(str).to_list()
    if direct.arrays:
        assert np.array_equal(back.arrays["images"], direct.arrays["images"])


@pytest.mark.parametrize("known", DATA_SETS.values(), ids=lambda known: known.name)
def test_every_data_set_says_where_it_comes_from_and_under_which_licence(known):
    assert known.title
    assert known.licence
    assert bool(known.ships_with) != bool(known.url)
    if known.url:
        assert known.url.startswith("https://")
        assert len(known.md5) == 32 or len(known.sha256) == 64
