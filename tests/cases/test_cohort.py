from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from iatros.cases import Cases, codes
from iatros.findings import InputError


def cases(**columns):
    frame = pl.DataFrame(columns)
    return Cases(frame, np.arange(2, frame.height + 2), "cases.csv")


def test_codes_stand_for_identifiers_and_hide_them():
    found = codes(cases(id=["B", "A", " B", "C", "A"]), "id")
    assert found.values.tolist() == [0, 1, 0, 2, 1]
    assert found.count == 3
    assert not found.findings


def test_a_row_without_identifier_is_a_patient_of_its_own_and_named():
    found = codes(cases(id=["A", None, "A", " ", "B"]), "id")
    assert found.values.tolist() == [0, 1, 0, 2, 3]
    assert found.findings[0].rows == (3, 5)


def test_without_a_column_every_row_is_a_patient():
    assert codes(cases(x=[1, 1, 1]), None).values.tolist() == [0, 1, 2]


def test_a_missing_column_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="did you mean `crp`"):
        cases(age=[1], crp=[2]).cells(["age", "cpr"])


def test_cells_and_some_of_the_cases_keep_their_rows():
    some = cases(x=[1, 2, 3]).take(np.array([True, False, True]))
    assert some.cells(["x"]).rows.tolist() == [2, 4]
    assert some.take(np.array([1])).frame["x"].to_list() == [3]
