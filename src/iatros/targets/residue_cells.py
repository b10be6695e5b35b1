"""Cells with a sign for every position: read, checked, and packed end to end.

In: cells such as `HHHEEC` or `H H H E E C`. Out: texts; findings; `Packed` with `codes` [N + 1] int8, `starts`, `lengths` [M].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Cells, Learned
from iatros.findings import Finding, quote
from iatros.packed import Packed, end_to_end, side_by_side

RARE = 100  # positions of a class below which little can be learned of it
Codes = NDArray[np.int8]


def read(cells: Cells, column: str, merge: Mapping[str, str]) -> list[str]:
    """The signs of each case; "" where there are none."""
    table = str.maketrans(dict(merge))
    return ["" if cell is None else _close(str(cell)).translate(table) for cell in cells.frame[column].to_list()]


def masks(cells: Cells, column: str | None) -> list[NDArray[np.bool_]] | None:
    """Of each case the positions that count: those whose sign is 1."""
    if column is None:
        return None
    texts = ("" if cell is None else _close(str(cell)) for cell in cells.frame[column].to_list())
    return [np.frombuffer(text.encode("ascii", "replace"), np.uint8) == ord("1") for text in texts]


def check(
    cells: Cells, column: str, mask: str | None, texts: Sequence[str], classes: Sequence[str] | None, unknown: str
) -> list[Finding]:
    """What is wrong with the cells, before any training."""
    told = partial(Finding, file=cells.file, column=column)
    seen = _counting(texts, masks(cells, mask))
    counts = {sign: sum(text.count(sign) for text in seen) for sign in set("".join(seen)) - set(unknown)}
    if not counts:
        todo = "fill the column with one sign a position" + (f", and `{mask}` with 1 for those that count" if mask else "")
        return [told("error", "no case has a known position", todo, check="no_truth")]
    named = [sign for sign in counts if classes is None or sign in classes]
    if len(named) < 2:
        return [told("error", "all known positions are of one class", "there is nothing to learn", check="one_class")]
    found = []
    empty = _rows(cells, [not set(text) - set(unknown) for text in seen])
    if empty:
        what = f"{len(empty):,} {'case has' if len(empty) == 1 else 'cases have'} no known position"
        found.append(told("warning", what, "nothing, if that is right: they are not judged", rows=empty, check="no_truth"))
    for sign in sorted(set(counts) - set(named)):
        rows = _rows(cells, [sign in text for text in texts])
        what = f"{counts[sign]:,} positions hold {quote(sign)}, which is none of `classes`"
        found.append(told("warning", what, "they count as not known", rows=rows, example=sign, check="unknown_class"))
    for sign in sorted(named):
        if counts[sign] < RARE:
            what = f"only {counts[sign]:,} positions are of class {quote(sign)}"
            found.append(told("warning", what, "merge it with another, or collect more", check="rare_class"))
    return found + _odd_masks(cells, mask, texts)


def _counting(texts: Sequence[str], counting: Sequence[NDArray[np.bool_]] | None) -> list[str]:
    """The signs that the mask lets count; all where there is none, or one of another length, which is told apart from this."""
    if counting is None:
        return list(texts)
    both = zip(texts, counting, strict=True)
    return ["".join(np.array(list(text))[own]) if len(own) == len(text) > 0 else text for text, own in both]


def packed(
    cells: Cells,
    column: str,
    texts: Sequence[str],
    counting: Sequence[NDArray[np.bool_]] | None,
    plan: Learned,
    classes: Sequence[str],
    long: NDArray[np.int64] | None,
) -> Packed:
    """Codes of all cases. long: [M] letters of the sequence that the positions are of; cases that do not fit are set aside."""
    table = np.full(0x110000, -1, np.int8)
    table[[ord(sign) for sign in classes]] = np.arange(len(classes))
    lengths = np.array([len(text) for text in texts], np.int64)
    fits = np.ones(len(texts), np.bool_) if long is None else (long == lengths) | (lengths == 0) | (long == 0)
    parts = []
    for case, text in enumerate(texts):
        codes = table[np.frombuffer(text.encode("utf-32-le"), np.uint32)] if fits[case] else np.zeros(0, np.int8)
        if counting is not None and len(counting[case]) == len(codes):
            codes = np.where(counting[case], codes, np.int8(-1))
        parts.append(codes)
    sizes = np.array([len(part) for part in parts], np.int64)
    known = np.array([bool((part >= 0).any()) for part in parts], np.bool_)
    arrays = {
        "codes": np.concatenate([*parts, np.full(1, -1, np.int8)]), "starts": np.cumsum(sizes) - sizes, "lengths": sizes,
    }  # fmt: skip
    return Packed(arrays, known, plan, tuple(_misfits(cells, column, lengths, long, fits)))


def flat(packed: Packed, rows: NDArray[np.int64]) -> tuple[Codes, NDArray[np.int64]]:
    """Codes [N] of cases `rows` end to end, and the case [N] of each, counted from 0."""
    case, within = end_to_end(packed["lengths"][rows])
    return packed["codes"][packed["starts"][rows][case] + within], case


def padded(packed: Packed, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Codes [B, L], -1 behind the end of a case."""
    at, _ = side_by_side(packed["starts"][rows], packed["lengths"][rows], len(packed["codes"]) - 1)
    return packed["codes"][at].astype(np.int64)


def _misfits(
    cells: Cells, column: str, lengths: NDArray[np.int64], long: NDArray[np.int64] | None, fits: NDArray[np.bool_]
) -> Iterator[Finding]:
    if long is None or fits.all():
        return
    wrong = np.flatnonzero(~fits)
    first = wrong[0]
    what = f"there are {lengths[first]:,} signs for {long[first]:,} letters of the sequence"
    if len(wrong) > 1:
        what = f"{len(wrong):,} cases have other numbers of signs than of letters; in the first, {what}"
    todo = "give one sign a letter; until then these cases are set aside"
    yield Finding("aside", what, todo, cells.file, tuple(cells.rows[wrong].tolist()), column, check="lengths_differ")


def _odd_masks(cells: Cells, mask: str | None, texts: Sequence[str]) -> list[Finding]:
    counting = masks(cells, mask)
    if counting is None:
        return []
    odd = _rows(cells, [len(own) != len(text) and bool(text) for own, text in zip(counting, texts, strict=True)])
    if not odd:
        return []
    what = f"{len(odd):,} masks are not as long as their signs"
    return [Finding("warning", what, "all positions of these cases count", cells.file, odd, str(mask), check="mask_length")]


def _close(cell: str) -> str:
    """Signs without blanks between them: only where there is one after every sign are blanks taken as such."""
    text = cell.strip()
    parts = text.split()
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else text


def _rows(cells: Cells, wanted: Sequence[bool]) -> tuple[int, ...]:
    return tuple(cells.rows[np.flatnonzero(np.array(wanted, np.bool_))].tolist())
