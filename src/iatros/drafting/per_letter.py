"""A label for every letter of a sequence, and which letters count. In: profiles and cells. Out: the outcome `residues`, if any.

Such a column is as long as the sequence in every row, of fewer signs than it; a column of 0 and 1 beside it is a mask.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import polars as pl

from iatros.drafting.letters import BIOLOGICAL, Letters, letters
from iatros.drafting.outcome import Outcome
from iatros.drafting.profile import Profile

FEW_SIGNS = 12  # different labels at most
MASK = re.compile("[01]+")
UNKNOWN = frozenset("?")  # what the target `residues` takes for not known
LONGER = 1.3  # times as long as chance has them are runs of equal labels that are learned too


def per_letter(profiles: Sequence[Profile], frame: pl.DataFrame, told: str | None = None) -> tuple[Letters, Outcome] | None:
    """The sequence, and the label of its letters; None where there is none. told: the column to predict."""
    for sequence in filter(None, map(letters, profiles)):
        found = list(_labels(sequence, profiles, frame)) if sequence.alphabet in BIOLOGICAL else []
        if told is not None and told not in [one.name for one in found]:
            continue
        states = [one for one in found if not _is_mask(one)] or found
        chosen = next((one for one in found if one.name == told), states[0] if states else None)
        if chosen is not None:
            mask = next((one.name for one in found if one is not chosen and _is_mask(one)), "")
            return sequence, replace(_outcome(sequence, chosen), mask=mask)
    return None


def _labels(sequence: Letters, profiles: Sequence[Profile], frame: pl.DataFrame) -> Iterator[Profile]:
    """Columns as long as the sequence in every row, of few signs; not one that never changes."""
    read = frame[sequence.column]
    if read.dtype != pl.String:
        return
    of_sequence, long = _signs(read.drop_nulls().to_list()), read.str.strip_chars().str.len_bytes()
    for one in profiles:
        cells = frame[one.name]
        if one.name == sequence.column or one.array or cells.dtype != pl.String or not one.known:
            continue
        signs = _signs(one.sample)
        if not 2 <= len(signs) <= FEW_SIGNS or len(signs) >= len(of_sequence):
            continue
        both = pl.DataFrame({"long": long, "own": cells.str.strip_chars().str.len_bytes()}).drop_nulls()
        if len(both) and both["long"].max() != 1 and (both["long"] == both["own"]).all():
            yield one


def _signs(cells: Sequence[str]) -> set[str]:
    return set("".join(cells)) - {" "}


def _is_mask(one: Profile) -> bool:
    return all(MASK.fullmatch(cell) for cell in one.sample)


def _outcome(sequence: Letters, one: Profile) -> Outcome:
    signs = tuple(sorted(_signs(one.sample) - UNKNOWN))
    why = f"a label for each letter of `{sequence.column}`"
    return Outcome(one.name, "residues", why, 0, classes=signs, in_runs=_in_runs(one.sample))


def _in_runs(cells: Sequence[str]) -> bool:
    """Are runs of equal labels longer than those of labels drawn one by one, 1 / (1 - sum of squared shares)?"""
    letters_ = "".join(cells)
    runs = sum(1 for cell in cells for _ in groupby(cell))
    alike = sum((count / len(letters_)) ** 2 for count in Counter(letters_).values())
    return len(letters_) / runs * (1 - alike) >= LONGER
