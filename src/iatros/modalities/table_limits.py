"""What a measurement can be at all. In: a column's name. Out: limits outside which a value is a slip of the pen.

Limits are wide on purpose: what a living patient, however ill, has been seen with, in any of the usual units. A column most of
whose values lie outside is in another unit or of another meaning, and is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INSIDE = 0.7  # share of the values that must lie inside before the limits are believed


@dataclass(frozen=True, slots=True)
class Limits:
    """From `low` to `high`, both possible."""

    what: str
    low: float
    high: float


# Whole words of a column's name (split at anything that is no letter or digit, and before capitals) -> limits.
# Values beyond them are not compatible with life or not measurable; 0 is outside wherever it can only mean "not measured".
_KNOWN: tuple[tuple[str, Limits], ...] = (
    (r"age|alter|年龄", Limits("an age in years", 0, 125)),
    (r"sbp|systolic|sysbp|trestbps|nisysabp|sysabp", Limits("a systolic pressure in mmHg", 20, 370)),
    (r"dbp|diastolic|diasbp|diabp", Limits("a diastolic pressure in mmHg", 5, 300)),
    (r"meanbp|mbp|bp|blutdruck|血压", Limits("a blood pressure in mmHg", 5, 370)),
    (r"hr|hrt|pulse|puls|thalach|heartrate|heart rate", Limits("a heart rate per minute", 5, 400)),
    (r"height cm|groesse cm|größe cm", Limits("a height in cm", 20, 260)),
    (r"height|größe|身高", Limits("a height", 0.2, 300)),
    (r"weight kg|gewicht kg", Limits("a weight in kg", 0.2, 650)),
    (r"bmi", Limits("a body-mass index in kg/m2", 5, 200)),
    (r"spo2|sao2|sato2", Limits("an oxygen saturation", 0.1, 100)),
    (r"resp|rr|resprate", Limits("a respiratory rate per minute", 0, 150)),
    (r"ph", Limits("a pH of blood", 6.3, 8.3)),
    (r"chol|cholesterol", Limits("a cholesterol", 0.1, 2500)),
    (r"glucose|glu", Limits("a glucose", 0.1, 4000)),
    (r"sod|sodium|natrium", Limits("a sodium in mmol/L", 60, 250)),
    (r"potassium|kalium", Limits("a potassium in mmol/L", 0.5, 20)),
    (r"crp|c reactive protein", Limits("a C-reactive protein", 0, 2000)),
    (r"crea|creat|creatinine|kreatinin", Limits("a creatinine", 0.01, 5000)),
)
_PATTERNS = tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), limits) for words, limits in _KNOWN)
_AGE = re.compile(r"(?<!\w)(?:age|alter|年龄|edad|âge)(?!\w)")


def limits(name: str, values: NDArray[np.float64]) -> Limits | None:
    """Limits of a column of this name, if most of its values (NaN where missing) keep to them; otherwise None."""
    known = values[np.isfinite(values)]
    words = _words(name)
    for pattern, found in _PATTERNS:
        if pattern.search(words):
            inside = ((known >= found.low) & (known <= found.high)).sum()
            return found if inside >= INSIDE * max(len(known), 1) else None
    return None


def is_age(name: str) -> bool:
    """Is this the name of an age, which is shown in bands of five years?"""
    return bool(_AGE.search(_words(name)))


def _words(name: str) -> str:
    """`heartRate_bpm` -> "heart rate bpm | heartrate bpm": parted before capitals, and not (SpO2 is one word)."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    ways = dict.fromkeys(re.sub(r"[\W_]+", " ", way).strip().lower() for way in (parted, name))
    return " | ".join(ways)
