"""What sequences are written in: which signs there are, and the number of each.

In: letters as bytes. Out: codes, 0 where a letter stands for none or several of the alphabet (N, X, B, Z, J).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences import letters

Alphabet = Literal["dna", "rna", "protein", "smiles", "text"]

PRINTABLE = bytes(range(33, 127))
SIGNS: dict[Alphabet, bytes] = {
    "dna": b"ACGT",
    "rna": b"ACGU",
    "protein": b"ACDEFGHIKLMNPQRSTVWYUO",
    "smiles": PRINTABLE,
}
COMMON = 20  # letters of an alphabet that are not rare; U and O stand in a handful of proteins
COMPLEMENT = np.array([0, 4, 3, 2, 1])  # of the codes of A, C, G, T (or U); 0 stays unknown
SMILES_ONLY = b"()[]=#@+-\\/123456789"
SMILES_SHARE = 0.05  # of the signs, from which letters without blanks are molecules
WORDS = 0.05  # share of blanks from which cells are text


def guess(cells: Sequence[str]) -> Alphabet:
    """The alphabet of some cells: text where words stand apart, molecules where brackets and bonds are, else by the letters."""
    sample = "\n".join(cells)[: letters.SAMPLED].encode("utf-8", "replace")
    signs = max(1, len(sample.replace(b"\n", b"")))
    if sample.count(b" ") > WORDS * signs:
        return "text"
    if len(sample) - len(sample.translate(None, SMILES_ONLY)) > SMILES_SHARE * signs:
        return "smiles"
    return letters.guess(sample.replace(b"\n", b""))


def codes(written: bytes, alphabet: Alphabet) -> NDArray[np.uint8]:
    """[N] the number of each letter, from 1; 0 for any that is no letter of the alphabet."""
    table = np.zeros(256, np.uint8)
    table[list(SIGNS[alphabet])] = np.arange(1, len(SIGNS[alphabet]) + 1)
    return table[np.frombuffer(written, np.uint8)]


def spelled(numbers: NDArray[np.integer], alphabet: Alphabet) -> str:
    """Codes as letters again; 0 is N, X or ?."""
    unknown = letters.UNKNOWN.get(alphabet, b"?")
    letter: NDArray[np.uint8] = np.frombuffer(unknown + SIGNS[alphabet], np.uint8)[numbers]
    return letter.tobytes().decode("ascii")
