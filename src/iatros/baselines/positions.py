"""The classical model of every position: a logistic regression on the letters around it.

In: windows of positions as plain features. Out: baselines by name, and their scores, one array a case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from iatros.baselines.fitting import Baseline, Examples, fit_constant, fit_linear
from iatros.predictions import Form

MOST_POSITIONS = 30_000  # that the model learns from, of cases drawn at random: more changed little
LOT = 64  # cases scored at a time

Windows = Callable[[NDArray[np.int64]], tuple[NDArray[np.float64], Sequence[str]]]  # cases -> [positions, F], names of F


def fit_windows(
    windows: Windows,
    truth: Sequence[str | None],
    lengths: NDArray[np.int64],
    form: Form,
    train: NDArray[np.int64],
    seed: int = 0,
) -> dict[str, Baseline]:
    """A logistic regression on windows, and the share of each class, by name.

    windows: features of all positions of some cases, end to end; truth: [M] signs of each case; lengths: [M] positions of each
    that are read. Raises ValueError where no training position has a truth.
    """
    order = np.random.default_rng(seed).permutation(train)
    some = np.sort(order[: max(1, int(np.searchsorted(np.cumsum(lengths[order]), MOST_POSITIONS)))])
    values, names = windows(some)
    signs = "".join((truth[case] or "").ljust(int(lengths[case]), "?")[: int(lengths[case])] for case in some.tolist())
    case = np.repeat(some, lengths[some])
    known = np.array([sign in form.classes for sign in signs], np.bool_)
    told = np.array(list(signs), dtype=object)
    if len(form.classes) == 2:
        told = np.array([sign == form.positive for sign in signs], dtype=object)
    told[~known] = None
    one = form.model_copy(update={"task": "class"})
    examples = Examples(values, tuple(names), {"truth": list(told)}, one, groups=case)
    rows = np.flatnonzero(known)
    return {baseline.name: baseline for baseline in (fit_linear(examples, rows, seed), fit_constant(examples, rows, seed))}


def score_windows(
    fitted: Mapping[str, Baseline], windows: Windows, lengths: NDArray[np.int64], form: Form, rows: NDArray[np.int64]
) -> dict[str, dict[str, NDArray[np.object_]]]:
    """name -> score:CLASS -> [n] arrays of the probabilities at each position of cases `rows`."""
    found = {name: {column: np.empty(len(rows), object) for column in form.scores()} for name in fitted}
    for begin in range(0, len(rows), LOT):
        some = rows[begin : begin + LOT]
        values, _ = windows(some)
        ends = np.cumsum(lengths[some])[:-1]
        for name, baseline in fitted.items():
            for column, scores in _by_class(baseline.predict(values), form).items():
                for i, of_case in enumerate(np.split(scores.astype(np.float32), ends)):
                    found[name][column][begin + i] = of_case
    return found


def _by_class(columns: Mapping[str, NDArray[np.float64]], form: Form) -> dict[str, NDArray[np.float64]]:
    """Of two classes, both probabilities."""
    if "score" not in columns:
        return dict(columns)
    return dict(zip(form.scores(), (1 - columns["score"], columns["score"]), strict=True))
