"""Read sequences: streamed in lots of bounded memory, or whole. In: a path. Out: clean `Records`, and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

from iatros.cases.sequences import fasta, fastq, genbank
from iatros.cases.sequences.copies import Seen
from iatros.cases.sequences.letters import DEFAULT, Alphabet, Policy, cleaned, guess
from iatros.cases.sequences.records import Records, joined
from iatros.cases.sequences.streams import lines as lines_of
from iatros.cases.sequences.tally import Tally
from iatros.findings import Finding, InputError

Format = Literal["fasta", "fastq", "genbank"]
PARSERS: dict[Format, Callable[[Iterator[bytes], Tally], Iterator[Records]]] = {
    "fasta": fasta.parse,
    "fastq": fastq.parse,
    "genbank": genbank.parse,
}
MOST_LETTERS = 4 * 2**30  # that `read` holds at once


@dataclass(frozen=True, slots=True)
class Reading:
    """All records of a file. findings: in the order in which they were met; `rows` are lines of the unpacked text.

    count: records that the file holds, those that were set aside among them
    """

    records: Records
    alphabet: Alphabet
    findings: tuple[Finding, ...]
    count: int


class Stream:
    """Lots of clean records of one file, to be iterated once; `findings` tells what was met so far.

    Copies are looked for among all records when `copies` is asked for, at 40 bytes of memory a record; a copy that is set
    aside by `read` has been handed out by then, and is only noted. Raises InputError where the file holds no sequences.
    """

    def __init__(
        self,
        path: str | Path,
        alphabet: Alphabet | Literal["auto"] = "auto",
        policy: Policy = DEFAULT,
        *,
        copies: bool = False,
    ) -> None:
        self.path = Path(path)
        self.tally = Tally(str(path))
        self.policy = policy
        self.count = 0  # records met so far, those that were set aside among them
        blocks = lines_of(self.path, self.tally)
        first = next((block for block in blocks if block.strip()), b"")
        if not first and self.findings:
            raise InputError(self.findings[0])
        self.format: Format = format_of(first, str(path))
        lots = PARSERS[self.format](chain([first], blocks), self.tally)
        begun: list[Records] = []
        for lot in lots:
            begun.append(lot)
            if lot.letters:
                break
        letters = begun[-1].letters if begun else b""
        self.alphabet: Alphabet = guess(letters) if alphabet == "auto" else alphabet
        _refuse_proteins(letters, self.alphabet, str(path))
        self.seen = Seen(self.alphabet) if copies else None
        self._lots = chain(begun, lots)

    def __iter__(self) -> Iterator[Records]:
        for lot in self._lots:
            self.count = max(self.count, int(lot.numbers.max(initial=0)))
            clean = cleaned(lot, self.alphabet, self.tally, self.policy)
            if self.seen is not None:
                self.seen.add(clean)
            if len(clean):
                yield clean
        if self.seen is not None:
            self.seen.tell(self.tally)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was met so far."""
        return self.tally.findings()


def stream(
    path: str | Path, alphabet: Alphabet | Literal["auto"] = "auto", policy: Policy = DEFAULT, *, copies: bool = False
) -> Stream:
    """The records of a FASTA, FASTQ or GenBank file, plain, gzip or bgzip, in lots; see `Stream`."""
    return Stream(path, alphabet, policy, copies=copies)


def read(path: str | Path, alphabet: Alphabet | Literal["auto"] = "auto", policy: Policy = DEFAULT) -> Reading:
    """All records of a file at once. Copies of whole records are set aside, other copies noted.

    Raises InputError where there are no sequences, nothing is left of them, or more than MOST_LETTERS.
    """
    source = stream(path, alphabet, policy)
    seen, lots, size = Seen(source.alphabet), [], 0
    for lot in source:
        lots.append(lot)
        seen.add(lot)
        size += len(lot.letters)
        if size > MOST_LETTERS:
            what = f"the file holds over {MOST_LETTERS // 2**30} GB of letters"
            raise InputError(Finding("error", what, "read it in lots, with `stream`", file=str(path), check="size"))
    kept = seen.tell(source.tally)
    if not lots:
        raise source.tally.nothing_left("no sequence is left to read", "check the file")
    return Reading(joined(lots).chosen(kept), source.alphabet, source.findings, source.count)


def format_of(text: bytes, file: str) -> Format:
    """Which format the first block of a file is in. Raises InputError where it is none."""
    begin = text.lstrip()
    if begin.startswith((b">", b";")) or (b"\n>" in text and not begin.startswith((b"@", b"LOCUS"))):
        return "fasta"
    if begin.startswith(b"@") and b"\n+" in text:
        return "fastq"
    if begin.startswith(b"LOCUS") or b"\nLOCUS " in text:
        return "genbank"
    what = "the file is empty" if not begin else "this is no FASTA, FASTQ or GenBank file"
    raise InputError(Finding("error", what, "write FASTA: a line of > and a name, then letters", file=file, check="format"))


def _refuse_proteins(letters: bytes, alphabet: Alphabet, file: str) -> None:
    """Proteins declared as nucleotides are refused whole: every record would be set aside."""
    if alphabet in ("dna", "rna") and letters and guess(letters) == "protein":
        what = f"the file is declared {alphabet.upper()}, but its letters are a protein's"
        raise InputError(Finding("error", what, "declare it protein", file=file, check="alphabet"))
