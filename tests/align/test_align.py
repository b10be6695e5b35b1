"""The package as its users meet it."""

from __future__ import annotations

import os
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
PLAIN = """
from iatros.align import Gaps, Scoring, align_all, scores
texts = ["MKTAYIAKQRQISF", "MKTAYIVKQRQSF", "W" * 40, "HEAGAWGHEE", "PAWHEAE", "W" * 6000]
for mode in ("local", "global"):
    scoring = Scoring(gaps=Gaps(11, 1), mode=mode)
    print(scores(texts, texts, scoring).tolist(), align_all(texts[:5], texts[:5], scoring).cigars())
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


@pytest.mark.slow
def test_a_processor_without_wide_registers_gives_the_same(tmp_path):
    told = []
    for name in ("host", "generic"):
        chosen = {} if name == "host" else {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
        environment = {**os.environ, **chosen}
        told.append(subprocess.run([sys.executable, "-c", PLAIN], env=environment, capture_output=True, check=True).stdout)
    assert told[0] == told[1]
