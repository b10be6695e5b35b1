"""Random access to FASTA, plain or bgzip, by samtools' indices: .fai for lines, .gzi for blocks.

In: a path. Out: `Indexed`, which fetches any part of any record without reading the rest.
An index that lies beside the file is used unless it is stale: older than the file, or at odds with what stands where it points.
A missing or stale one is written anew, beside the file or, where that cannot be, in the cache. Source: samtools' faidx(5).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.bgzip import Blocks, PlainReader, Reader, find_blocks, from_gzi, to_gzi
from iatros.cases.sequences.chunks import Chunk, chunks
from iatros.cases.sequences.fasta import LONGEST_HEADER, begin_of_last
from iatros.cases.sequences.streams import BOM, HEAD, Packing, blocks, packing, whole_lines
from iatros.cases.sequences.tally import Tally, Told
from iatros.findings import Finding, InputError, quote
from iatros.packed import cache_folder
from iatros.runs import write_atomically

LONGEST = 2**31  # bytes of a record that is indexed; as much memory is needed for a while
Integers = NDArray[np.int64]
RAGGED: Told = ("aside", "the lines of a record differ in length, so it has no place in the index", "wrap it evenly")
TWICE: Told = ("warning", "a name stands on several records; the first is indexed", "rename them")


@dataclass(frozen=True, slots=True)
class Fai:
    """An index's columns, M records: names, letters, where the first letter stands, letters and bytes a line."""

    names: tuple[str, ...]
    lengths: Integers
    offsets: Integers
    bases: Integers
    widths: Integers


class Indexed:
    """A FASTA file opened at any place. findings: of making or renewing the index."""

    def __init__(self, path: Path, fai: Fai, reader: Reader | PlainReader, findings: tuple[Finding, ...]) -> None:
        self.path, self.fai, self.reader, self.findings = path, fai, reader, findings
        self.rows: dict[str, int] = {}
        for i, name in enumerate(fai.names):
            self.rows.setdefault(name, i)
        self.proven: set[int] = set()

    @property
    def lengths(self) -> dict[str, int]:
        """Letters of each record."""
        return {name: int(self.fai.lengths[i]) for name, i in self.rows.items()}

    def fetch(self, name: str, begin: int = 0, end: int | None = None) -> str:
        """Letters begin to end (from 0, the end not included) as they are written.

        Raises InputError for an unknown name and a stale index, ValueError for places outside the record.
        """
        if name not in self.rows:
            raise InputError(Finding("error", f"there is no record {quote(name)}", "look at the names", file=str(self.path)))
        i = self.rows[name]
        last = int(self.fai.lengths[i]) if end is None else end
        if not 0 <= begin <= last <= self.fai.lengths[i]:
            raise ValueError(f"{begin} to {last} is no part of {int(self.fai.lengths[i])} letters")
        if i not in self.proven and not agrees(self.fai, i, self.reader):
            raise _stale(self.path)
        self.proven.add(i)
        if begin == last:
            return ""
        first = _place(self.fai, i, begin)
        raw = self.reader.read(first, _place(self.fai, i, last - 1) + 1 - first)
        letters = raw.translate(None, b"\r\n")
        if len(letters) != last - begin or any(sign in letters for sign in (b">", b" ", b"\t")) or not letters.isascii():
            raise _stale(self.path)
        return letters.decode("ascii")


def index(path: str | Path) -> Indexed:
    """Open a FASTA file at any place. Raises InputError for plain gzip, which has none but its beginning, and other formats."""
    path = Path(path)
    tally = Tally(str(path))
    how = _packing(path)
    reader: Reader | PlainReader = PlainReader(path) if how == "plain" else Reader(path, _blocks(path))
    for place in _places(path, ".fai"):
        fai = _read_fai(place)
        if fai is not None and place.stat().st_mtime_ns >= path.stat().st_mtime_ns and _sound(fai, reader):
            return Indexed(path, fai, reader, ())
        if place.exists():
            tally.note("stale_index", ("note", f"the index {place.name} was stale and is written anew", "nothing"))
    fai = build(path, tally)
    _keep(path, ".fai", to_text(fai).encode())
    return Indexed(path, fai, reader, tally.findings())


def build(path: Path, tally: Tally) -> Fai:
    """Read a file once and tell where its records lie. Raises InputError where there are none."""
    parts: list[Fai] = []
    at = 0
    for chunk in chunks(whole_lines(blocks(path, tally)), begin_of_last, tally, LONGEST):
        parts.append(_indexed(chunk, at, tally))
        at += len(chunk.text)
    names = tuple(name for part in parts for name in part.names)
    if not names:
        raise InputError(Finding("error", "there is no FASTA record to index", "give a FASTA file", file=str(path)))
    if len(set(names)) < len(names):
        tally.note("duplicate_name", TWICE)
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("lengths", "offsets", "bases", "widths")]
    return Fai(names, *columns)


def to_text(fai: Fai) -> str:
    """As .fai has it."""
    columns = (fai.names, *(column.tolist() for column in (fai.lengths, fai.offsets, fai.bases, fai.widths)))
    return "".join("\t".join(map(str, row)) + "\n" for row in zip(*columns, strict=True))


def agrees(fai: Fai, i: int, reader: Reader | PlainReader) -> bool:
    """Whether the header of record i stands right before the place where the index puts its letters."""
    offset = int(fai.offsets[i])
    begin = max(0, offset - LONGEST_HEADER)
    before = reader.read(begin, offset - begin)
    header = before.rstrip(b"\r\n").rpartition(b"\n")[2].removeprefix(BOM)
    words = header[1:].split(None, 1)
    named = words[0].decode("utf-8", "replace") if words else ""
    return before.endswith(b"\n") and header.startswith(b">") and named == fai.names[i]


def _indexed(chunk: Chunk, at: int, tally: Tally) -> Fai:
    """The records of a chunk whose text begins at byte `at`."""
    skipped = _preamble(chunk.text)
    text = chunk.text[skipped:]
    text += b"" if text.endswith(b"\n") else b"\n"
    line = chunk.line + chunk.text[:skipped].count(b"\n")
    bytes_ = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(bytes_ == ord("\n"))
    begins = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    heads = np.flatnonzero(bytes_[begins] == ord(">"))
    if not len(heads):
        return Fai((), heads, heads, heads, heads)
    returns = (ends > begins) & (bytes_[np.maximum(ends, 1) - 1] == ord("\r"))
    letters, widths = ends - begins - returns, ends - begins + 1
    record = np.cumsum(np.isin(np.arange(len(ends)), heads, assume_unique=True)) - 1
    body = np.setdiff1d(np.flatnonzero(letters), heads, assume_unique=True)
    last = heads.copy()
    np.maximum.at(last, record[body], body)
    first = np.minimum(heads + 1, len(ends) - 1)
    full = np.flatnonzero((np.arange(len(ends)) > heads[record]) & (np.arange(len(ends)) < last[record]))
    uneven = (letters[full] != letters[first][record[full]]) | (widths[full] != widths[first][record[full]])
    whole = last > heads
    whole[record[full[uneven]]] = False
    whole &= letters[last] <= letters[first]
    ragged = np.flatnonzero((last > heads) & ~whole)
    if len(ragged):
        tally.note("ragged_lines", RAGGED, (heads[ragged] + line).tolist())
    names = [_name(text[begins[h] + 1 : ends[h]]) for h in heads[whole].tolist()]
    bases, per_line = letters[first][whole], widths[first][whole]
    lengths = (last - heads - 1)[whole] * bases + letters[last][whole]
    return Fai(tuple(names), lengths, ends[heads][whole] + 1 + at + skipped, bases, per_line)


def _preamble(text: bytes) -> int:
    """Bytes before the first record."""
    if text.startswith(b">"):
        return 0
    return len(BOM) if text.startswith(BOM + b">") else text.find(b"\n>") + 1 or len(text)


def _name(header: bytes) -> str:
    words = header.split(None, 1)
    return words[0].decode("utf-8", "replace") if words else ""


def _place(fai: Fai, i: int, letter: int) -> int:
    """The byte at which a letter of record i stands."""
    line, column = divmod(letter, int(fai.bases[i]))
    return int(fai.offsets[i]) + line * int(fai.widths[i]) + column


def _sound(fai: Fai, reader: Reader | PlainReader) -> bool:
    """Whether first and last record stand where the index says, and nothing but line ends behind them."""
    last = len(fai.names) - 1
    if not (agrees(fai, 0, reader) and agrees(fai, last, reader)):
        return False
    behind = reader.read(_place(fai, last, int(fai.lengths[last]) - 1) + 1, HEAD)
    letter = reader.read(_place(fai, last, int(fai.lengths[last]) - 1), 1)
    return len(letter) == 1 and not letter.isspace() and behind[:1] in (b"", b"\r", b"\n") and not behind.strip()


def _read_fai(place: Path) -> Fai | None:
    try:
        rows = [line.split("\t") for line in place.read_text("utf-8").split("\n") if line]
        columns = np.array([[int(cell) for cell in row[1:5]] for row in rows], np.int64).reshape(len(rows), 4).T
    except (OSError, ValueError):
        return None
    if not rows or (columns[[0, 2, 3]] < 1).any() or (columns < 0).any():
        return None
    return Fai(tuple(row[0] for row in rows), *columns)


def _blocks(path: Path) -> Blocks:
    """The index of blocks, read or made."""
    for place in _places(path, ".gzi"):
        if place.is_file() and place.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            found = from_gzi(place.read_bytes(), path.stat().st_size)
            if found is not None:
                return found
    made = find_blocks(path)
    _keep(path, ".gzi", to_gzi(made))
    return made


def _packing(path: Path) -> Packing:
    try:
        with path.open("rb") as opened:
            how = packing(opened.read(HEAD), str(path))
    except OSError as wrong:
        raise InputError(Finding("error", f"it cannot be read ({wrong.strerror})", "check the path", file=str(path))) from wrong
    if how == "gzip":
        what = "plain gzip can only be read from its beginning"
        raise InputError(Finding("error", what, "unpack it, or pack it with bgzip", file=str(path), check="packing"))
    return how


def _places(path: Path, suffix: str) -> tuple[Path, Path]:
    """Where an index may lie: beside the file, or in the cache."""
    address = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    return path.with_name(path.name + suffix), cache_folder() / "sequences" / f"{address}{suffix}"


def _keep(path: Path, suffix: str, content: bytes) -> None:
    """Write an index where one may write; without it, the next opening is slower, and nothing else."""
    for place in _places(path, suffix):
        try:
            write_atomically(place, lambda draft: draft.write_bytes(content))
        except OSError:
            continue
        return


def _stale(path: Path) -> InputError:
    what = "the file has changed since its index was made"
    return InputError(Finding("error", what, "open it again", file=str(path), check="stale_index"))
