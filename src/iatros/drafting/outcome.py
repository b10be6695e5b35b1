"""Which column is to be predicted? In: profiles of the columns that play no other role. Out: candidates, the likeliest first.

Names count most (`outcome`, `hospital_death`, `malignant`), then what the cells say (present or absent, two classes, no gaps),
that other columns are named after it, and its place: outcomes stand last, sometimes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iatros.drafting.profile import MANY_ROWS, Profile
from iatros.drafting.words import COUNTER, sounds_predicted, stem
from iatros.findings import quote
from iatros.modalities.table_limits import limits
from iatros.targets.cell_values import MISSING

MOST_CLASSES = 50
WHOLE_CLASSES, FRACTION_CLASSES = 10, 3  # different numbers that are still names of classes
FEWEST = 5  # cases of the second class
UNKNOWN = re.compile(r"unknown|unk|undetermined|indeterminate|not known|missing|not available|uncertain")
POSITIVE = re.compile(  # what one looks for
    r"yes|y|true|t|positive|pos|present|malignant|malignancy|cancer|dead|died|death|deceased|expired|event|cases?|diseased?|sick"
    r"|ill|abnormal|affected|recurrence|relapse|failure|toxic|active|high|pathological|患病|阳性|是"
)
NEGATIVE = re.compile(
    r"no|n|false|f|negative|neg|absent|benign|normal|alive|survived|controls?|healthy|well|censored|inactive|low|正常|阴性|否"
)
PLAIN_ANSWERS = frozenset({"yes", "no", "y", "n", "true", "false", "t", "f"})
_QUALIFIED = r"(?: (?:binary|class|label|code|status|group|\d+))*"
_PLAIN = re.compile(
    r"(?:the |binary |final |true |main |primary |clinical )*(?:targets?|labels?|outcomes?|class(?:es)?|y"
    r"|y (?:true|factual|observed)|response|responder|endpoint|ground truth|truth|gt"
    r"|diagnos[ei]s|diagnosed|dx|disease|case|result|结局|诊断|标签)" + _QUALIFIED
)
_EVENT = re.compile(
    r"dead|death|died|deceas|mortal|malignan|recurr|relaps|readmi|sepsis|cancer|carcinoma|tumou?r|toxic|surviv"
    r"|(?<!\w)(?:event|status|expired|dth|mort|readmission|recurrence|progression|metastas[ie]s|complications?)(?!\w)"
)
_NEVER = re.compile(  # who the patient is, and how he lives
    r"(?<!\w)(?:age|sex|gender|race|ethnic\w*|religion|marital|married|education\w*|edu|income|insurance|smok\w*|alcohol|height|weight"
    r"|bmi|employ\w*|language|country|region|city|pregnan\w*|history|hx|family|treatment|therapy|drug|arm|dose|menopaus\w*|性别|年龄)(?!\w)"
)
_NEAR = re.compile(r"hosp|(?<!\w)(?:icu|in|\d+)(?!\w)")  # an event within a time that is the same for all


@dataclass(frozen=True, slots=True)
class Outcome:
    """A column to predict.

    kind:     "class", "value" or "residues"; why: reasons, for the study's comment; score: how likely, in points
    classes:  names without those for "not known", which are in unknown; positive: the class looked for, "" if it is not clear
    clear:    is it named like an outcome, or do its cells speak for it?
    mask, in_runs: of a label for each letter, the column that says which count, and do equal labels come in runs?
    """

    column: str
    kind: Literal["class", "value", "residues"]
    why: str
    score: float
    classes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    positive: str = ""
    because: str = ""
    clear: bool = True
    mask: str = ""
    in_runs: bool = False


def candidates(profiles: Sequence[Profile], exclude: Sequence[str] = ()) -> list[Outcome]:
    """Columns that may be the outcome, the likeliest first. exclude: columns that play another role."""
    free = [profile for profile in profiles if profile.name not in exclude]
    found = [outcome for i, profile in enumerate(free) if (outcome := _candidate(profile, i, free)) is not None]
    return sorted(found, key=lambda outcome: -outcome.score)


def outcome(profile: Profile, score: float = 0, why: str = "as told", clear: bool = True) -> Outcome | None:
    """This column as an outcome; None where it can be none: empty, constant, or different in nearly every row."""
    kind = _kind(profile)
    if kind is None:
        return None
    if kind == "value":
        return Outcome(profile.name, kind, why, score, clear=clear)
    unsaid = tuple(word for word in profile.unsaid if word.casefold() not in MISSING)  # those are missing for a target too
    unknown = tuple(value for value in profile.values if UNKNOWN.fullmatch(value.casefold()) or value not in profile.categories)
    classes = tuple(value for value in profile.values if value not in unknown)
    if len(classes) < 2:
        unknown, classes = (), profile.values
    positive, because = _positive(classes)
    return Outcome(profile.name, kind, why, score, classes, (*unknown, *unsaid), positive, because, clear)


def is_event(words: str) -> bool:
    """Is this the name of something that happens, and is waited for?"""
    return bool(_EVENT.search(words))


def _kind(profile: Profile) -> Literal["class", "value"] | None:
    if profile.array or profile.dated or profile.distinct < 2:
        return None
    if not profile.numeric:
        return "class" if len(profile.values) and profile.distinct <= MOST_CLASSES else None
    if profile.distinct <= (WHOLE_CLASSES if profile.whole else FRACTION_CLASSES):
        return "class"
    return "value"


def _candidate(profile: Profile, at: int, free: Sequence[Profile]) -> Outcome | None:
    kind = _kind(profile)
    if kind is None or _rare(profile):
        return None
    named, why = _name_points(profile)
    said, told = _content_points(profile, free)
    place, where = (3.0, "the last column") if at == len(free) - 1 else (1.0, "the first column") if at == 0 else (0.0, "")
    score = named + said + place
    if kind == "value":
        score -= 2 if named >= 10 else 4 if place >= 3 else 6
    if kind == "value" and named < 10 and (sounds_predicted(profile.words) or (profile.different and profile.whole)):
        return None
    if score <= 0 or (profile.distinct > MANY_ROWS and COUNTER.fullmatch(profile.words)):
        return None
    reasons = "; ".join(part for part in (why, told, where) if part) or "the likeliest of the columns"
    return outcome(profile, score, reasons, clear=named > 0 or bool(told))


def _rare(profile: Profile) -> bool:
    """Too few known cells, or classes of hardly two cases each."""
    return profile.known < 2 * FEWEST or (_kind(profile) == "class" and profile.distinct > profile.known / 3)


def _name_points(profile: Profile) -> tuple[float, str]:
    words = profile.words
    if _PLAIN.fullmatch(words):
        return 10.0, "named like an outcome"
    if _NEVER.search(words) or limits(profile.name, profile.numbers) is not None:
        return -8.0, ""
    if _EVENT.search(words):
        alone = stem(words) != "status" and "status" in words.split() and not re.search(r"vital|surviv|disease|event", words)
        return (0.0, "") if alone else (9.0 + bool(_NEAR.search(words)), "named like an event")
    return 0.0, ""


def _content_points(profile: Profile, free: Sequence[Profile]) -> tuple[float, str]:
    points = 3.0 if len(profile.categories) == 2 else 2.0 if 3 <= len(profile.categories) <= WHOLE_CLASSES else 0.0
    points += 2.0 if profile.complete else -6.0 * (1 - profile.known / profile.rows)
    told = ""
    said = {value.casefold() for value in profile.categories}
    speaking = [value for value in sorted(said) if POSITIVE.fullmatch(value) or NEGATIVE.fullmatch(value)]
    if len({bool(POSITIVE.fullmatch(value)) for value in speaking}) == 2 and not said <= PLAIN_ANSWERS:
        points += 3.0
        told = f"says {' or '.join(speaking)}"
    filled_by = [p for p in free if p.known < profile.known and named_after(p.words, profile.words)]
    if len(filled_by) > 1:
        points += 3.0 + min(len(filled_by), 4)
        told = "; ".join(part for part in (told, f"{len(filled_by)} columns with gaps are named after it") if part)
    return points, told


def named_after(words: str, other: str) -> bool:
    """Does a name hold all words of another, as `murmur timing` those of `murmur`, or `status2` those of `status`?"""
    mine, theirs = stem(words), stem(other)
    if len(theirs) < 2 or not set(theirs.split()).issubset(mine.split()):
        return False
    return words != other or len(mine.split()) > len(theirs.split())


def _positive(classes: tuple[str, ...]) -> tuple[str, str]:
    """Of two classes, the one that is looked for, and why."""
    if len(classes) != 2:
        return "", ""
    rare = classes[1]  # values come the most frequent first
    by_word = [value for value in classes if POSITIVE.fullmatch(value.casefold())]
    not_other = [value for value in classes if not NEGATIVE.fullmatch(value.casefold())]
    if len(by_word) == 1:
        return by_word[0], f"{quote(by_word[0])} is what one looks for"
    if len(not_other) == 1:
        return not_other[0], f"the other class is called {quote(next(v for v in classes if v != not_other[0]))}"
    if set(classes) in ({"0", "1"}, {"1", "2"}):
        larger = max(classes)
        return larger, f"{larger} usually says that it happened; nothing in the file says so"
    return rare, "the rarer of the two"


def values_text(profile: Profile, shown: int = 6) -> str:
    """`0 to 4` for numbers, `"absent", "present"` for names: what the cells hold."""
    if profile.numeric:
        known = profile.numbers[np.isfinite(profile.numbers)]
        coded = known[~np.isin(known, profile.plan.codes)]
        return f"{coded.min():g} to {coded.max():g}" if len(coded) else ""
    listed = ", ".join(quote(value, 24) for value in sorted(profile.categories)[:shown])
    more = profile.distinct - shown
    return listed + (f" and {more} more" if more > 0 and listed else "")
