"""Scores without alignments: one pair, one against many, all against all.

In: texts and a `Scoring`. Out: whole numbers, exact.
Sources: Needleman & Wunsch 1970, doi:10.1016/0022-2836(70)90057-4; Smith & Waterman 1981, doi:10.1016/0022-2836(81)90087-5;
Gotoh 1982, doi:10.1016/0022-2836(82)90398-9; Rognes 2011, doi:10.1186/1471-2105-12-221; Daily 2016,
doi:10.1186/s12859-016-0930-z (parasail, the peer).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iatros.align.blocks import blocks
from iatros.align.scoring import Scoring
from iatros.align.sequences import Sequences, encode
from iatros.findings import Finding, InputError

DEFAULT = Scoring()


def scores(
    queries: Sequence[str] | Sequences, targets: Sequence[str] | Sequences, scoring: Scoring = DEFAULT, threads: int = 1
) -> NDArray[np.int32]:
    """[Q, T] the score of each query with each target.

    Raises InputError for letters that cannot be scored (see `sequences`), and for pairs whose score 32 bits may not hold.

    >>> scores(["HEAGAWGHEE"], ["PAWHEAE"]).item()
    17
    """
    given, against = encoded(queries, scoring, "queries"), encoded(targets, scoring, "targets")
    out = np.empty((len(given), len(against)), np.int32)
    for block in blocks(given, against, scoring, threads):
        out[np.ix_(block.queries, block.targets)] = block.scores
    return out


def score(query: str, target: str, scoring: Scoring = DEFAULT) -> int:
    """Of one pair."""
    return int(scores([query], [target], scoring)[0, 0])


def encoded(texts: Sequence[str] | Sequences, scoring: Scoring, source: str) -> Sequences:
    """Texts in the letters of the scoring's matrix; what is encoded already stays, if it was for such letters."""
    if not isinstance(texts, Sequences):
        return encode(texts, scoring.matrix, source)
    if texts.letters != scoring.matrix.letters:
        what = f"{source} were encoded for other letters than those of {scoring.matrix.name}"
        raise InputError(Finding("error", what, "encode them with the matrix that scores them", source=source))
    return texts
