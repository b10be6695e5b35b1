"""Which columns must not be inputs, and why: identifiers, the answer in other words, what is known only afterwards.

In: profiles, the outcome, and how well each column alone tells it. Out: a reason a column, or none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.checks import columns
from iatros.checks.columns import Column
from iatros.checks.giveaway import CODED
from iatros.checks.telling import CHANCE, SURE, alone_auroc, is_recoding, value_counts
from iatros.checks.truth import Truth
from iatros.contracts import Cells
from iatros.drafting import words
from iatros.drafting.letters import apart, letters
from iatros.drafting.outcome import Outcome, is_event, named_after
from iatros.drafting.profile import LONG_TEXT, MANY_ROWS, Profile
from iatros.drafting.roles import divides
from iatros.findings import quote
from iatros.modalities.table_plan import MOST_CATEGORIES

NEARLY_THE_ANSWER = 0.99  # AUROC of one column alone: no measurement is that good
SUSPICIOUS = 0.95  # worth a warning; very good measurements exist
HALF_OF_A_CLASS = 0.3  # of a class's cases share a value that no other class has: the value was written with the class known
COUNTED = 100  # different whole numbers without a gap are a counter, not an amount
MOST_NAMES = 0.1  # different names, as a share of the rows, beyond which they are no categories

Why = Literal["empty", "identifier", "personal", "division", "answer", "afterwards", "marking", "file", "date", "text", "kind"]
LAST_RESORT: tuple[Why, ...] = ("file", "marking", "afterwards")  # used, with a warning, where nothing else is left


@dataclass(frozen=True, slots=True)
class Left:
    """A column left out: the kind of reason, and the reason in words."""

    column: str
    kind: Why
    why: str


@dataclass(frozen=True, eq=False)
class Tells:
    """How well each column alone tells the outcome. auroc: NaN where it cannot be said."""

    truth: Truth
    columns: Mapping[str, Column]
    auroc: Mapping[str, float]


def truth_of(frame: pl.DataFrame, target: Outcome, profile: Profile) -> Truth:
    """The outcome's classes or numbers as the checks see them."""
    if target.kind == "value":
        return Truth(target.column, np.full(len(frame), -1, np.int64), profile.numbers)
    from iatros.targets.cell_values import names

    known = {name: code for code, name in enumerate(target.classes)}
    codes = np.array([known.get(str(name).strip(), -1) for name in names(frame[target.column])], np.int64)
    return Truth(target.column, codes, np.where(codes < 0, np.nan, codes.astype(np.float64)), target.classes)


def tells(frame: pl.DataFrame, names: Sequence[str], truth: Truth, group: NDArray[np.int64]) -> Tells:
    """The best AUROC of each column alone: read as a number, a category, or by whether it is filled."""
    cells = Cells(frame.select(names), np.arange(len(frame)))
    found = {column.name: column for column in columns.read({"": cells})}
    return Tells(truth, found, {name: alone_auroc(column, truth, group) for name, column in found.items()})


def reasons(profiles: Sequence[Profile], target: Outcome, told: Tells) -> dict[str, Left]:
    """Columns that are left out of the inputs, by name."""
    names = {profile.words for profile in profiles}
    by_name = {profile.name: profile for profile in profiles}
    left = {profile.name: why for profile in profiles if (why := _reason(profile, names, target, told)) is not None}
    answers = [by_name[name].words for name, one in left.items() if one.kind == "answer" and one.why.startswith("alone")]
    for profile in profiles:
        after = [other for other in answers if named_after(profile.words, other)]
        if profile.name not in left and after:
            left[profile.name] = Left(profile.name, "answer", f"named after `{after[0]}`, which tells the outcome")
    return left


def _reason(profile: Profile, names: set[str], target: Outcome, told: Tells) -> Left | None:
    if letters(profile) is not None:
        return _reason_of_letters(profile, target)
    name = profile.name
    rules = (
        ("empty", _empty(profile)),
        ("file", "names a file" if _names_file(profile) else ""),
        ("text", "letters with blanks between them: write them together" if apart(profile) else ""),
        ("personal", "says who the patient is" if words.PERSONAL.search(profile.words) and not profile.numeric else ""),
        ("identifier", _identifier(profile)),
        ("division", "a division of the cases made by others" if divides(profile) else ""),
        ("afterwards", _afterwards(profile, target)),
        ("answer", _answer(profile, target, told)),
        ("marking", "was marked by whoever gave the label" if words.MARKING.search(profile.words) else ""),
        ("date", "a date: what counts is the time between two of them" if profile.dated else ""),
        ("text", _text(profile)),
        ("file", "describes the file, not the patient" if _of_file(profile, names) else ""),
    )
    return next((Left(name, kind, why) for kind, why in rules if why), None)  # type: ignore[arg-type]  # the literals above


def _reason_of_letters(profile: Profile, target: Outcome) -> Left | None:
    """Of sequences and texts, which are another in each row, only the name can say something against them."""
    after = words.afterwards(profile.words)
    rules = (
        ("file", "names a file" if _names_file(profile) else ""),
        ("personal", "says who the patient is" if words.PERSONAL.search(profile.words) else ""),
        ("identifier", "named like an identifier" if words.IDENTIFIER.search(profile.words) else ""),
        ("afterwards", f"known only afterwards: named like {after}" if after else ""),
        ("answer", _called_the_answer(profile, target)),
        ("marking", "was marked by whoever gave the label" if words.MARKING.search(profile.words) else ""),
    )
    return next((Left(profile.name, kind, why) for kind, why in rules if why), None)  # type: ignore[arg-type]  # as above


def _called_the_answer(profile: Profile, target: Outcome) -> str:
    named = named_after(profile.words, words.spaced(target.column))
    return f"named after the outcome `{target.column}`" if named else ""


def _empty(profile: Profile) -> str:
    if profile.known == 0:
        return "empty"
    return "the same in every row" if profile.distinct == 1 and profile.complete else ""


def _identifier(profile: Profile) -> str:
    many = profile.distinct > MANY_ROWS
    if profile.names_things and many and words.IDENTIFIER.search(profile.words):
        return "named like an identifier"
    if words.COUNTER.fullmatch(profile.words) and profile.whole and profile.numeric and many:
        return "a running number"
    if profile.numeric and profile.whole and profile.different and (profile.counts or _ascends(profile)):
        return "a running number, another in each row"
    if profile.counts and profile.distinct >= COUNTED and not _measured(profile):
        return f"whole numbers from {np.nanmin(profile.numbers):g} to {np.nanmax(profile.numbers):g} without a gap: a counter"
    if not profile.numeric and not profile.dated and profile.different and profile.typical <= LONG_TEXT:
        return "another in each row"
    return ""


def _names_file(profile: Profile) -> bool:
    return not profile.numeric and bool(words.FILE.search(profile.words)) and profile.distinct > profile.known / 2


def _ascends(profile: Profile) -> bool:
    known = profile.numbers[np.isfinite(profile.numbers)]
    return len(known) >= COUNTED and bool((np.diff(known) > 0).all())


def _measured(profile: Profile) -> bool:
    """Is this called like something that is measured (an age, a pressure)?"""
    from iatros.modalities.table_limits import limits

    return limits(profile.name, profile.numbers) is not None


def _answer(profile: Profile, target: Outcome, told: Tells) -> str:
    column, auroc = told.columns.get(profile.name), told.auroc.get(profile.name, float("nan"))
    if called := _called_the_answer(profile, target):
        return called
    if column is None:
        return ""
    if is_recoding(column, told.truth):
        return f"alone settles `{target.column}`: each of its values stands for one class"
    if auroc >= NEARLY_THE_ANSWER and _settles_all(column, told.truth):
        by_gap = " (often by whether it is filled in)" if not profile.complete else ""
        return f"alone tells `{target.column}`: AUROC {auroc:.3f}{by_gap}"
    return _settled(column, told.truth)


def _settles_all(column: Column, truth: Truth) -> bool:
    """Of three classes or more, one may be easy to tell and the others not: are all told by the column?"""
    use = truth.known
    if len(truth.classes) < 3 or not (use & column.present).any():
        return True
    if column.numeric and len(column.values) > CODED:
        known = column.number[use & column.present]
        bins = np.searchsorted(np.nanquantile(known, np.linspace(0, 1, CODED + 1)[1:-1]), column.number[use])
        bins = np.where(np.isnan(column.number[use]), -1, bins)
    else:
        bins = column.code[use]
    counts = np.zeros((int(bins.max()) + 2, len(truth.classes)), np.int64)
    np.add.at(counts, (bins + 1, truth.codes[use]), 1)
    return bool(counts.max(axis=1).sum() >= NEARLY_THE_ANSWER * counts.sum())


def _settled(column: Column, truth: Truth) -> str:
    """A value that a good part of a class, not the most frequent one, has to itself."""
    counts = value_counts(column, truth)
    if not len(counts):
        return ""
    of_class = counts.sum(axis=0)
    for value in np.flatnonzero((counts.max(axis=1) == counts.sum(axis=1)) & (counts.sum(axis=1) >= SURE)):
        code = int(counts[value].argmax())
        expected = (of_class[code] / of_class.sum()) ** counts[value, code]
        if counts[value, code] >= HALF_OF_A_CLASS * of_class[code] and expected < CHANCE:
            told = f"{quote(column.values[value], 40)} is always {quote(truth.classes[code], 40)}"
            return f"its value {told} ({counts[value, code]:,} rows)"
    return ""


def _afterwards(profile: Profile, target: Outcome) -> str:
    what = words.afterwards(profile.words)
    if what:
        return f"known only afterwards: named like {what}"
    said = [] if profile.numeric else [value for value in profile.values if words.LATER.search(words.spaced(value))]
    if said:
        return f"known only afterwards: a cell says {quote(said[0], 40)}"
    if is_event(words.spaced(target.column)) and profile.numeric and words.DURATION.fullmatch(words.stem(profile.words)):
        return "known only afterwards: a time until the event"
    within = profile.numeric and profile.known and np.nanmin(profile.numbers) >= 0 and np.nanmax(profile.numbers) <= 1
    if words.PREDICTED.search(profile.words) or (
        within and not profile.whole and profile.distinct > 10 and words.sounds_predicted(profile.words)
    ):
        return "another's prediction: name it as `existing` in [evaluation] to judge it beside"
    if target.kind == "class" and is_event(profile.words) and stem_of_event(profile.words):
        return "known only afterwards: another event"
    return ""


def stem_of_event(words_: str) -> bool:
    """Only plain events (`event`, `status`, `relapse`), no findings that a name holds beside them (`tumor size`)."""
    return len(words.stem(words_).split()) == 1 and words.stem(words_) in (
        "event",
        "status",
        "relapse",
        "recurrence",
        "progression",
    )


def _text(profile: Profile) -> str:
    if profile.numeric or profile.dated:
        return ""
    varied = profile.distinct > profile.known / 2
    if profile.typical > LONG_TEXT and (varied or profile.typical > 2 * LONG_TEXT):
        return "long texts that are no sentences"
    if profile.plan.kind == "left out":
        return profile.plan.why
    if profile.distinct > max(MOST_CATEGORIES, MOST_NAMES * profile.known):
        return f"{profile.distinct:,} different names, too many for categories"
    return "nearly another in each row" if varied else ""


def _of_file(profile: Profile, names: set[str]) -> bool:
    """Width and height together are an image's; one alone may be a person's."""
    sides = {"width", "height"}
    alone = profile.words in sides and not sides <= names
    return bool(words.SIZE_OF_FILE.fullmatch(profile.words)) and profile.numeric and profile.whole and not alone
