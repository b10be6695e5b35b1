"""In which genes does a variant lie? Told by a key of its INFO (GENE, ClinVar's GENEINFO), or by a BED file.

In: the key or the file's path, and variants. Out: of each variant the names of its genes; lines of the BED file that are none
of BED are set aside. Source: VCF 4.4; the BED 1.0 specification (places from 0, the end not included).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.streams import lines
from iatros.cases.sequences.tally import Tally, Told
from iatros.cases.sequences.variants import Variants
from iatros.findings import Finding, InputError, quote

KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
MANY_FIELDS = ("ANN", "CSQ", "EFF")  # keys that hold tables of SnpEff and VEP, not names
HEADS = (b"#", b"track", b"browser")
COLUMNS = 4  # of a BED line that are read: chromosome, begin, end, name
BROKEN: Told = ("aside", "a line has not the columns chromosome, begin, end, name with begin before end", "mend or remove it")
Genes = Callable[[Variants], list[tuple[str, ...]]]


class Spans(NamedTuple):
    """Genes of one chromosome: begins, ends [G] from 0, names [G]."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    names: tuple[str, ...]


def genes_by(said: str, tally: Tally) -> Genes:
    """A function that names the genes of each variant. said: a BED file's path, or a key of INFO; tally: of the BED file.

    Raises InputError for a file without genes, one that is not there, and keys that hold more than names.
    """
    if KEY.fullmatch(said) and not Path(said).is_file():
        if said in MANY_FIELDS:
            todo = "write the genes' names under a key of their own (bcftools +split-vep -c SYMBOL), or name a BED file"
            raise InputError(Finding("error", f"`{said}` holds many fields of each transcript", todo))
        return lambda variants: [_under(said, info) for info in variants.info]
    spans = _read(Path(said), tally)
    return lambda variants: [
        _within(spans.get(chromosome), begin, begin + len(letters))
        for chromosome, begin, letters in zip(variants.chromosomes, variants.begins.tolist(), variants.reference, strict=True)
    ]


def _under(key: str, info: str) -> tuple[str, ...]:
    """What stands under a key, each name once: names are parted by commas or bars, what follows a colon is a number of theirs.

    >>> _under("GENEINFO", "AF=.1;GENEINFO=BRCA1:672|NBR2:10230")
    ('BRCA1', 'NBR2')
    """
    value = next((cell.partition("=")[2] for cell in info.split(";") if cell.partition("=")[0] == key), "")
    names = (name.partition(":")[0].strip() for name in re.split(r"[,|]", value))
    return tuple(dict.fromkeys(name for name in names if name and name != "."))


def _within(spans: Spans | None, begin: int, end: int) -> tuple[str, ...]:
    if spans is None:
        return ()
    return tuple(dict.fromkeys(spans.names[i] for i in np.flatnonzero((spans.begins < end) & (spans.ends > begin))))


def _read(path: Path, tally: Tally) -> dict[str, Spans]:
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    number = 0
    for block in lines(path, tally):
        for text in block.split(b"\n")[:-1]:
            number += 1
            if not text.strip() or text.startswith(HEADS):
                continue
            cells = text.split(b"\t")
            whole = len(cells) >= COLUMNS and cells[1].isdigit() and cells[2].isdigit() and bool(cells[3].strip())
            if not whole or int(cells[1]) >= int(cells[2]):
                tally.note("bed_line", BROKEN, [number])
                continue
            found[cells[0].decode("utf-8", "replace")].append(
                (int(cells[1]), int(cells[2]), cells[3].decode("utf-8", "replace").strip())
            )
    if not found:
        raise tally.nothing_left(f"{quote(path.name)} names no gene", "give BED with four columns, parted by tabs")
    return {chromosome: _spans(rows) for chromosome, rows in found.items()}


def _spans(rows: list[tuple[int, int, str]]) -> Spans:
    begins, ends, names = zip(*rows, strict=True)
    return Spans(np.array(begins, np.int64), np.array(ends, np.int64), tuple(names))
