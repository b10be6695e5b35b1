"""The learning curve of a run: the linear baseline on parts of the training cases of the main split.

In: an examined study and its material. Out: `Results` of one target, to stand beside those of the evaluation.
"""

from __future__ import annotations

import numpy as np

from iatros.evaluation import Results
from iatros.evaluation.curves import frame
from iatros.evaluation.learning import learning_curve
from iatros.evaluation.probes import Question
from iatros.predictions import OF_POSITIONS, Form
from iatros.training.feed import Material
from iatros.workflow.examine import Examined


def learning(examined: Examined, material: Material, target: str, form: Form) -> Results:
    """On the first repeat of the main split, from the very cases that the baselines learn from."""
    if form.task in OF_POSITIONS:
        return Results([], frame([]))
    known = np.flatnonzero(material.truths[target].present)
    truth = material.targets[target].truth_columns(material.truths[target], np.arange(len(material)))
    pairs = [(np.intersect1d(fold.development(), known), fold.rows("test")) for fold in examined.first_repeat]
    question = Question(target, form, {name: list(column) for name, column in truth.items()}, pairs, examined.cohort.patient)
    summary = material.features
    return learning_curve(question, summary.values, summary.names, material.weight, examined.study.split.main.kind)
