"""Equal sequences are found, on either strand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatros.checks.near import equal
from iatros.contracts import Cells
from iatros.modalities.sequence_cells import pack_cells, plan_cells
from iatros.modalities.sequence_things import things_of

OTHER = str.maketrans("ACGTN", "TGCAN")


def twins(letters, alphabet):
    column = Cells(pl.DataFrame({"letters": letters}, {"letters": pl.String}), np.arange(len(letters)) + 2)
    found = pack_cells(column, "letters", plan_cells([one for one in letters if one], alphabet, None))
    return [group.tolist() for group in equal(things_of(found, found.plan))]


@pytest.mark.parametrize(
    ("alphabet", "letters", "groups"),
    [
        ("dna", ["ACGG", "CCGT", "acgg", "ACGA"], [[0, 1, 2]]),
        ("rna", ["ACGG", "CCGU", "AAAA"], [[0, 1]]),
        ("protein", ["ACGG", "CCGT", "ACGG"], [[0, 2]]),
        ("protein", ["ACGG", "GGCA"], []),
        ("smiles", ["CCO", "cco", "CCO"], [[0, 2]]),
        ("text", ["a cough", "A cough", " a cough "], [[0, 2]]),
        ("dna", [None, "", "ACG", None], []),
    ],
)
def test_equal_letters_are_twins_and_of_nucleotides_either_strand(alphabet, letters, groups):
    assert twins(letters, alphabet) == groups


@given(st.lists(st.text("ACGTN", min_size=1, max_size=3), min_size=1, max_size=12))
def test_groups_are_those_of_comparing_all_pairs(letters):
    def same(one, other):
        return other in (one, one.translate(OTHER)[::-1])

    groups = {tuple(j for j, other in enumerate(letters) if same(own, other)) for own in letters}
    assert sorted(map(tuple, twins(letters, "dna"))) == sorted(group for group in groups if len(group) > 1)
