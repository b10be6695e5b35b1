"""The oracle: Gotoh's recurrence, written out cell by cell in plain Python, beside random sequences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from iatros.align.scoring import Scoring

NEVER = -(10**9)
PROTEIN = "ARNDCQEGHILKMFPSTWYV"


def plain_score(query: str, target: str, scoring: Scoring) -> int:
    """The score, by three tables and no cleverness."""
    opening, longer, free, local = scoring.gaps.open, scoring.gaps.extend, scoring.free, scoring.mode == "local"
    m, n = len(query), len(target)
    h = [[0] * (n + 1) for _ in range(m + 1)]
    e = [[NEVER] * (n + 1) for _ in range(m + 1)]
    f = [[NEVER] * (n + 1) for _ in range(m + 1)]
    for i in range(1, m + 1):
        h[i][0] = 0 if local or free.query_begin else -(opening + (i - 1) * longer)
    for j in range(1, n + 1):
        h[0][j] = 0 if local or free.target_begin else -(opening + (j - 1) * longer)
    for i in range(1, m + 1):
        for j in range(1, n + 1):
            e[i][j] = max(e[i][j - 1] - longer, h[i][j - 1] - opening)
            f[i][j] = max(f[i - 1][j] - longer, h[i - 1][j] - opening)
            matched = h[i - 1][j - 1] + scoring.matrix.score(query[i - 1], target[j - 1])
            h[i][j] = max(matched, e[i][j], f[i][j], 0 if local else NEVER)
    if local:
        return max(map(max, h))
    ends = [h[m][n]]
    if free.query_end:
        ends += [row[n] for row in h]
    if free.target_end:
        ends += h[m]
    return max(ends)


@pytest.fixture(scope="session")
def oracle() -> Callable[[str, str, Scoring], int]:
    """The plain score of a pair."""
    return plain_score


@pytest.fixture
def proteins() -> Callable[..., list[str]]:
    """proteins(count, shortest, longest, seed): random sequences of the twenty amino acids."""

    def made(count: int, shortest: int = 1, longest: int = 60, seed: int = 0, letters: str = PROTEIN) -> list[str]:
        generator = np.random.default_rng(seed)
        lengths = generator.integers(shortest, longest + 1, count)
        return ["".join(generator.choice(list(letters), length)) for length in lengths]

    return made
