"""Which column says who the patient is, where and when, in which part of a given split, and with which weight.

In: profiles of all columns. Out: a `Guess` for each role that a column plays, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from iatros.drafting import words
from iatros.drafting.profile import Profile
from iatros.splits.column import WORDS as PARTS

FEWEST_GROUPS = 10  # of what is not called a patient: fewer are arms or grades
MOST_SITES = 100
FEWEST_AT_SITE = 10  # cases on average, below which sites are not tested alone
MOST_PARTS = 20  # different words in a column that divides the cases
FEW_WEIGHTS = 20  # different weights of a sample drawn by class or stratum
FILLED = 0.95
BODY = re.compile(r"(?<!\w)(?:back|trunk|chest|abdomen|arm|leg|hand|foot|head|neck|face|scalp|breast|lung|lobe|colon|knee|hip"
                  r"|skin|left|right|upper|lower)(?!\w)")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A column, and why it is taken for what it is taken for."""

    column: str
    why: str


def patient(profiles: Sequence[Profile]) -> Guess | None:
    """The column whose values tell patients (or whatever belongs together) apart: by its name; of equals, the coarsest."""
    found = [(rank, profile.distinct, profile) for profile in profiles if (rank := _rank(profile)) is not None]
    if not found:
        return None
    best = min(found, key=lambda one: one[:2])[2]
    rows = f"{best.distinct:,} different in {best.rows:,} rows"
    return Guess(best.name, f"named like {_thing(best)}, {rows}" + ("" if best.distinct < best.known else ": one row each"))


def site(profiles: Sequence[Profile]) -> Guess | None:
    """The column of hospitals: named like one, of ten cases or more on average."""
    for profile in profiles:
        named = words.SITE.fullmatch(profile.words) and profile.names_things and profile.known >= FILLED * profile.rows
        large = profile.rows >= FEWEST_AT_SITE * profile.distinct
        if named and 2 <= profile.distinct <= MOST_SITES and large and not _anatomical(profile):
            return Guess(profile.name, f"named like a hospital or centre, {profile.distinct} of them")
    return None


def time(profiles: Sequence[Profile], frame: pl.DataFrame) -> Guess | None:
    """The first date that is filled in everywhere, that is no birthday and does not come after the outcome."""
    dated = [
        p
        for p in profiles
        if frame[p.name].dtype.is_temporal() and p.complete and p.distinct > 1
        and not words.BIRTH.search(p.words) and not words.afterwards(p.words)
    ]  # fmt: skip
    dated.sort(key=lambda profile: not words.DATED.search(profile.words))
    return Guess(dated[0].name, "dates, filled in everywhere") if dated else None


def split(profiles: Sequence[Profile]) -> list[Guess]:
    """Columns that divide the cases into train, validation and test; those with a test part first."""
    found = [(p, {value.strip().casefold() for value in p.values}) for p in profiles if p.values and not p.numeric]
    given = [(p, said) for p, said in found if len(said) > 1 and "train" in said and said <= set(PARTS)]
    given.sort(key=lambda one: "test" not in one[1])
    return [Guess(p.name, f"says {', '.join(sorted(said, key=lambda w: PARTS[w]))}") for p, said in given]


def divides(profile: Profile) -> bool:
    """Is this a division of the cases that somebody else made, of whatever parts?"""
    return bool(words.SPLIT.fullmatch(profile.words)) and profile.distinct <= MOST_PARTS


def weight(profiles: Sequence[Profile]) -> Guess | None:
    """Sampling weights: positive everywhere, and called so, or few different ones under the name of a weight.

    A body weight has many values, gaps, or a unit.
    """
    for profile in profiles:
        if not (words.WEIGHT.fullmatch(profile.words) and profile.numeric and profile.complete):
            continue
        if not (np.isfinite(profile.numbers).all() and profile.numbers.min() > 0) or profile.distinct < 2:
            continue
        if words.WEIGHS.search(profile.words):
            return Guess(profile.name, "named like a sampling weight, positive in every row")
        if profile.distinct <= FEW_WEIGHTS and not profile.whole:
            listed = f"{profile.distinct} different values from {profile.numbers.min():g} to {profile.numbers.max():g}"
            return Guess(profile.name, f"{listed}: weights of a sample, no body weights")
    return None


def _rank(profile: Profile) -> int | None:
    if not profile.names_things or profile.known < FILLED * profile.rows:
        return None
    rank = next((rank for rank, pattern in enumerate(words.PATIENT) if pattern.fullmatch(profile.words)), None)
    fewest = FEWEST_GROUPS if rank is None or rank >= words.PATIENTS else 2
    return rank if profile.distinct >= fewest else None


def _thing(profile: Profile) -> str:
    rank = _rank(profile)
    things = ("a patient's id", "a patient's id", "the id of a lesion or sample", "the id of a record", "the id of a stay",
              "a group of rows that belong together", "an id", "a serial number")  # fmt: skip
    return things[rank or 0]


def _anatomical(profile: Profile) -> bool:
    return any(BODY.search(words.spaced(value)) for value in profile.values)
