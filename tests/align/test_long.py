"""Linear memory gives the same scores, and alignments that earn them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from iatros.align import long
from iatros.align.long import align_long
from iatros.align.scored import scores
from iatros.align.scoring import Free, Gaps, Scoring
from iatros.align.sequences import encode

ENDS = [Free(*ends) for ends in itertools.product([False, True], repeat=4) if any(ends)]
MODES = [("global", Free()), ("local", Free()), *(("semiglobal", free) for free in ENDS)]


@pytest.mark.parametrize("gaps", [Gaps(11, 1), Gaps(3, 3), Gaps(4, 0)], ids=str)
def test_halving_down_to_crumbs_loses_nothing(gaps, families, proteins, rescored, monkeypatch):
    monkeypatch.setattr(long, "SMALL", 20)
    queries, targets = families(6, seed=7)
    targets[5] = proteins(1, 50, 50, seed=8)[0]
    for mode, free in MODES:
        scoring = Scoring(gaps=gaps, mode=mode, free=free)
        best = scores(queries, targets, scoring)
        for i in range(6):
            found = align_long(encode([queries[i]], scoring.matrix)[0], encode([targets[i]], scoring.matrix)[0], scoring)
            assert found.score[0] == best[i, i], (mode, free)
            assert rescored(found, 0, queries[i], targets[i], scoring) == best[i, i]


def test_a_long_pair_equals_the_kernels(rescored):
    generator = np.random.default_rng(9)
    query = "".join(generator.choice(list("ARNDCQEGHILKMFPSTWYV"), 4_000))
    target = query[:1_000] + query[1_200:2_500] + "".join(generator.choice(list("ARND"), 300)) + query[2_500:]
    for mode in ("local", "global"):
        scoring = Scoring(mode=mode)
        found = align_long(encode([query], scoring.matrix)[0], encode([target], scoring.matrix)[0], scoring)
        assert found.score[0] == scores([query], [target], scoring)[0, 0]
        assert rescored(found, 0, query, target, scoring) == found.score[0]
