"""Letters -> numbers, with a stated policy for every letter that a matrix may not know.

In: texts, one a sequence. Out: `Sequences`, codes end to end, with findings of what was not read as it was written.

| found | what happens |
| --- | --- |
| lower case | read as capitals (soft masking does not change a score); a note |
| U in nucleotides | read as T; a note |
| a letter the matrix lacks (U, O, J in proteins; other IUPAC codes) | read as the unknown letter, X or N; a note |
| the same where the matrix has no unknown letter | refused |
| `*` | scored if the matrix has it, refused otherwise |
| `-`, `.`, digits, blanks, line ends, control characters, letters beyond ASCII | refused: they would shift positions |
| no letters at all | refused |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iatros.align.matrices import Matrix
from iatros.findings import Finding, InputError, quote

REFUSED, OTHER = 255, 254  # codes before they are judged
COMPLEMENT = str.maketrans("ACGTURYSWKMBDHVN", "TGCAAYRSWMKVHDBN")
READING = "remove it, or read the file with `iatros.cases`"


@dataclass(frozen=True, slots=True)
class Sequences:
    """Encoded sequences, end to end.

    codes:    [N]     uint8, places in the matrix's letters
    offsets:  [M + 1] sequence i is codes[offsets[i]:offsets[i + 1]]
    letters:  the matrix's letters that codes are places in
    findings: notes on letters that were replaced; rows count from 1
    """

    codes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    letters: str
    findings: tuple[Finding, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """[M] letters of each."""
        lengths: NDArray[np.int64] = np.diff(self.offsets)
        return lengths

    def __getitem__(self, i: int) -> NDArray[np.uint8]:
        return self.codes[self.offsets[i] : self.offsets[i + 1]]


def encode(texts: Sequence[str], matrix: Matrix, source: str = "sequences") -> Sequences:
    """Texts as a matrix's letters; see the module for what is replaced and what refused.

    source: what to call them in messages ("queries", "targets"). Raises InputError that names all faulty rows of one kind.
    """
    if isinstance(texts, str):
        raise InputError(Finding("error", f"{source} are one text", "give a list, even of one sequence", source=source))
    texts = list(texts)
    if not texts:
        raise InputError(Finding("error", f"there are no {source}", "give at least one", source=source))
    _refuse([i for i, text in enumerate(texts) if not isinstance(text, str)], source, "is no text", "give letters", texts)
    _refuse([i for i, text in enumerate(texts) if not text], source, "has no letters", "leave it out", texts)
    _refuse([i for i, text in enumerate(texts) if not text.isascii()], source, "holds letters beyond ASCII", READING, texts)
    raw = np.frombuffer("".join(texts).encode("ascii"), np.uint8)
    offsets = np.concatenate(([0], np.cumsum([len(text) for text in texts]))).astype(np.int64)
    codes = _codes(matrix)[raw]
    _refuse(_rows(np.flatnonzero(codes == REFUSED), offsets), source, "holds a sign that is no letter", READING, texts)
    other = np.flatnonzero(codes == OTHER)
    if len(other) and not matrix.unknown:
        _refuse(_rows(other, offsets), source, f"holds letters that {matrix.name} does not score", "take another matrix", texts)
    notes = _notes(raw, other, offsets, matrix, source)
    codes[other] = matrix.letters.find(matrix.unknown) if matrix.unknown else 0
    return Sequences(codes, offsets, matrix.letters, notes)


def reverse_complement(text: str) -> str:
    """The other strand of nucleotides, in the same reading direction; IUPAC codes turn into their complements.

    >>> reverse_complement("AACGTN")
    'NACGTT'
    """
    turned = text.upper().translate(COMPLEMENT)[::-1]
    return turned if "U" not in text.upper() else turned.replace("T", "U")


def other_strand(sequences: Sequences, matrix: Matrix) -> Sequences:
    """The reverse complements of encoded nucleotides. Raises InputError for a matrix of other letters."""
    if not matrix.nucleotides:
        what = f"{matrix.name} does not score nucleotides, which alone have another strand"
        raise InputError(Finding("error", what, "search the given strand, or take NUC.4.4", column="strands"))
    turned = np.array([max(0, matrix.letters.find(letter.translate(COMPLEMENT))) for letter in matrix.letters], np.uint8)
    offsets = sequences.offsets[-1] - sequences.offsets[::-1]  # of the whole turned round
    backwards = turned[sequences.codes][::-1]
    order = np.arange(len(sequences))[::-1]
    parts = [backwards[offsets[i] : offsets[i + 1]] for i in order]
    return Sequences(np.concatenate(parts), sequences.offsets, sequences.letters)


def _codes(matrix: Matrix) -> NDArray[np.uint8]:
    """[256] byte -> code."""
    codes = np.full(256, REFUSED, np.uint8)
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        known = "T" if letter == "U" and matrix.nucleotides and "U" not in matrix.letters else letter
        found = matrix.letters.find(known)
        codes[ord(letter)] = codes[ord(letter.lower())] = found if found >= 0 else OTHER
    for number, sign in enumerate(matrix.letters):
        if not sign.isalpha():
            codes[ord(sign)] = number
    return codes


def _notes(
    raw: NDArray[np.uint8], other: NDArray[np.int64], offsets: NDArray[np.int64], matrix: Matrix, source: str
) -> tuple[Finding, ...]:
    """What was read otherwise than written."""
    found = []
    lower = np.flatnonzero(raw >= ord("a"))
    if len(lower):
        found.append(Finding("note", "small letters are read as capitals", "nothing, unless they mask", source=source,
                             rows=_counted(lower, offsets), count=len(lower), check="lower_case"))  # fmt: skip
    if len(other):
        letters = "".join(sorted({chr(byte).upper() for byte in np.unique(raw[other])}))
        what = f"{quote(letters)} not in {matrix.name}, read as {matrix.unknown}"
        found.append(Finding("note", what, "nothing, unless these letters matter", source=source,
                             rows=_counted(other, offsets), count=len(other), check="unknown_letters"))  # fmt: skip
    uracil = (
        np.flatnonzero((raw == ord("U")) | (raw == ord("u"))) if matrix.nucleotides and "U" not in matrix.letters else lower[:0]
    )
    if len(uracil):
        found.append(Finding("note", "U is read as T", "nothing", source=source, rows=_counted(uracil, offsets),
                             count=len(uracil), check="uracil"))  # fmt: skip
    return tuple(found)


def _rows(places: NDArray[np.int64], offsets: NDArray[np.int64]) -> list[int]:
    """Which sequences hold these letters, from 0."""
    return np.unique(np.searchsorted(offsets, places, side="right") - 1).tolist() if len(places) else []


def _counted(places: NDArray[np.int64], offsets: NDArray[np.int64]) -> tuple[int, ...]:
    """The same from 1."""
    return tuple(row + 1 for row in _rows(places, offsets))


def _refuse(rows: Sequence[int], source: str, what: str, todo: str, texts: Sequence[str]) -> None:
    """Raise InputError if there are such rows. A sequence is no identifier: its beginning is shown."""
    if rows:
        shown = quote(texts[rows[0]], 20)
        found = Finding("error", f"a sequence {what}: {shown}", todo, file=source, rows=tuple(row + 1 for row in rows))
        raise InputError(found)
