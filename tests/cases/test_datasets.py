from __future__ import annotations

import pytest

from iatros.cases import datasets, read
from iatros.findings import InputError


@pytest.mark.parametrize("name", [each.name for each in datasets.listing() if each.ships_with])
def test_what_ships_is_read_offline_and_is_what_the_catalogue_says(name):
    cases, told = read(name), datasets.record(name)
    assert len(cases) == told.cases
    assert set(told.targets) <= set(cases.frame.columns)
    assert datasets.fetched(name)


def test_the_cytology_has_its_212_malignant_cases():
    assert (read("cytology").frame["diagnosis"] == "malignant").sum() == 212


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_a_fetched_set_reads_as_the_set_itself(name, tmp_path):
    file = datasets.fetch(name, tmp_path)
    assert read(file).frame.drop("images", strict=False).equals(read(name).frame.drop("images", strict=False))
    assert datasets.fetch(name, tmp_path) == file


def test_what_is_downloaded_has_a_checksum_and_a_secure_address():
    for each in datasets.listing():
        if not each.ships_with:
            assert len(each.md5) == 32 or len(each.sha256) == 64
            assert each.url.startswith("https://")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean `cytology`"):
        datasets.fetch("cytologie")
