"""The package as its users meet it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import iatros.align
from iatros.findings import InputError

ALONE = """
import sys, iatros.align as align
assert [align.scores(["HEAGAWGHEE"], ["PAWHEAE"]).item(), len(align.search(["HEAG"], ["HEAG"]))] == [17, 1]
heavy = {"torch", "polars", "pydantic", "sklearn"} & set(sys.modules)  # SciPy: Numba itself takes it where it is
assert not heavy, heavy
"""
MISSING = """
import sys
sys.modules["numba"] = None
import iatros.align as align
align.named("BLOSUM62")
align.scores(["A"], ["A"])
"""


@pytest.mark.parametrize("name", iatros.align.__all__)
def test_every_public_name_is_what_it_says(name):
    found = getattr(iatros.align, name)
    assert found.__name__ == name
    assert callable(found)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(AttributeError, match="it has Matrix, match"):
        iatros.align.nothing  # noqa: B018


def test_alignment_needs_numpy_and_numba_and_nothing_else():
    subprocess.run([sys.executable, "-c", ALONE], check=True)


def test_without_numba_the_extra_to_install_is_named():
    ended = subprocess.run([sys.executable, "-c", MISSING], capture_output=True, text=True, check=False)
    assert InputError.__name__ in ended.stderr
    assert 'alignment needs Numba; pip install "iatros[sequences]"' in ended.stderr
