"""Write structures: PDB or mmCIF, with the confidence in the B-factor column. In: chains. Out: a whole file.

Residues without any known atom are left out: neither format has a line for them among the atoms.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from iatros.cases.structures.chains import BACKBONE, Chain
from iatros.cases.structures.names import name_of
from iatros.cases.structures.reading import Format
from iatros.runs import write_atomically

SUFFIXES: dict[str, Format] = {".pdb": "pdb", ".ent": "pdb", ".cif": "mmcif", ".mmcif": "mmcif"}
COLUMNS = (
    "group_PDB", "id", "type_symbol", "label_atom_id", "label_alt_id", "label_comp_id", "label_asym_id", "label_entity_id",
    "label_seq_id", "pdbx_PDB_ins_code", "Cartn_x", "Cartn_y", "Cartn_z", "occupancy", "B_iso_or_equiv", "auth_seq_id",
    "auth_asym_id", "pdbx_PDB_model_num",
)  # fmt: skip
MOST_SERIAL, NUMBERS, PLACES, FACTORS = (
    99_999,
    (-999, 9999),
    (-999.9994, 9999.9994),
    (-99.994, 999.994),
)  # what PDB has room for


@dataclass(frozen=True, slots=True)
class Line:
    """One atom to be written. entity: the chain's number, and at: the residue's in it, both from 1; b: the confidence."""

    chain: Chain
    entity: int
    at: int
    atom: str
    place: tuple[float, float, float]
    b: float


def write(path: str | Path, chains: Chain | Sequence[Chain]) -> None:
    """Chains to a file, whose format its name tells: .pdb, .ent, .cif, .mmcif, each with .gz behind to pack it.

    An old file of the name is replaced. Raises ValueError for other names, and for what PDB's columns cannot hold.
    """
    place = Path(path)
    packed = place.suffix == ".gz"
    suffix = place.with_suffix("").suffix if packed else place.suffix
    if suffix not in SUFFIXES:
        raise ValueError(f"{place.name} ends in none of {', '.join(SUFFIXES)}")
    text = written([chains] if isinstance(chains, Chain) else chains, SUFFIXES[suffix]).encode("ascii")
    write_atomically(place, lambda draft: draft.write_bytes(gzip.compress(text, mtime=0) if packed else text))


def written(chains: Sequence[Chain], format_: Format) -> str:
    """The text of such a file. Raises ValueError as `write` does."""
    lines = _pdb(chains) if format_ == "pdb" else _mmcif(chains)
    return "\n".join([*lines, ""])


def _atoms(chains: Sequence[Chain]) -> Iterator[Line]:
    for entity, chain in enumerate(chains, 1):
        trust = np.nan_to_num(chain.confidence).tolist()
        for i, atoms in enumerate(chain.coordinates.tolist()):
            for name, (x, y, z) in zip(BACKBONE, atoms, strict=True):
                if x == x:  # NaN where the atom is missing
                    yield Line(chain, entity, i + 1, name, (x, y, z), trust[i])


def _pdb(chains: Sequence[Chain]) -> Iterator[str]:
    serial = 0
    for chain in chains:
        for line in _atoms([chain]):
            serial += 1
            yield _pdb_line(line, serial)
        yield "TER"
    yield "END"


def _pdb_line(line: Line, serial: int) -> str:
    chain, i = line.chain, line.at - 1
    number, insertion = int(chain.numbers[i]), chain.insertions[i]
    fits = (
        len(chain.name) <= 1 and len(insertion) <= 1 and (chain.name + insertion).isascii() and serial <= MOST_SERIAL
        and NUMBERS[0] <= number <= NUMBERS[1] and FACTORS[0] <= line.b <= FACTORS[1]
        and all(PLACES[0] <= value <= PLACES[1] for value in line.place)
    )  # fmt: skip
    if not fits:
        raise ValueError(f"chain {chain.name!r}, residue {number}{insertion}: PDB has no room for it; write mmCIF")
    x, y, z = line.place
    residue = name_of(chain.letters[i])
    return (
        f"ATOM  {serial:5d}  {line.atom:<3s} {residue:>3s} {chain.name or ' '}{number:4d}{insertion or ' '}   "
        f"{x:8.3f}{y:8.3f}{z:8.3f}  1.00{line.b:6.2f}          {line.atom[0]:>2s}"
    )


def _mmcif(chains: Sequence[Chain]) -> Iterator[str]:
    yield from ("data_structure", "#", "loop_", *(f"_atom_site.{name}" for name in COLUMNS))
    for serial, line in enumerate(_atoms(chains), 1):
        chain, i = line.chain, line.at - 1
        x, y, z = line.place
        yield " ".join((
            "ATOM", f"{serial}", line.atom[0], line.atom, ".", name_of(chain.letters[i]), f"C{line.entity}", f"{line.entity}",
            f"{line.at}", _word(chain.insertions[i], "?"), f"{x:.3f}", f"{y:.3f}", f"{z:.3f}", "1.00", f"{line.b:.2f}",
            f"{chain.numbers[i]}", _word(chain.name, "."), "1",
        ))  # fmt: skip
    yield "#"


def _word(text: str, nothing: str) -> str:
    """A value as mmCIF takes it. Raises ValueError for what it has no spelling for on one line."""
    if not text:
        return nothing
    if not (text.isascii() and text.isprintable()) or ("'" in text and '"' in text):
        raise ValueError(f"{text!r} cannot be the name of a chain")
    plain = text[0] not in "_#$[];'\"" and not any(sign in text for sign in " '\"") and text not in (".", "?")
    reserved = text.lower().startswith(("data_", "loop_", "save_", "stop_", "global_"))
    sign = '"' if "'" in text else "'"
    return text if plain and not reserved else f"{sign}{text}{sign}"
