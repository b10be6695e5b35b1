"""Names of residues: three letters as files have them, one letter as sequences do. In: a name. Out: a letter.

Parents of modified residues are those of the PDB's Chemical Component Dictionary.
"""

from __future__ import annotations

LETTERS = {
    "ALA": "A", "ARG": "R", "ASN": "N", "ASP": "D", "CYS": "C", "GLN": "Q", "GLU": "E", "GLY": "G", "HIS": "H", "ILE": "I",
    "LEU": "L", "LYS": "K", "MET": "M", "PHE": "F", "PRO": "P", "SER": "S", "THR": "T", "TRP": "W", "TYR": "Y", "VAL": "V",
    "SEC": "U", "PYL": "O", "ASX": "B", "GLX": "Z", "UNK": "X",
}  # fmt: skip
NAMES = {letter: name for name, letter in LETTERS.items()}
MODIFIED = {
    "MSE": "M", "FME": "M", "MHO": "M", "SEP": "S", "TPO": "T", "PTR": "Y", "TYS": "Y", "CSO": "C", "CSD": "C", "CME": "C",
    "OCS": "C", "CAS": "C", "CSS": "C", "CSX": "C", "SMC": "C", "YCM": "C", "HYP": "P", "MLY": "K", "M3L": "K", "MLZ": "K",
    "KCX": "K", "LLP": "K", "ALY": "K", "PCA": "E", "CGU": "E", "HIC": "H", "NEP": "H", "AGM": "R", "MEN": "N",
}  # fmt: skip
PROTONATED = {
    "HID": "H", "HIE": "H", "HIP": "H", "HSD": "H", "HSE": "H", "HSP": "H", "CYX": "C", "CYM": "C", "ASH": "D", "GLH": "E",
    "LYN": "K",
}  # fmt: skip  # the 20 under the names that force fields (Amber, CHARMM) give their states


def letter_of(name: str) -> str | None:
    """One letter for a residue's name; None where it is no amino acid that we know.

    >>> letter_of("MSE")
    'M'
    """
    return LETTERS.get(name) or MODIFIED.get(name) or PROTONATED.get(name)


def name_of(letter: str) -> str:
    """Three letters for one; UNK for what is none.

    >>> name_of("W")
    'TRP'
    """
    return NAMES.get(letter, "UNK")
