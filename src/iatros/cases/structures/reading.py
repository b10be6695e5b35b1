"""Read structures: PDB or mmCIF, plain or gzip, told by what is in them. In: a path. Out: protein chains, and findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain as chained
from pathlib import Path
from typing import Literal

from iatros.cases.sequences.streams import lines as lines_of
from iatros.cases.sequences.tally import Tally
from iatros.cases.structures import mmcif, pdb
from iatros.cases.structures.assembly import assembled
from iatros.cases.structures.atoms import Atom
from iatros.cases.structures.chains import Chain
from iatros.findings import Finding, InputError, quote

Format = Literal["pdb", "mmcif"]
PARSERS: dict[Format, Callable[[Iterator[bytes], Tally], Iterator[Atom]]] = {"pdb": pdb.parse, "mmcif": mmcif.parse}


@dataclass(frozen=True, slots=True)
class Reading:
    """The protein chains of a file, in its order. findings: in the order met; `rows` are lines of the unpacked text."""

    chains: tuple[Chain, ...]
    format: Format
    findings: tuple[Finding, ...]

    def chain(self, name: str = "") -> Chain:
        """The chain of that name; without one, the only chain. Raises InputError where there is none, or are several."""
        found = [chain for chain in self.chains if not name or chain.name == name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(chain.name or "(no name)" for chain in self.chains)
        what = f"there are {len(found)} chains" + (f" {quote(name)}" if name else "")
        raise InputError(Finding("error", what, f"name one of {names}", check="chain"))


def read(path: str | Path) -> Reading:
    """The protein chains of a PDB or mmCIF file. Raises InputError where it is neither, or holds none."""
    tally = Tally(str(path))
    blocks = lines_of(Path(path), tally)
    first = next((block for block in blocks if block.strip()), b"")
    if not first and tally.entries:
        raise InputError(tally.findings()[0])
    format_ = format_of(first, str(path))
    chains = assembled(PARSERS[format_](chained([first], blocks), tally), tally)
    if not chains:
        todo = "check that it has atoms N, CA and C of amino acids"
        raise tally.nothing_left("the file holds no protein chain", todo)
    return Reading(chains, format_, tally.findings())


def format_of(text: bytes, file: str) -> Format:
    """Which format the first block of a file is in. Raises InputError where it is none."""
    begin = text.decode("latin-1")
    if mmcif.looks_like(begin):
        return "mmcif"
    if pdb.looks_like(begin):
        return "pdb"
    what = "the file is empty" if not begin.strip() else "this is no PDB or mmCIF file"
    raise InputError(Finding("error", what, "export the structure as PDB or mmCIF", file=file, check="format"))
