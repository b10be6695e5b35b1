"""Which records hold letters that are flagged?"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iatros.cases.sequences.records import Records, ends_of


@given(st.lists(st.lists(st.booleans(), max_size=6), max_size=8))
def test_rows_with_flags_are_those_of_their_places(flagged):
    flags = np.array([flag for one in flagged for flag in one], np.bool_)
    lengths = np.array([len(one) for one in flagged], np.int64)
    count = np.arange(len(flagged))
    names = ("",) * len(flagged)
    records = Records(names, names, b"A" * len(flags), ends_of(lengths), count, count)
    assert records.rows_with(flags).tolist() == records.rows_of(np.flatnonzero(flags)).tolist()
    assert records.rows_with(flags).tolist() == [i for i, one in enumerate(flagged) if any(one)]
