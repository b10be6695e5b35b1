"""Substitution matrices: what a pair of letters scores.

In: a name, a file in NCBI's text format, or a match and a mismatch. Out: `Matrix`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iatros.findings import Finding, InputError, quote

LARGEST = 1_000  # a score; what all the kernels' bounds are reckoned from
LETTERS = 31  # that fit a register's look-up, beside padding
NAMED = ("BLOSUM45", "BLOSUM50", "BLOSUM62", "BLOSUM80", "BLOSUM90", "PAM30", "PAM70", "PAM100", "PAM120", "PAM250", "NUC.4.4")
AMBIGUOUS = "ACGTRYSWKMBDHVN"  # IUPAC's letters for nucleotides, without U


@dataclass(frozen=True, eq=False)
class Matrix:
    """Scores of pairs of letters.

    letters: K different capitals and signs, in the order of rows and columns
    scores:  [K, K] int16, the query's letter down, the target's across
    unknown: the letter that stands for any other ("X" of proteins, "N" of nucleotides), or "" if such letters are refused
    """

    name: str
    letters: str
    scores: NDArray[np.int16]
    unknown: str

    def score(self, query: str, target: str) -> int:
        """Of one pair of letters."""
        return int(self.scores[self.letters.index(query), self.letters.index(target)])

    @property
    def largest(self) -> int:
        """The best score of a pair."""
        return int(self.scores.max())

    @property
    def smallest(self) -> int:
        """The worst."""
        return int(self.scores.min())

    @property
    def nucleotides(self) -> bool:
        """Whether the letters are nucleotides', whose other strand can be read."""
        return set(self.letters) <= set(AMBIGUOUS + "U") and set("ACG") <= set(self.letters)


def named(name: str) -> Matrix:
    """One of NAMED, as NCBI distributes it: `named("BLOSUM62")`. Raises InputError for other names."""
    if name.upper() not in NAMED:
        raise InputError(Finding("error", f"there is no matrix {quote(name)}", f"take one of {', '.join(NAMED)}, or a file"))
    text = resources.files("iatros.align").joinpath(f"tables/{name.upper()}").read_text("ascii")
    return parse(text, name.upper())


def read(path: str | Path) -> Matrix:
    """A matrix from a file in NCBI's format: `#` comments, a line of letters, then a letter and its scores on each line."""
    try:
        text = Path(path).read_text("ascii")
    except UnicodeDecodeError as broken:
        raise _fault(str(path), 0, "holds bytes that are no ASCII", "write the matrix in NCBI's text format") from broken
    except OSError as missing:
        raise _fault(str(path), 0, f"cannot be read ({missing.strerror})", "check the path") from missing
    return parse(text, Path(path).stem, str(path))


def match(reward: int, penalty: int, letters: str = "ACGTN", unknown: str = "N") -> Matrix:
    """`reward` for equal letters, `penalty` (negative) for others; the unknown letter scores 0 with all.

    >>> match(2, -3).score("A", "C")
    -3
    """
    scores = np.where(np.eye(len(letters), dtype=np.bool_), reward, penalty)
    if unknown:
        at = letters.index(unknown)
        scores[at, :] = scores[:, at] = min(0, reward)
    return made(f"{reward}/{penalty}", letters, scores, unknown)


def parse(text: str, name: str = "matrix", file: str = "") -> Matrix:
    """A matrix from NCBI's text. Raises InputError with the line at fault."""
    lines = list(_lines(text))
    if not lines:
        raise _fault(file, 0, "holds no matrix", "write a line of letters, then one line a letter")
    header, *rows = lines
    letters = [word.upper() for word in header[1]]
    for number, words in rows:
        if len(words) != len(letters) + 1:
            raise _fault(
                file, number, f"has {len(words) - 1} scores for {len(letters)} letters", "write one score for each letter"
            )
    order = [words[0].upper() for _, words in rows]
    if order != letters or len(set(letters)) < len(letters) or any(len(letter) != 1 for letter in letters):
        raise _fault(file, header[0], "names other letters across than down, or one twice", "write the same single letters")
    scores = [[_score(file, number, word) for word in words[1:]] for number, words in rows]
    return made(name, "".join(letters), np.array(scores), next((letter for letter in "XN" if letter in letters), ""), file)


def made(name: str, letters: str, scores: NDArray[np.generic], unknown: str, file: str = "") -> Matrix:
    """A matrix of one's own. scores: [K, K] whole numbers. Raises InputError if the kernels cannot work with it."""
    values = np.asarray(scores)
    whole = np.issubdtype(values.dtype, np.integer) or bool(np.all(np.isfinite(values)) and np.all(values == np.rint(values)))
    if values.shape != (len(letters), len(letters)) or len(set(letters)) != len(letters) or not letters:
        raise _fault(file, 0, f"has scores of shape {values.shape} for {len(letters)} letters", "give one for each pair")
    if not whole or np.abs(values).max() > LARGEST:
        raise _fault(file, 0, "has scores that are not whole numbers up to 1,000", "scale and round them")
    if len(letters) > LETTERS:
        raise _fault(file, 0, f"has {len(letters)} letters", f"keep to {LETTERS}")
    frozen = values.astype(np.int16)
    frozen.setflags(write=False)
    return Matrix(name, letters.upper(), frozen, unknown)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered lines with something on them, in words."""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            yield number, words


def _score(file: str, line: int, word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise _fault(file, line, f"holds {quote(word)}, no whole number", "write whole numbers") from None


def _fault(file: str, line: int, what: str, todo: str) -> InputError:
    return InputError(Finding("error", f"the matrix {what}", todo, file=file or "matrix", rows=(line,) if line else ()))
