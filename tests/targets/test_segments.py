"""Place, before and after of every position, against reading the signs run by run."""

from __future__ import annotations

from itertools import groupby

import torch
from hypothesis import given
from hypothesis import strategies as st

from iatros.targets.segments import FIRST, INNER, LAST, beside, questions

UNKNOWN, BEYOND = -1, 3


def read(codes):
    """The same by runs: lists of place, before and after."""
    runs = [(code, len(list(some))) for code, some in groupby(codes)]
    place, before, after = [], [], []
    for number, (code, size) in enumerate(runs):
        inner = [INNER] if size == 1 else [FIRST, *[INNER] * (size - 2), LAST]
        place += [UNKNOWN if code < 0 else 3 * code + one for one in inner]
        sides = (runs[number - 1][0] if number else BEYOND, runs[number + 1][0] if number + 1 < len(runs) else BEYOND)
        for found, side in zip((before, after), sides, strict=True):
            found += [UNKNOWN if code < 0 else side] * size
    return place, before, after


@given(st.lists(st.lists(st.integers(-1, 2), min_size=1, max_size=14), min_size=1, max_size=4))
def test_questions_are_answered_as_by_reading_run_by_run(cases):
    longest = max(map(len, cases)) + 2
    codes = torch.tensor([case + [-1] * (longest - len(case)) for case in cases])
    inside = torch.tensor([[True] * len(case) + [False] * (longest - len(case)) for case in cases])
    found = questions(codes, inside, 3)
    for number, case in enumerate(cases):
        assert tuple(one[number, : len(case)].tolist() for one in found) == read(case)
        assert all((one[number, len(case) :] == UNKNOWN).all() for one in found)
    assert all(int(one.max()) < count for one, count in zip(found, beside(3), strict=True))
