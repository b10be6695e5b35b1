"""Which columns are sequences or texts? In: profiles of columns. Out: these columns, and what they are written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from iatros.cases import Cases, codes
from iatros.contracts import SplitCases
from iatros.drafting.profile import FEW, LONG_TEXT, Profile
from iatros.findings import InputError, worst
from iatros.modalities.alphabets import Alphabet, guess

READS_AS = 0.9  # share of a sample that looks like a sequence, a molecule or a text
CAPITALS = re.compile(r"[A-Z*-]{15,}|[acgtun]{15,}")  # of amino acids or bases
SHORT = re.compile(r"[A-Z]{5,}")  # where the column's name says that it is a sequence
APART = re.compile(r"(?:[A-Z] ){8,}[A-Z]?")
SMILES = re.compile(r"(?:\[[^\[\]\s]+\]|Br|Cl|[BCNOPSFIbcnops]|[-=#$:/\\.()+@~*]|%\d\d|\d)+")  # OpenSMILES, section 2
BONDED = frozenset("=#()[]")  # signs that names hardly have
MOLECULES = 0.5  # of the sample hold one of them
NAMED = re.compile(
    r"(?<!\w)(?:\w*seq|\w*sequences?|\w*peptides?|proteins?|dna|rna|cdr ?3|epitopes?|fasta|promoters?|oligos?|primers?)(?!\w)"
)
WORD = re.compile(r"[^\W\d_]{2}")
FEWEST_WORDS = 4  # of a text, between blanks
FEWEST_THINGS = 10  # different sequences of a column in which they recur
BIOLOGICAL: tuple[Alphabet, ...] = ("protein", "dna", "rna")
VARIANTS = 0.5  # share of letters that are those of the first, place by place, from which all are variants of one
CELLS = 2e10  # letters times letters up to which all pairs are aligned before a split is proposed: some seconds


@dataclass(frozen=True, slots=True)
class Letters:
    """A column of sequences or texts. why: what was found."""

    column: str
    alphabet: Alphabet
    why: str


def letters(profile: Profile) -> Letters | None:
    """What a column is written in; None for all others."""
    if not _varied(profile):
        return None
    sample = profile.sample
    pattern = SHORT if NAMED.search(profile.words) else CAPITALS
    if _alike(sample, CAPITALS) or _alike(sample, pattern):
        found = guess(sample)
        kind = {"protein": "proteins", "dna": "DNA", "rna": "RNA"}.get(found, found)
        return Letters(profile.name, found, f"letters of {kind}, typically {profile.typical:,}")
    molecules = sum(not BONDED.isdisjoint(cell) for cell in sample) >= MOLECULES * len(sample)
    if _alike(sample, SMILES) and (molecules or "smiles" in profile.words):
        return Letters(profile.name, "smiles", "molecules as SMILES")
    if profile.typical > LONG_TEXT and _are_words(sample):
        return Letters(profile.name, "text", f"free text of typically {profile.typical:,} characters")
    return None


def apart(profile: Profile) -> bool:
    """Are these letters with blanks between them?"""
    return _varied(profile) and _alike(profile.sample, APART)


def labels_of(profiles: Sequence[Profile], frame: pl.DataFrame) -> dict[str, str]:
    """Columns with a label for each letter of another column: as long in every row, of fewer signs. Name -> the other's."""
    found: dict[str, str] = {}
    for one in profiles:
        for other in profiles:
            few = len(set("".join(one.sample))) < len(set("".join(other.sample)))
            if few and (frame[one.name].str.len_bytes() == frame[other.name].str.len_bytes()).all():
                found.setdefault(one.name, other.name)
    return found


def pair_of(read: Sequence[Letters], frame: pl.DataFrame) -> tuple[str, ...]:
    """The two columns of a table of pairs: sequences of one kind, of which most in either column are in the other too."""
    if len(read) != 2 or read[0].alphabet != read[1].alphabet or read[0].alphabet not in BIOLOGICAL:
        return ()
    first, second = (set(frame[one.column].drop_nulls().to_list()) for one in read)
    return tuple(one.column for one in read) if len(first & second) > min(len(first), len(second)) / 2 else ()


def why_no_families(one: Letters, cases: Cases, patient: str | None) -> str:
    """Why folds of families should not be proposed for this column, "" where nothing speaks against them."""
    texts = [cell or "" for cell in cases.frame[one.column].cast(pl.String).to_list()]
    if _variants(texts):
        return f"`{one.column}` holds variants of one sequence, which are all relatives: they are dealt out one by one"
    if sum(map(len, set(texts))) ** 2 > CELLS:
        return ""
    from iatros.splits.homology import Homology

    group = codes(cases, patient).values
    told = SplitCases(group, np.full(len(cases), -1), cases.rows, cases.file, columns={one.column: texts})
    try:
        found = Homology(column=one.column).check(told)
    except InputError:  # without Numba, say; whoever runs the study is told so
        return ""
    return next((finding.what for finding in found if worst(found) == finding.severity == "error"), "")


def _varied(profile: Profile) -> bool:
    if profile.numeric or profile.dated or profile.array or not profile.sample:
        return False
    some = profile.distinct >= FEWEST_THINGS and _alike(profile.sample, CAPITALS)  # of pairs, each is in many rows
    return some or profile.distinct > min(FEW, profile.known / 2)


def _alike(sample: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return sum(bool(pattern.fullmatch(cell)) for cell in sample) >= READS_AS * len(sample)


def _are_words(sample: Sequence[str]) -> bool:
    counts = [sum(bool(WORD.search(part)) for part in cell.split()) for cell in sample]
    return sum(count >= FEWEST_WORDS for count in counts) >= READS_AS * len(sample)


def _variants(texts: Sequence[str]) -> bool:
    """Is the typical sequence that of the first, but for some letters?"""
    first = texts[0]
    same = [sum(a == b for a, b in zip(first, text, strict=True)) for text in texts[1:1000] if len(text) == len(first)]
    return len(same) > len(texts[:1000]) / 2 and float(np.median(same)) >= VARIANTS * len(first)
