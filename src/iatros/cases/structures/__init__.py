"""Protein structures from PDB and mmCIF files, plain or gzip, and to them. In: a path. Out: chains, and findings.

Letters and the backbone (N, CA, C) are read, no side chains, nucleic acids, ligands or water.

| found | what happens |
| --- | --- |
| several models | the first is read, a note |
| several conformers of a residue | the one with the most occupancy is read, of equals the first by letter, a note |
| insertion codes (52A) | kept; residues stand in the file's order |
| modified residues (MSE, SEP, ...) and force fields' names (HIE, CYX, ...) | read as the amino acid they were, a note |
| a residue of another name, with a whole backbone, before the chain's end | read as X, a warning |
| residues that lack N, CA or C | kept, with NaN, a warning |
| interruptions of the chain (C to N over 2 angstrom) | a note; `Chain.breaks` |
| an atom given again (two molecules under one sign) | the later one is left out, a warning |
| coordinates or residue numbers that are none; a line or row that ends early | the atom is left out (aside) |
| no sign of a chain | the segment's name is taken, which some programs write |
| a table of atoms without the names or the coordinates | an error |
| gzip cut off, damaged, or a bomb; over 1 GB of text | an error; what was read before stays |
| chains without amino acids | left out |
| neither PDB nor mmCIF; no protein | refused |
"""

from iatros.cases.structures.chains import BACKBONE, Chain, broken, chain_of
from iatros.cases.structures.names import letter_of, name_of
from iatros.cases.structures.reading import Reading, read
from iatros.cases.structures.writing import write, written

__all__ = ["BACKBONE", "Chain", "Reading", "broken", "chain_of", "letter_of", "name_of", "read", "write", "written"]
