"""Place, size and neighbours of every position's run, against reading the signs run by run."""

from __future__ import annotations

from itertools import groupby

import torch
from hypothesis import given
from hypothesis import strategies as st

from iatros.targets.segments import FIRST, INNER, LAST, beside, questions

UNKNOWN, BEYOND = -1, 3


def read(codes):
    """The same by runs: place and size, then one and two runs before, one and two after."""
    runs = [(code, len(list(some))) for code, some in groupby(codes)]
    found = [[] for _ in range(6)]
    for number, (code, size) in enumerate(runs):
        inner = [INNER] if size == 1 else [FIRST, *[INNER] * (size - 2), LAST]
        found[0] += [UNKNOWN if code < 0 else 3 * code + one for one in inner]
        found[1] += [UNKNOWN if code < 0 else 6 * code + min(size.bit_length(), 6) - 1] * size
        for part, other in zip(found[2:], (number - 1, number - 2, number + 1, number + 2), strict=True):
            side = runs[other][0] if 0 <= other < len(runs) else BEYOND
            part += [UNKNOWN if code < 0 else side] * size
    return found


@given(st.lists(st.lists(st.integers(-1, 2), min_size=1, max_size=20), min_size=1, max_size=4))
def test_questions_are_answered_as_by_reading_run_by_run(cases):
    longest = max(map(len, cases)) + 2
    codes = torch.tensor([case + [-1] * (longest - len(case)) for case in cases])
    inside = torch.tensor([[True] * len(case) + [False] * (longest - len(case)) for case in cases])
    found = questions(codes, inside, 3)
    for number, case in enumerate(cases):
        assert [one[number, : len(case)].tolist() for one in found] == read(case)
        assert all((one[number, len(case) :] == UNKNOWN).all() for one in found)
    assert all(int(one.max()) < count for one, count in zip(found, beside(3), strict=True))
