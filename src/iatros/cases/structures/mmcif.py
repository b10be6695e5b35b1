"""mmCIF: words under names, in any order. In: lines. Out: atoms of backbones, from the table `_atom_site`.

Chains and residues are named as in PDB files (`auth_`), where the file does so.
Source: Hall, Allen & Brown 1991, doi:10.1107/S010876739101067X (the grammar); the PDBx/mmCIF dictionary (the names).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from iatros.cases.sequences.tally import Tally, Told
from iatros.cases.structures.atoms import BLANKS, Atom, b_factor, coordinates, fault, numbered, share, whole
from iatros.cases.structures.chains import BACKBONE
from iatros.findings import quote

TABLE = "_atom_site."
NEEDED = ("label_atom_id", "label_comp_id", "cartn_x", "cartn_y", "cartn_z")
# A word in quotes ends where the quote is followed by a blank; # begins a comment where a word could begin.
WORD = re.compile(r"""'(.*?)'(?=\s|$)|"(.*?)"(?=\s|$)|(\#.*)|(\S+)""")
MOST_COLUMNS = 1_000


class Word(NamedTuple):
    """A value or a name. quoted: it is a value, whatever it looks like."""

    line: int
    text: str
    quoted: bool = False

    @property
    def value(self) -> bool:
        """Not a name, nor one of the words that structure the file."""
        low = self.text[:7].lower()
        return self.quoted or not (low.startswith(("_", "data_", "loop_", "save_", "stop_")) or low == "global_")


def looks_like(text: str) -> bool:
    """Does a file's begin hold a block of mmCIF?"""
    return any(line[:5].lower() == "data_" or line.startswith(TABLE) for line in text.splitlines())


def parse(blocks: Iterator[bytes], tally: Tally) -> Iterator[Atom]:
    """Atoms N, CA and C, in the file's order. Rows that cannot be read are noted."""
    words = _words(blocks, tally)
    word = next(words, None)
    while word is not None:
        if not word.quoted and word.text.lower() == "loop_":
            names: list[str] = []
            word = next(words, None)
            while word is not None and not word.quoted and word.text.startswith("_") and len(names) < MOST_COLUMNS:
                names.append(word.text.lower())
                word = next(words, None)
            if names and names[0].startswith(TABLE):
                yield from _rows(words, word, names, tally)
                return
        else:
            word = next(words, None)


def _rows(words: Iterator[Word], first: Word | None, names: list[str], tally: Tally) -> Iterator[Atom]:
    """Rows of the table, until something is no value. A row that breaks off is noted."""
    column = {name.removeprefix(TABLE): i for i, name in enumerate(names)}
    missing = [name for name in NEEDED if name not in column]
    if missing:
        what = f"the table {TABLE[:-1]} has no {', '.join(missing)}"
        tally.note("columns", ("error", what, "export the structure anew"))
        return
    row, word = list[Word](), first
    while word is not None and word.value:
        row.append(word)
        if len(row) == len(names):
            found = _atom(row, column, tally)
            if found is not None:
                yield found
            row = []
        word = next(words, None)
    if row:
        tally.note("cut_row", fault(f"a row has {len(row)} of {len(names)} values"), [row[0].line])


def _atom(row: list[Word], column: dict[str, int], tally: Tally) -> Atom | None:
    def cell(*names: str) -> str:
        """The first of these that the row fills in."""
        texts = (row[column[name]].text for name in names if name in column)
        return next((text for text in texts if text not in BLANKS), "")

    name, line = cell("label_atom_id", "auth_atom_id"), row[0].line
    if name not in BACKBONE:
        return None
    number, bound = whole(cell("auth_seq_id", "label_seq_id")), cell("label_seq_id") != "" or "label_seq_id" not in column
    if number is None:
        if bound:
            told = fault("the residue's number (auth_seq_id) is none")
            tally.note("residue_number", told, [line], example=quote(cell("auth_seq_id")))
        return None
    texts = (cell("cartn_x"), cell("cartn_y"), cell("cartn_z"))
    place = coordinates(texts)
    if place is None:
        tally.note("coordinates", fault("its coordinates are no numbers"), [line], example=quote(" ".join(texts)))
        return None
    return Atom(
        line, cell("pdbx_pdb_model_num"), cell("auth_asym_id", "label_asym_id"), number, cell("pdbx_pdb_ins_code"),
        cell("auth_comp_id", "label_comp_id"), name, cell("label_alt_id"), share(cell("occupancy")), place,
        b_factor(cell("b_iso_or_equiv")), bound,
    )  # fmt: skip


def _words(blocks: Iterator[bytes], tally: Tally) -> Iterator[Word]:
    """All words; texts between lines of ; are one word, whose letters nobody here reads."""
    inside = 0  # the line on which a text began
    for line, text in numbered(blocks, tally):
        if text.startswith(";"):
            if inside:
                yield Word(inside, "", quoted=True)
                inside, text = 0, text[1:]
            else:
                inside = line
        if not inside:
            yield from _words_of(text, line)
    if inside:
        told: Told = ("warning", "a text (between lines of ;) has no end", "copy or download the file again")
        tally.note("open_text", told, [inside])


def _words_of(text: str, line: int) -> Iterator[Word]:
    if not any(sign in text for sign in "'\"#"):
        for word in text.split():
            yield Word(line, word)
        return
    for match in WORD.finditer(text):
        single, double, comment, plain = match.groups()
        if comment is not None:
            return
        quoted = plain is None
        yield Word(line, (single if single is not None else double) if quoted else plain, quoted)
