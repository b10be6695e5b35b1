"""Requirements and versions, without importing what they name."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from iatros.workflow.installed import BUNDLES, Package, packages


def test_the_packages_that_iatros_needs_are_there_with_their_versions():
    found = {package.name: package for package in packages()}
    assert found["torch"].installed == version("torch")
    assert found["torch"].fits
    assert found["pydicom"].extra == "imaging"
    assert not {package.extra for package in found.values()} & set(BUNDLES)
    assert "iatros" not in found


RELEASE = st.lists(st.integers(0, 30), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(RELEASE, RELEASE, st.sampled_from([">=", "<=", "==", "!=", "<", ">"]))
def test_versions_are_compared_as_pip_does(installed, bound, sign):
    assert Package("p", sign + bound, installed).fits == SpecifierSet(sign + bound).contains(installed)


@pytest.mark.parametrize(
    ("installed", "wanted", "fits"),
    [("2.13.0+cpu", "<3,>=2.13", True), ("3.0", "<3,>=2.13", False), ("", ">=1", False), ("1", "", True)],
)
def test_bounds_and_local_versions(installed, wanted, fits):
    assert Package("p", wanted, installed).fits is fits
