"""Which records of a file are copies: of one name, of one sequence, of the other strand. In: lots of records. Out: notes.

What is kept are 40 bytes a record: its line and number, and three hashes of 64 bits, of which two agree by chance in
every third file of five billion records.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.letters import Alphabet, reverse_complements
from iatros.cases.sequences.records import Records
from iatros.cases.sequences.tally import Tally, Told

Integers = NDArray[np.int64]
NAMES: Told = (
    "warning", "a name stands on several records with other letters; by name the first is found", "rename them")  # fmt: skip
RECORDS: Told = ("aside", "a record is given again, name and letters", "nothing; the first is kept")
SEQUENCES: Told = (
    "warning", "a sequence is given again under another name", "keep one, or keep both in one fold")  # fmt: skip
STRANDS: Told = (
    "warning", "a sequence is the reverse complement of an earlier one", "keep one, or keep both in one fold")  # fmt: skip


class Seen:
    """Hashes of the records met so far."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.nucleotides = alphabet in ("dna", "rna")
        self.parts: list[Integers] = []

    def add(self, records: Records) -> None:
        """Remember a lot: [5, M] name, sequence, other strand, line, number."""
        given = np.fromiter(map(hash, records.slices()), np.int64, len(records))
        turned = given
        if self.nucleotides:
            turned = np.fromiter(map(hash, reverse_complements(records)), np.int64, len(records))
        names = np.fromiter(map(hash, records.names), np.int64, len(records))
        self.parts.append(np.stack([names, given, turned, records.lines, records.numbers]))

    def tell(self, tally: Tally) -> NDArray[np.bool_]:
        """Note all copies. Returns which records are not given again whole, in the order they were added: [M]."""
        if not self.parts:
            return np.zeros(0, np.bool_)
        names, given, turned, lines, numbers = np.concatenate(self.parts, axis=1)
        whole = again(np.stack([names, given]))
        by_name = again(names[None]) & ~whole
        by_sequence = again(given[None]) & ~whole
        pair = np.stack([np.minimum(given, turned), np.maximum(given, turned)])
        by_strand = again(pair) & ~again(given[None])
        for rows, check, told in (
            (whole, "duplicate_record", RECORDS),
            (by_name, "duplicate_name", NAMES),
            (by_sequence, "duplicate_sequence", SEQUENCES),
            (by_strand, "reverse_complement", STRANDS),
        ):
            places = np.flatnonzero(rows)
            if len(places):
                tally.note(check, told, lines[places].tolist(), record=int(numbers[places[0]]))
        kept: NDArray[np.bool_] = ~whole
        return kept


def again(keys: Integers) -> NDArray[np.bool_]:
    """[M] whether a column of keys [K, M] stood there before."""
    order = np.lexsort(keys)  # stable: of equal ones the first comes first
    found = np.zeros(keys.shape[1], np.bool_)
    found[order[1:]] = np.all(keys[:, order[1:]] == keys[:, order[:-1]], axis=0)
    return found
