"""The oracle: Gotoh's recurrence, written out cell by cell in plain Python, beside random sequences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from iatros.align.alignments import DELETED, DIFFERENT, EQUAL, INSERTED, Alignments
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


@pytest.fixture
def families() -> Callable[[int, int], tuple[list[str], list[str]]]:
    """families(count, seed): pairs of related proteins, with exchanged, lost and inserted letters."""

    def made(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
        generator = np.random.default_rng(seed)
        first, second = [], []
        for _ in range(count):
            letters = generator.choice(list(PROTEIN), generator.integers(1, 60))
            first.append("".join(letters))
            second.append("".join(_changed(letter, generator) for letter in letters) or "A")
        return first, second

    return made


def _changed(letter: str, generator: np.random.Generator) -> str:
    kind = generator.random()
    if kind < 0.1:
        return ""
    if kind > 0.95:
        return letter + "".join(generator.choice(list(PROTEIN), generator.integers(1, 6)))
    return str(generator.choice(list(PROTEIN))) if kind < 0.3 else letter


@pytest.fixture(scope="session")
def rescored() -> Callable[..., int]:
    """rescored(alignments, i, query, target, scoring): the score of the operations themselves; checks where they end."""

    def score(found: Alignments, i: int, query: str, target: str, scoring: Scoring) -> int:
        p, q, total = int(found.query_begin[i]), int(found.target_begin[i]), 0
        for length, operation in found.operations(i):
            if operation in (EQUAL, DIFFERENT):
                for k in range(length):
                    assert (query[p + k] == target[q + k]) == (operation == EQUAL)
                    total += scoring.matrix.score(query[p + k], target[q + k])
            else:
                total -= scoring.gaps.cost(length)
            p += length * (operation != DELETED)
            q += length * (operation != INSERTED)
        assert (p, q) == (found.query_end[i], found.target_end[i])
        return total

    return score
