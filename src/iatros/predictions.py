"""The predictions table: one row a case, model and fold, the only thing that evaluation reads.

Columns (those marked * may be missing in another program's table)
  case*       int: position of the case in the study             patient*   str: a code, not the user's identifier
  site*       str                                                weight*    float: restores prevalence
  family*     str: what is resampled whole in this scheme: patients whose cases are relatives; without it, the patient
  thing*, partner*        str: the two things that a case pairs, both of which are resampled whole: proteins that may bind
  group:NAME* str: a subgroup                                    scheme*    str: kind of split ("folds", "sites", ...)
  repeat*, fold*, seed*   int; seed is null for the ensemble over seeds
  part*       str: train, validation, calibration or test        model*     str: `iatros`, a baseline's or single input's name
  inputs*     str: inputs present, joined by "+"                 existing*  float: a score in use today
and by task
  class, two classes    truth: bool            score: probability of the positive class        set*: classes joined by "|"
  class, more           truth: str             score:CLASS, one a class                        set*
  labels                truth:LABEL bool or null               score:LABEL
  value                 truth: float           score: float    low*, high*: predictive interval
  residues              truth: str, a sign a position, "?" not known     score:CLASS, lists with a probability a position
  next                  truth: int, letters   score: list of the probability of each letter where it stands, the end last, NaN
                                              where it is not judged; right: list, 1 where it was the likeliest
  structure             truth: list of 9 L coordinates (N, CA, C; angstrom), NaN not known     score: list of 9 L coordinates
                        confidence: list of L, 0 to 1          contacts: list of pairs i L + j, the likeliest first
A `score_raw*` (or score_raw:CLASS) column is the score before recalibration.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

Task = Literal["class", "labels", "value", "residues", "next", "structure"]
UNCLASSED = ("value", "next", "structure")  # tasks without classes
OF_CASES = ("class", "labels", "value")  # tasks with one answer a case
OF_POSITIONS = ("residues", "next", "structure")  # judged over positions: a case has no one class or value
ENSEMBLE = "iatros"  # `model` of the fitted ensemble
UNITS = ("patient", "family", "thing", "partner")  # columns that say what is resampled whole
PREVALENCE = "prevalence"  # `model` of the baseline that knows nothing of the case
NO_HOMOLOG = "no homolog"  # the subgroup of tested sequences that resemble none in training
UNSEEN = "sites"  # scheme in which each hospital is predicted by a model that has not seen it
LOCAL_INTERCEPT = f"{ENSEMBLE}, local intercept"  # `model` of a what-if: the ensemble, recalibrated on local patients
LOCAL_SLOPE = f"{ENSEMBLE}, local intercept and slope"


class Form(BaseModel):
    """How a target's predictions are to be read and judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Task
    name: str = ""
    """The target's name in the study."""
    classes: tuple[str, ...] = ()
    """Names of classes (of two, the positive one is the last) or of labels."""
    threshold: float | None = None
    """Two classes: the risk from which one would act."""
    range: tuple[float, float] | None = None
    """Thresholds that are sensible."""
    unit: str = ""
    """Of a value."""
    coverage: float = 0.9
    """Nominal coverage of predictive intervals and conformal sets."""

    @model_validator(mode="after")
    def _classes_are_named(self) -> Form:
        if self.task not in UNCLASSED and not self.classes:
            raise ValueError(f"a form of task {self.task} names its classes")
        return self

    @property
    def binary(self) -> bool:
        """Two classes: one `truth` and one `score` column."""
        return self.task == "class" and len(self.classes) == 2

    @property
    def judged_as(self) -> str:
        """What decides which figures are shown: the task, or `binary` for two classes."""
        return "binary" if self.binary else self.task

    @property
    def positive(self) -> str:
        """Of two classes, the one whose probability is the score."""
        return self.classes[-1]

    def scores(self) -> tuple[str, ...]:
        """Names of the score columns."""
        return ("score",) if self.binary or self.task in UNCLASSED else tuple(f"score:{name}" for name in self.classes)

    def truths(self) -> tuple[str, ...]:
        """Names of the truth columns."""
        return tuple(f"truth:{name}" for name in self.classes) if self.task == "labels" else ("truth",)
