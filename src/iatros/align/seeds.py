"""Which pairs of many are worth an exact alignment? Those that share words on a diagonal, and more around them than chance.

In: encoded sequences and what they must share (`Seeds`). Out: `Filter`, which gives each query's targets that pass.

Proteins: a word of four letters that scores enough with the query's, and whose surroundings score enough without gaps, first
within 16 letters, then as far as they reach. Nucleotides: one equal spaced word of nine letters, and the same without the 16.
Both are heuristics: recall is measured, not proven. An equal run of letters can be proven (`assured_run`).
Sources: Altschul 1997, doi:10.1093/nar/25.17.3389 (similar words, extension); Ma 2002, doi:10.1093/bioinformatics/18.3.440.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from iatros.align.extending import (
    SKIPPED,
    TABLE,
    Asked,
    Index,
    Query,
    Room,
    beside_of,
    indexed,
    look_up,
    rows_of,
    words_of,
)
from iatros.align.matrices import Matrix
from iatros.align.sequences import Sequences, other_strand
from iatros.align.significance import ungapped_lambda

ACIDS, BASES = "ACDEFGHIKLMNPQRSTVWY", "ACGT"
SPACED = (0, 1, 4, 5, 7, 9, 10, 11, 12)  # hits 73 % of 64 columns that are 70 % identical; nine letters in a row 55 %
FOUR = (0, 1, 2, 3)
SIMILAR = 5.1  # nats that similar words of four acids score: 18 of BLOSUM62's units
CORE = 9.0  # nats that the best stretch within 16 letters of such a word scores
RARE = 2.0  # nats beyond ln(m n) that an ungapped score must have
DROP = 6.0  # nats below the best at which an extension ends
MOST_WORDS = 2**24  # entries of an index
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seeds:
    """What a pair must share.

    letters: of which words are made; shape: the places of a word's letters
    similar: nats that words score with the query's (the shape is of four letters); 0: words are equal
    core: nats of the best stretch within 16 letters of such a word
    run: equal letters in a row; 0: an ungapped score of ln(query's letters * target's letters) + rare nats instead
    """

    letters: str
    shape: tuple[int, ...]
    similar: float = 0.0
    core: float = CORE
    run: int = 0
    rare: float = RARE


def related(matrix: Matrix) -> Seeds:
    """What relatives mostly share."""
    return Seeds(BASES, SPACED) if matrix.nucleotides else Seeds(ACIDS, FOUR, SIMILAR)


def equal_run(matrix: Matrix, run: int) -> Seeds:
    """So many equal letters in a row; the unknown letter equals none."""
    letters = matrix.letters.replace(matrix.unknown, "") if matrix.unknown else matrix.letters
    return Seeds(letters, tuple(range(min(run, int(math.log(MOST_WORDS, len(letters)))))), run=run)


def assured_run(identity: float, columns: float) -> int:
    """Equal letters in a row that every alignment of at least so many columns, of which this share is identical, must hold.

    Of c columns, i identical, the c - i others part the identical ones into at most c - i + 1 runs. The longest run has at
    least their mean, i / (c - i + 1), which grows with i and is at least p c / ((1 - p) c + 1), which grows with c.

    >>> assured_run(0.9, 100)
    9
    """
    return math.ceil(identity * columns / ((1 - identity) * columns + 1) - 1e-9)


class Filter:
    """Targets, indexed by their words, and queries to be looked up; several threads may."""

    def __init__(
        self, queries: Sequences, targets: Sequences, matrix: Matrix, seeds: Seeds, both_strands: bool = False, threads: int = 1
    ) -> None:
        self.asked = _asked(matrix, seeds)
        letters = np.full(256, SKIPPED, np.uint8)
        for number, letter in enumerate(seeds.letters):
            letters[matrix.letters.index(letter)] = number
        sides = [queries, *([other_strand(queries, matrix)] if both_strands else [])]
        self.sides = [(side, _words(side, letters, self.asked)) for side in sides]
        begins, places = indexed(_words(targets, letters, self.asked), len(seeds.letters) ** len(seeds.shape))
        owner = _owner(targets)
        beside = beside_of(places[: len(places) if seeds.similar else 0], targets.codes, owner)
        self.index = Index(begins, places, beside, targets.codes, targets.offsets, owner)
        self.desks: SimpleQueue[_Desk] = SimpleQueue()
        for _ in range(threads):
            self.desks.put(_Desk(len(targets), len(self.asked.order) ** 2 or 1, self.asked.core))

    def passing(self, query: int, before: int | None = None) -> Integers:
        """The targets that pass, ascending; `before` counts the first ones, which alone are asked about."""
        desk = self.desks.get()
        targets = len(self.index.offsets) - 1 if before is None else before
        desk.mark += 1
        for side, words in self.sides:
            codes = side[query]
            known = words[side.offsets[query] : side.offsets[query + 1]]
            rows = rows_of(codes, self.asked.table)
            until = int(self.index.offsets[targets])
            look_up(Query(codes, known, rows), self.index, self.asked, desk.room, desk.mark, until)
        found = np.flatnonzero(desk.room.passed[:targets] == desk.mark)
        self.desks.put(desk)
        return found


class _Desk:
    """What one thread writes on, and how often it has."""

    def __init__(self, targets: int, words: int, core: int) -> None:
        similar = np.empty(words, np.int32), np.empty(words, np.int32)
        self.room, self.mark = Room(np.zeros(targets, np.int64), *similar, np.array([0, core], np.int8)), 0


def _owner(sequences: Sequences) -> NDArray[np.int32]:
    return np.repeat(np.arange(len(sequences), dtype=np.int32), sequences.lengths)


def _words(sequences: Sequences, letters: NDArray[np.uint8], asked: Asked) -> NDArray[np.int32]:
    return words_of(letters[sequences.codes], _owner(sequences), asked.shape, asked.size)


def _asked(matrix: Matrix, seeds: Seeds) -> Asked:
    """In the matrix's units. Raises ValueError for scores without theory: on average letters must score below 0."""
    at = [matrix.letters.index(letter) for letter in seeds.letters]
    scores = matrix.scores[np.ix_(at, at)].astype(np.int32)
    plain = [at[seeds.letters.index(letter)] for letter in (BASES if matrix.nucleotides else ACIDS)]
    share = np.full(len(plain), 1 / len(plain))
    scale = ungapped_lambda(matrix.scores[np.ix_(plain, plain)], share, share)
    twos = (scores[:, None, :, None] + scores[None, :, None, :]).reshape(len(at) ** 2, -1) if seeds.similar else scores[:0, :0]
    order = np.argsort(-twos, axis=1, kind="stable").astype(np.int32)
    table = np.full((TABLE, TABLE), matrix.smallest, np.int32)
    table[: len(matrix.letters), : len(matrix.letters)] = matrix.scores
    similar, core, drop = (round(nats / scale) for nats in (seeds.similar, seeds.core, DROP))
    ranked = np.take_along_axis(twos, order.astype(np.int64), axis=1)
    shape, flat = np.array(seeds.shape, np.int64), table.ravel()
    return Asked(shape, len(at), order, ranked, similar, core, drop, seeds.run, seeds.rare, scale, flat)
