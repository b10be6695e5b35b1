"""Cells that name files of protein structures: read, laid along the sequence, packed end to end.

In: cells with paths of PDB or mmCIF files. Out: findings; `Packed` with `places` [N + 1, 9] (N, CA, C, angstrom) and `torsions`
[N + 1, 3] (phi, psi, omega, radians) float32, NaN where not known and in the last row; `starts`, `lengths` [M] int64.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from iatros.cases import structures
from iatros.cases.pictures import PictureError, locate
from iatros.cases.structures import Chain
from iatros.contracts import Cells, Learned
from iatros.findings import Finding, InputError, Severity
from iatros.metrics.geometry import torsions
from iatros.packed import Packed, side_by_side, slices

LEAST_ALIKE = 0.9  # share of a structure's residues that must be the letters that the sequence has there
FEWEST = 3  # residues with coordinates that make a structure
Floats = NDArray[np.float32]


@dataclass
class Told:
    """What was met in many files, each kind of it once."""

    cells: Cells
    column: str
    rows: dict[tuple[Severity, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def note(self, severity: Severity, what: str, todo: str, check: str, at: int) -> None:
        """Of the case at position `at`."""
        self.rows[severity, what, todo, check].append(int(self.cells.rows[at]))

    def findings(self) -> Iterator[Finding]:
        """One for each kind, with all its rows."""
        for (severity, what, todo, check), rows in self.rows.items():
            many = f"{len(rows):,} structure{'' if len(rows) == 1 else 's'}: {what}"
            yield Finding(severity, many, todo, self.cells.file, tuple(rows), self.column, check=check)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the cells say what. chain: the chain's name, or None; letters: the sequence that was predicted from, or None."""

    path: str
    chain: str | None
    letters: str | None


def packed(cells: Cells, columns: Columns, plan: Learned, long: NDArray[np.int64] | None) -> Packed:
    """All structures. long: [M] letters of the sequence; what cannot be read or does not fit is set aside."""
    told, parts = Told(cells, columns.path), []
    for at in range(len(cells)):
        chain = _read(cells, columns, at, told)
        laid = None if chain is None else _laid(chain, cells, columns, at, told)
        if laid is not None and long is not None and len(laid) != long[at] and long[at]:
            what = "it has other residues than the sequence has letters"
            told.note("aside", what, "name the column with the sequence in `letters`", "lengths_differ", at)
            laid = None
        parts.append(np.zeros((0, 12), np.float32) if laid is None else laid)
    sizes = np.array([len(part) for part in parts], np.int64)
    whole = np.concatenate([*parts, np.full((1, 12), np.nan, np.float32)])
    arrays = {"places": whole[:, :9], "torsions": whole[:, 9:], "starts": np.cumsum(sizes) - sizes, "lengths": sizes}
    return Packed(arrays, sizes > 0, plan, tuple(told.findings()))


def padded(packed: Packed, name: str, rows: NDArray[np.int64]) -> Floats:
    """[B, L, ...] of an array of residues, NaN behind the end of a case."""
    at, _ = side_by_side(packed["starts"][rows], packed["lengths"][rows], len(packed[name]) - 1)
    return np.asarray(packed[name][at])


def each(packed: Packed, rows: NDArray[np.int64]) -> Iterator[Floats]:
    """Coordinates [L, 3, 3] of each case; none of one without truth."""
    return (np.asarray(places).reshape(-1, 3, 3) for places in slices(packed, "places", rows))


def _text(cells: Cells, column: str | None, at: int) -> str:
    cell = None if column is None else cells.frame[column][at]
    return "" if cell is None else str(cell).strip()


def _read(cells: Cells, columns: Columns, at: int, told: Told) -> Chain | None:
    """The chain of one case; None where there is none, which is noted."""
    path = _text(cells, columns.path, at)
    if not path:
        return None
    try:
        found = structures.read(locate(path, cells.folder))
        chain = found.chain(_text(cells, columns.chain, at))
    except (PictureError, InputError) as wrong:
        fault, todo = (wrong.fault, wrong.todo) if isinstance(wrong, PictureError) else (wrong.finding.what, wrong.finding.todo)
        told.note("aside", fault, todo, "structure", at)
        return None
    for finding in found.findings:
        if finding.severity in ("error", "aside", "warning"):
            kind = finding.what.partition(": ")[2] or finding.what
            told.note("warning", kind.partition(" (")[0], finding.todo, finding.check, at)
    return chain


def _laid(chain: Chain, cells: Cells, columns: Columns, at: int, told: Told) -> Floats | None:
    """[L, 12] coordinates and torsions of each letter of the sequence; of the chain's own residues where none is given."""
    if chain.known.sum() < FEWEST:
        told.note("aside", f"fewer than {FEWEST} residues have coordinates", "take a file with the backbone", "structure", at)
        return None
    own = np.concatenate([chain.coordinates.reshape(-1, 9), torsions(chain.coordinates, chain.breaks)], axis=1)
    letters = "".join(sign if sign in ascii_uppercase else "X" for sign in _text(cells, columns.letters, at).upper())
    if not letters or letters == chain.letters:
        return own.astype(np.float32)
    here, there = paired_residues(letters, chain.letters)
    alike = sum(letters[i] == chain.letters[j] for i, j in zip(here, there, strict=True))
    if alike < LEAST_ALIKE * len(chain):
        what = f"fewer than {LEAST_ALIKE:.0%} of its residues are letters of the sequence"
        told.note("aside", what, "name the right file and chain", "other_protein", at)
        return None
    laid = np.full((len(letters), 12), np.nan, np.float32)
    laid[here] = own[there]
    return laid


def paired_residues(letters: str, resolved: str) -> tuple[Sequence[int], Sequence[int]]:
    """Which letter of a sequence each resolved residue is, in order; a sequence with gaps where nothing was resolved."""
    begin = letters.find(resolved)
    if begin >= 0 and letters.find(resolved, begin + 1) < 0:
        return range(begin, begin + len(resolved)), range(len(resolved))
    from iatros.align import Free, Gaps, Scoring, align_pairs, match

    same = match(5, -4, ascii_uppercase, "X")
    scoring = Scoring(same, Gaps(10, 1), "semiglobal", Free(query_begin=True, query_end=True))
    found = align_pairs([letters], [resolved], np.zeros((1, 2), np.int64), scoring)
    here, there = found.paired(0)
    return here.tolist(), there.tolist()
