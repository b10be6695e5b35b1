"""Cells of letters: what is wrong with them, and their codes end to end.

In: cells with a sequence or a text each. Out: a plan, findings, `Packed` with `signs` [N + 1] uint8 (one more than there are,
so that it never runs over cases), `starts` and `lengths` [M] int64.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.fasta import without_blanks
from iatros.cases.sequences.letters import cleaned
from iatros.cases.sequences.records import Records, ends_of
from iatros.cases.sequences.tally import Tally
from iatros.contracts import Cells, Learned
from iatros.findings import Finding
from iatros.modalities.alphabets import SIGNS, Alphabet, codes, guess
from iatros.modalities.embedding import Identity
from iatros.packed import Packed

SEEN = 2_000  # cells that tell the alphabet
LONGEST = 4_096  # positions that a network reads of letters, unless the study says otherwise
MOST_PLACED = 1_200  # letters times places up to which sequences of one length are also described place by place
LONGEST_TEXT = 512  # of a text, in pieces of words
LINE_ENDS = bytes.maketrans(b"\r\n", b"  ")  # within a cell they are blanks


class SequencePlan(Learned):
    """How sequences are read.

    alphabet; longest: positions that are read of each; even: their common length, 0 where they differ or a place means nothing
    placed: how many places the summary tells letter by letter; None in plans made before it was noted
    embedding: the pretrained model whose vectors stand in for the letters, if there is one
    """

    alphabet: Alphabet
    longest: int
    even: int = 0
    placed: int | None = None
    embedding: Identity | None = None


def written(cells: Cells, column: str) -> list[str]:
    """The cells as text without blanks around them; "" where there is none."""
    return ["" if cell is None else str(cell).strip() for cell in cells.frame[column].to_list()]


def plan_cells(texts: Sequence[str], alphabet: Alphabet | None, longest: int | None) -> SequencePlan:
    """Alphabet and lengths, from the cells as they stand."""
    filled = [text for text in texts if text]
    found = alphabet or guess(filled[:SEEN])
    if found == "text":
        return SequencePlan(alphabet=found, longest=longest or LONGEST_TEXT)
    lengths = {len(text) for text in filled}
    reach = min(max(lengths, default=1), longest or LONGEST)
    aligned = len(lengths) == 1 and found != "smiles" and all(map(str.isalpha, filled))  # gaps and stops go, and places too
    even = reach if aligned else 0
    placed = even if even * len(SIGNS[found]) <= MOST_PLACED else 0
    return SequencePlan(alphabet=found, longest=reach, even=even, placed=placed)


def check_cells(cells: Cells, column: str, plan: SequencePlan) -> list[Finding]:
    """Cells without letters, with signs that are none of the alphabet's, or longer than what is read."""
    texts = written(cells, column)
    told = partial(Finding, file=cells.file, column=column)
    if not any(texts):
        return [told("error", "no case has a sequence", "name the column with the letters, or the text", check="empty_column")]
    empty = _rows(cells, [not text for text in texts])
    found = []
    if empty:
        todo = "fill it in; until then these cases are without this input"
        found.append(told("warning", f"{_cells(len(empty))} without letters", todo, rows=empty, check="empty_sequence"))
    return found if plan.alphabet == "text" else found + _check_letters(cells, column, plan)


def _check_letters(cells: Cells, column: str, plan: SequencePlan) -> list[Finding]:
    told = partial(Finding, file=cells.file, column=column)
    clean, found = _cleaned(cells, column, plan.alphabet)
    if not len(clean):
        what = f"no cell can be read as {plan.alphabet if plan.alphabet == 'protein' else plan.alphabet.upper()}"
        found.append(told("error", what, "say what they are in `alphabet`", check="alphabet"))
    longer = tuple(clean.lines[clean.lengths > plan.longest].tolist())
    if longer:
        what = f"{_cells(len(longer))} longer than the {plan.longest:,} positions that are read"
        todo = "what is behind them is not read; set `longest` of the input"
        found.append(told("warning", what, todo, rows=longer, check="long_sequence"))
    return found


def pack_cells(cells: Cells, column: str, plan: SequencePlan) -> Packed:
    """Letters as codes, a text as its bytes in UTF-8. What cannot be read is not present."""
    if plan.alphabet == "text":
        parts = [text.encode("utf-8", "replace") for text in written(cells, column)]
        lengths = np.array([len(part) for part in parts], np.int64)
        return _packed(np.frombuffer(b"".join(parts), np.uint8), lengths, plan)
    records, _ = _cleaned(cells, column, plan.alphabet)
    lengths = np.zeros(len(cells), np.int64)
    lengths[records.numbers - 1] = records.lengths
    return _packed(codes(records.letters, plan.alphabet), lengths, plan)


def text_of(packed: Packed, row: int) -> str:
    """A packed text as it was written."""
    begin, length = int(packed["starts"][row]), int(packed["lengths"][row])
    return bytes(packed["signs"][begin : begin + length]).decode("utf-8", "replace")


def _packed(signs: NDArray[np.uint8], lengths: NDArray[np.int64], plan: SequencePlan) -> Packed:
    arrays: dict[str, NDArray[Any]] = {
        "signs": np.append(signs, np.uint8(0)),
        "starts": ends_of(lengths)[:-1],
        "lengths": lengths,
    }
    return Packed(arrays, lengths > 0, plan)


def _cleaned(cells: Cells, column: str, alphabet: Alphabet) -> tuple[Records, list[Finding]]:
    """Records of the cells that can be read, numbered by their place from 1, and what reading found."""
    texts = written(cells, column)
    parts = [text.encode("ascii", "replace").translate(LINE_ENDS) for text in texts]
    names = ("",) * len(parts)
    numbers = np.arange(1, len(parts) + 1)
    lengths = np.array([len(part) for part in parts], np.int64)
    records = Records(names, names, b"".join(parts), ends_of(lengths), cells.rows, numbers)
    records = records.chosen(lengths > 0)
    tally = Tally(cells.file)
    if alphabet == "smiles":
        return records, []
    assert alphabet != "text"
    clean = cleaned(without_blanks(records, tally), alphabet, tally)  # its lines are the rows of the user's file
    told = partial(Finding, file=cells.file, column=column)
    return clean, [
        told(
            e.severity, e.what.replace("a record", "a cell"), e.todo, rows=tuple(e.lines), count=e.count, example=e.example,
            check=check,
        )
        for (check, _), e in tally.entries.items()
    ]  # fmt: skip


def _rows(cells: Cells, wanted: Sequence[bool]) -> tuple[int, ...]:
    return tuple(cells.rows[np.flatnonzero(np.array(wanted, np.bool_))].tolist())


def _cells(count: int) -> str:
    return "1 cell is" if count == 1 else f"{count:,} cells are"
