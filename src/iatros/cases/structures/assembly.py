"""Atoms -> chains: one model, one conformer a residue, one letter for each. In: atoms in the file's order. Out: `Chain`s."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import nan

import numpy as np

from iatros.cases.sequences.tally import Tally, Told
from iatros.cases.structures.atoms import Atom
from iatros.cases.structures.chains import BACKBONE, Chain
from iatros.cases.structures.names import LETTERS, letter_of
from iatros.findings import quote

MOST_ATOMS = 20_000_000  # of backbones that are held at once
Site = tuple[int, str]  # a residue's number and insertion code
Residue = Mapping[str, Atom]  # N, CA, C, of one conformer


def assembled(atoms: Iterable[Atom], tally: Tally) -> tuple[Chain, ...]:
    """The protein chains of the first model, in the file's order; what is odd about them is noted."""
    sites = _of_first_model(atoms, tally)
    chains = []
    for name, residues in sites.items():
        kept = {site: _one_conformer(given, tally) for site, given in residues.items()}
        read = _read(kept, tally)
        if read:
            chains.append(_chain(name, read, tally))
    return tuple(chains)


def _of_first_model(atoms: Iterable[Atom], tally: Tally) -> Mapping[str, Mapping[Site, list[Atom]]]:
    """Chain -> residue -> its atoms."""
    sites: dict[str, dict[Site, list[Atom]]] = defaultdict(lambda: defaultdict(list))
    first, others = None, dict[str, int]()
    for count, atom in enumerate(atoms):
        if count >= MOST_ATOMS:
            what = f"the file has over {MOST_ATOMS:,} atoms of backbones: reading stopped at line {atom.line:,}"
            tally.note("size", ("error", what, "split it, a file for each structure"))
            break
        first = atom.model if first is None else first
        if atom.model == first:
            sites[atom.chain][atom.number, atom.insertion].append(atom)
        else:
            others.setdefault(atom.model, atom.line)
    if others:
        what = f"the file holds {len(others) + 1:,} models, of which the first is read"
        tally.note("models", ("note", what, "split the file to read the others"), list(others.values()), count=1)
    return sites


def _one_conformer(atoms: Sequence[Atom], tally: Tally) -> Residue:
    """Of a residue's atoms those of the conformer that is there most, of equals the first by its letter, and those of all."""
    present: dict[str, float] = defaultdict(float)
    for atom in atoms:
        if atom.conformer:
            present[atom.conformer] += atom.occupancy
    best = min(present, key=lambda name: (-present[name], name), default="")
    if len(present) > 1:
        told: Told = ("note", "a residue has several conformers, of which the most occupied is read", "nothing")
        tally.note("conformers", told, [atoms[0].line])
    found, again = dict[str, Atom](), list[int]()
    for atom in sorted(atoms, key=lambda atom: atom.conformer != best):  # stable: of equals the first
        if atom.conformer not in ("", best):
            continue
        if atom.name in found:
            if atom.conformer == found[atom.name].conformer:
                again.append(atom.line)
        else:
            found[atom.name] = atom
    if again:
        told = (
            "warning",
            "an atom of a residue is given again, and the later one left out",
            "give each chain a sign of its own",
        )
        tally.note("again", told, again)
    return found


def _read(residues: Mapping[Site, Residue], tally: Tally) -> list[tuple[Site, str, Residue]]:
    """Residues with their letters: amino acids, and unknown ones in the chain that have a whole backbone."""
    read, unknown, modified = [], list[int](), list[int]()
    for site, residue in residues.items():
        atom = next(iter(residue.values()))
        letter, whole = letter_of(atom.residue), len(residue) == len(BACKBONE)
        if not atom.bound or (letter is None and not whole):
            continue
        if letter is None:
            unknown.append(atom.line)
            told: Told = ("warning", "a residue's name is none of an amino acid, and it is read as X", "check the name")
            tally.note("unknown_residue", told, [atom.line], example=quote(atom.residue))
        elif atom.residue not in LETTERS:
            modified.append(atom.line)
        read.append((site, letter or "X", residue))
    if modified:
        tally.note("modified", ("note", "a modified residue is read as the amino acid it was", "nothing"), modified)
    return [] if len(unknown) == len(read) else read


def _chain(name: str, read: Sequence[tuple[Site, str, Residue]], tally: Tally) -> Chain:
    places = np.full((len(read), len(BACKBONE), 3), nan)
    confidence = np.full(len(read), nan)
    for i, (_, _, residue) in enumerate(read):
        for k, atom in enumerate(BACKBONE):
            if atom in residue:
                places[i, k] = residue[atom].place
        confidence[i] = residue["CA"].b_factor if "CA" in residue else nan
    lines = np.array([min(atom.line for atom in residue.values()) for _, _, residue in read], np.int64)
    chain = Chain(
        name,
        "".join(letter for _, letter, _ in read),
        np.array([number for (number, _), _, _ in read], np.int64),
        tuple(insertion for (_, insertion), _, _ in read),
        places,
        confidence,
        lines,
    )
    _tell(chain, tally)
    return chain


def _tell(chain: Chain, tally: Tally) -> None:
    """Missing atoms and interruptions."""
    holes = chain.lines[~chain.known].tolist()
    if holes:
        told: Told = ("warning", "a residue lacks atoms of its backbone (N, CA or C)", "nothing: they count as missing")
        tally.note("missing_atoms", told, holes)
    gaps = chain.lines[1:][chain.breaks].tolist()
    if gaps:
        told = ("note", "the chain is interrupted before this residue", "nothing: what is missing has no coordinates")
        tally.note("breaks", told, gaps)
