"""The inner loop of `seeds`: look a query's words up, and extend what is found along its diagonal.

In: one query, an index of all targets' words. Out: the targets that pass.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.align.compiled import compiled
from iatros.align.surroundings import FOUR, LANES, SIDE, lowest, promising

SKIPPED = 255  # a letter that no word may hold
NOTHING = 31  # code of what is beyond a sequence's ends
TABLE = 32  # entries of a row of scores
MOST = 127  # a sum of scores that is not told from a larger one
EVERY = np.uint32(0xFFFFFFFF)
Integers = NDArray[np.int64]
Numbers = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Rows = NDArray[np.int8]


class Index(NamedTuple):
    """Where each word stands. (NamedTuples, which compiled code can read.)

    begins: [words + 1] a word's share of `places`; places: the first letters of words, ascending, in all targets end to end
    beside: [blocks, 32, 32] what stands beside these words, 32 a block; no block where words are equal
    codes: [N] the matrix's; offsets: [T + 1]; owner: [N] which target a letter is of
    """

    begins: Integers
    places: Numbers
    beside: NDArray[np.uint8]
    codes: Bytes
    offsets: Integers
    owner: Numbers


class Asked(NamedTuple):
    """What passes; see `Seeds`. Scores are in units of the matrix.

    shape: places of a word's letters; size: how many letters there are
    order, scores: [size ** 2, size ** 2] for two letters, all twos from the most similar one down, and how they score
    similar: least score of a word; core: of the best stretch within 16 letters of it; drop: below the best, to end
    run: letters; rare: nats; scale: nats of a unit; table: [32 * 32] scores
    """

    shape: Integers
    size: int
    order: Numbers
    scores: Numbers
    similar: int
    core: int
    drop: int
    run: int
    rare: float
    scale: float
    table: Numbers


class Query(NamedTuple):
    """codes: [m]; words: [m] what begins there, -1 nothing; rows: [m + 36, 32] its letters' scores, 16 rows before."""

    codes: Bytes
    words: Numbers
    rows: Rows


class Room(NamedTuple):
    """What is written on, by one thread at a time.

    passed: [T] the last query that each target has passed for; words, scores: similar words of one place; numbers: [2]
    """

    passed: Integers
    words: Numbers
    scores: Numbers
    numbers: Rows


@compiled
def indexed(words: Numbers, count: int) -> tuple[Integers, Numbers]:
    """Begins [count + 1] and places of words [N], of which those below 0 are none."""
    begins = np.zeros(count + 1, np.int64)
    for word in words:
        if word >= 0:
            begins[word + 1] += 1
    begins = np.cumsum(begins)
    free, places = begins[:-1].copy(), np.empty(begins[-1], np.int32)
    for place in range(len(words)):
        if words[place] >= 0:
            places[free[words[place]]] = place
            free[words[place]] += 1
    return begins, places


@compiled
def words_of(letters: Bytes, owner: Numbers, shape: Integers, size: int) -> Numbers:
    """[N] the word that begins at each letter; -1 where it would leave its sequence, or holds a letter that is skipped."""
    words = np.full(len(letters), -1, np.int32)
    for first in range(len(letters) - shape[-1]):
        word = 0
        for step in shape:
            letter = letters[first + step]
            word = word * size + letter if letter != SKIPPED and word >= 0 else -1
        if owner[first] == owner[first + shape[-1]]:
            words[first] = word
    return words


@compiled
def beside_of(places: Numbers, codes: Bytes, owner: Numbers) -> NDArray[np.uint8]:
    """The letters before and behind each word of four letters, laid out as in `Index`."""
    blocks = np.full(((len(places) + LANES - 1) // LANES, 2 * SIDE, LANES), NOTHING, np.uint8)
    for at in range(len(places)):
        first = places[at]
        for row in range(2 * SIDE):
            there = first + (row - SIDE if row < SIDE else row - SIDE + FOUR)
            if 0 <= there < len(codes) and owner[there] == owner[first]:
                blocks[at // LANES, row, at % LANES] = codes[there]
    return blocks


@compiled
def rows_of(codes: Bytes, table: Numbers) -> Rows:
    """[m + 36, 32] the scores of a query's letters; beyond its ends all are the worst."""
    rows = np.full((SIDE + len(codes) + FOUR + SIDE, TABLE), -MOST, np.int8)
    for i in range(len(codes)):
        for letter in range(TABLE):
            rows[SIDE + i, letter] = max(-MOST, min(MOST, table[TABLE * np.intp(codes[i]) + letter]))
    return rows


@compiled
def look_up(query: Query, index: Index, asked: Asked, room: Room, mark: int, until: int) -> None:
    """Write `mark`, new in `room.passed`, at the targets that pass and begin before letter `until`."""
    begins, places, beside, owner, passed = index.begins, index.places, index.beside, index.owner, room.passed
    words, similar, scores, numbers, rows = query.words, room.words, room.scores, room.numbers, query.rows
    for i in range(len(words)):
        if words[i] < 0:
            continue
        count = _similar(words[i], asked.similar, asked.size, asked.order, asked.scores, similar, scores)
        for which in range(count):
            begin, end = begins[similar[which]], begins[similar[which] + 1]
            numbers[0] = min(MOST, scores[which])
            for block in range(begin // LANES, (end + LANES - 1) // LANES):
                first, last = max(begin, block * LANES), min(end, block * LANES + LANES)
                if places[first] >= until:
                    break
                bits = EVERY
                if asked.similar:
                    bits = promising(beside, block, rows, i, numbers)
                bits = (bits >> np.uint32(first - block * LANES)) & (EVERY >> np.uint32(LANES - (last - first)))
                while bits:
                    at = first + lowest(bits)
                    bits &= bits - np.uint32(1)
                    if places[at] < until and passed[owner[places[at]]] != mark:
                        _extend(query, i, places[at], index, asked, passed, mark)


@compiled
def _similar(word: int, least: int, size: int, order: Numbers, given: Numbers, out: Numbers, scores: Numbers) -> int:
    """Words that are similar enough, with their scores, and how many."""
    if not least:
        out[0] = word
        return 1
    twos = size * size
    first, second = word // twos, word % twos
    best = given[second, 0]
    count = 0
    for a in range(twos):
        left = least - given[first, a]
        if left > best:
            break
        begin = order[first, a] * twos
        for b in range(twos):
            if given[second, b] < left:
                break
            out[count] = begin + order[second, b]
            scores[count] = given[first, a] + given[second, b]
            count += 1
    return count


@compiled
def _extend(query: Query, i: int, j: int, index: Index, asked: Asked, passed: Integers, mark: int) -> None:
    """Mark the target at letter j if its diagonal with the query's letter i is long or good enough."""
    target = index.owner[j]
    begin, end, m = index.offsets[target], index.offsets[target + 1], len(query.codes)
    back, on = min(i, j - begin), min(m - i, end - j)
    if asked.run:
        enough = _run(query.codes, index.codes, i, j, back, on, asked.run) >= asked.run
    else:
        best = _score(query.codes, index.codes, i, j, back, on, asked.table, asked.drop)
        enough = asked.scale * best >= math.log(m) + math.log(end - begin) + asked.rare
    if enough:
        passed[target] = mark


@compiled
def _run(query: Bytes, codes: Bytes, i: int, j: int, back: int, on: int, run: int) -> int:
    """Equal letters in a row around places i and j, as far as it matters."""
    first, behind = 0, 0
    while first < back and query[i - first - 1] == codes[j - first - 1]:
        first += 1
    while behind < on and first + behind < run and query[i + behind] == codes[j + behind]:
        behind += 1
    return first + behind


@compiled
def _score(query: Bytes, codes: Bytes, i: int, j: int, back: int, on: int, table: Numbers, drop: int) -> int:
    """The best ungapped score on the diagonal of places i and j, from there on and then back, until it drops too far."""
    score: Any = 0
    best: Any = 0
    for step in range(on):
        score += table[32 * np.intp(query[i + step]) + codes[j + step]]
        best = max(best, score)
        if best - score > drop:
            break
    score = best
    for step in range(1, back + 1):
        score += table[32 * np.intp(query[i - step]) + codes[j - step]]
        best = max(best, score)
        if best - score > drop:
            break
    return int(best)
