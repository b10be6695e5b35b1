"""What letters of a sequence mean, and what becomes of each that is not plain: the policy of the package's table.

In: `Records` as they are written. Out: `Records` of clean capitals, and notes of what was changed or set aside.
All is done on whole lots: a few passes over the bytes, and closer looks only at letters that are not plain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from iatros.cases.sequences.records import Records
from iatros.cases.sequences.tally import Tally, Told
from iatros.findings import Severity, quote

Alphabet = Literal["dna", "rna", "protein", "text"]
COMPLEMENT = bytes.maketrans(b"ACGTURYSWKMBDHVNacgturyswkmbdhvn", b"TGCAAYRSWMKVHDBNtgcaayrswmkvhdbn")
NUCLEOTIDES = b"ACGTUN-."
SAMPLED = 2**20  # letters that tell an alphabet
MOSTLY = 0.9  # of them are A, C, G, T, U or N in nucleotides; proteins hold 30 % of these letters
SHORT = 20  # letters; a shorter peptide may well consist of A, C, G, T and N
GLANCE = 8  # letters of a record that rule most proteins out
GAPS = b"-."
PLAIN = {"dna": b"ACGT", "rna": b"ACGU", "protein": b"ACDEFGHIKLMNPQRSTVWY"}
SEVERAL = {"dna": b"RYSWKMBDHVN", "rna": b"RYSWKMBDHVN", "protein": b"BZJX"}  # letters that stand for several
RARE = {"dna": b"", "rna": b"", "protein": b"UO"}  # selenocysteine, pyrrolysine
UNKNOWN = {"dna": b"N", "rna": b"N", "protein": b"X"}
SAME = {"dna": (b"UX", b"TN"), "rna": (b"TX", b"UN"), "protein": (b"", b"")}


STOP: Told = ("note", "a stop (*) at the end is removed", "nothing")
STOPS: Told = ("aside", "a protein holds stops (*)", "is it read in the wrong frame, or a pseudogene?")


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be chosen; the defaults are those of the package's table.

    lower:     "capitals" reads small letters as capitals; "unknown" reads them as N or X (hard masking); "keep" leaves them
    ambiguous: letters that stand for several, and U and O of proteins: "keep", "unknown" (N or X), or "aside"
    stops:     `*` in proteins: "end" removes one at the end and sets records with others aside; "keep"; "aside"
    gaps:      `-` and `.`: "remove" them, or set records that hold them "aside"
    """

    lower: Literal["capitals", "unknown", "keep"] = "capitals"
    ambiguous: Literal["keep", "unknown", "aside"] = "keep"
    stops: Literal["end", "keep", "aside"] = "end"
    gaps: Literal["remove", "aside"] = "remove"


DEFAULT = Policy()


def guess(letters: bytes) -> Alphabet:
    """The alphabet of some letters: nucleotides from 90 % of A, C, G, T, U, N on; RNA if U outnumbers T."""
    sample = letters[:SAMPLED].upper()
    known = len(sample) - len(sample.translate(None, NUCLEOTIDES))
    if known < MOSTLY * len(sample):
        return "protein"
    return "rna" if sample.count(b"U") > sample.count(b"T") else "dna"


def reverse_complements(records: Records) -> list[bytes]:
    """The other strand of each record, in the same reading direction."""
    turned = records.letters.translate(COMPLEMENT)[::-1]
    total = len(turned)
    offsets = (total - records.offsets).tolist()
    return [turned[offsets[i + 1] : offsets[i]] for i in range(len(records))]


def cleaned(records: Records, alphabet: Alphabet, tally: Tally, policy: Policy = DEFAULT) -> Records:
    """Records as the policy has them. Text stays as it is."""
    if alphabet == "text":
        return _without_beyond_ascii(records, tally)
    records = _lower(records, alphabet, policy, tally)
    capitals = records.letters.upper() if policy.lower == "keep" else records.letters
    strange = capitals.translate(None, PLAIN[alphabet])
    if strange:
        present = np.flatnonzero(np.bincount(np.frombuffer(strange, np.uint8), minlength=256))
        records = _judged(records, alphabet, _Place(tally, policy), bytes(present.astype(np.uint8)))
    if alphabet == "protein":
        _tell_nucleotides(records, tally)
    return _without_empty(records, tally)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where notes go, and by what rules."""

    tally: Tally
    policy: Policy

    def tell(self, records: Records, rows: NDArray[np.int64], check: str, told: Told, count: int, example: str = "") -> None:
        """Rows of the records are at fault."""
        lines = records.lines[rows].tolist()
        self.tally.note(check, told, lines, count, record=int(records.numbers[rows[0]]), example=example)


def _lower(records: Records, alphabet: Alphabet, policy: Policy, tally: Tally) -> Records:
    """Soft masks."""
    small = records.codes >= ord("a")
    if not small.any():
        return records
    capitals = records.letters.upper()
    if capitals == records.letters:  # what is beyond the letters is judged later
        return records
    rows = records.rows_with(small)
    done = {"capitals": "read as capitals", "unknown": f"read as {UNKNOWN[alphabet].decode()}", "keep": "kept"}[policy.lower]
    told: Told = ("note", f"small letters (a soft mask) are {done}", "nothing, if that is right")
    _Place(tally, policy).tell(records, rows, "lower_case", told, int(np.count_nonzero(small)))
    if policy.lower == "keep":
        return records
    if policy.lower == "unknown":
        capitals = np.where(small, np.uint8(UNKNOWN[alphabet][0]), records.codes).tobytes()
    return _relettered(records, capitals)


def _judged(records: Records, alphabet: Alphabet, place: _Place, present: bytes) -> Records:
    """Each kind of letter that is not plain."""
    records = _same(records, alphabet, place, present)
    kept = np.ones(len(records), np.bool_)
    several = bytes(sign for sign in SEVERAL[alphabet] + RARE[alphabet] if sign in present)
    records = _ambiguous(records, alphabet, place, several, kept)
    records = _stops(records, alphabet, place, present, kept)
    legal = PLAIN[alphabet] + SEVERAL[alphabet] + RARE[alphabet] + GAPS + SAME[alphabet][0]
    legal += b"*" if alphabet == "protein" else b""
    illegal = bytes(sign for sign in present if sign not in legal)
    if illegal:
        _illegal(records, alphabet, place, illegal, kept)
    return _gaps(records, place, present, kept)


def _same(records: Records, alphabet: Alphabet, place: _Place, present: bytes) -> Records:
    """U for T, T for U, X for N."""
    old, new = SAME[alphabet]
    for sign, other in zip(old, new, strict=True):
        if sign in present:
            places = _places(records, bytes([sign]))
            told: Told = ("note", f"{chr(sign)} is read as {chr(other)}", "nothing, if that is right")
            place.tell(records, records.rows_of(places), "uracil" if chr(sign) in "UT" else "unknown", told, len(places))
    if any(sign in present for sign in old):
        table = bytes.maketrans(old + old.lower(), new + new.lower())
        return _relettered(records, records.letters.translate(table))
    return records


def _ambiguous(records: Records, alphabet: Alphabet, place: _Place, several: bytes, kept: NDArray[np.bool_]) -> Records:
    """IUPAC letters that stand for several, and the rare amino acids."""
    for signs, check, words in ((SEVERAL, "ambiguous", "that stand for several"), (RARE, "rare", "of rare amino acids")):
        found = bytes(sign for sign in several if sign in signs[alphabet])
        if not found:
            continue
        places = _places(records, found)
        rows = records.rows_of(places)
        done = {"keep": "kept", "unknown": f"read as {UNKNOWN[alphabet].decode()}", "aside": "set aside"}[
            place.policy.ambiguous
        ]
        severity: Severity = "aside" if place.policy.ambiguous == "aside" else "note"
        told: Told = (severity, f"letters {words} are {done}", "nothing, if that is right")
        place.tell(records, rows, check, told, len(places), quote(found.decode()))
        if place.policy.ambiguous == "aside":
            kept[rows] = False
    if several and place.policy.ambiguous == "unknown":
        unknown = UNKNOWN[alphabet] * len(several)
        return _relettered(records, records.letters.translate(bytes.maketrans(several + several.lower(), unknown * 2)))
    return records


def _stops(records: Records, alphabet: Alphabet, place: _Place, present: bytes, kept: NDArray[np.bool_]) -> Records:
    """`*` of proteins: at the end it goes, inside it sets the record aside."""
    if alphabet != "protein" or ord("*") not in present or place.policy.stops == "keep":
        return records
    stops = records.codes == ord("*")
    lasts = np.zeros(len(stops), np.bool_)
    lasts[records.offsets[1:][records.lengths > 0] - 1] = True
    at_end, inside = stops & lasts, stops & ~lasts
    if place.policy.stops == "aside":
        at_end, inside = stops & False, stops
    for flags, check, told in ((at_end, "stop", STOP), (inside, "stop_inside", STOPS)):
        places = np.flatnonzero(flags)
        if len(places):
            place.tell(records, records.rows_of(places), check, told, len(places))
    kept[records.rows_of(np.flatnonzero(inside))] = False
    return records.without_letters(at_end) if at_end.any() else records


def _illegal(records: Records, alphabet: Alphabet, place: _Place, illegal: bytes, kept: NDArray[np.bool_]) -> None:
    """Signs that are no letters of the alphabet: the record is set aside."""
    places = _places(records, illegal)
    rows = records.rows_of(places)
    of_protein = alphabet != "protein" and all(chr(sign).upper() in "EFILPQZJO*" for sign in illegal)
    todo = "is it a protein? then say so" if of_protein else "remove or mend the record"
    named = "a protein" if alphabet == "protein" else alphabet.upper()
    first = quote(chr(records.codes[places[0]]))
    told: Told = ("aside", f"a record holds a sign that is no letter of {named}, such as {first}", todo)
    place.tell(records, rows, "letters", told, len(rows), first)
    kept[rows] = False


def _gaps(records: Records, place: _Place, present: bytes, kept: NDArray[np.bool_]) -> Records:
    """`-` and `.`, which only rows of an alignment have."""
    if any(sign in present for sign in GAPS):
        gaps = np.isin(records.codes, np.frombuffer(GAPS, np.uint8))
        rows = records.rows_of(np.flatnonzero(gaps))
        aside = place.policy.gaps == "aside"
        told: Told = ("aside" if aside else "warning", "gaps (- or .) are set aside with their record"
                                           if aside else "gaps (- or .) are removed; positions count without them",
                                           "give sequences that are not aligned")  # fmt: skip
        place.tell(records, rows, "gaps", told, int(np.count_nonzero(gaps)))
        if aside:
            kept[rows] = False
        else:
            records = records.without_letters(gaps)
    return records.chosen(kept)


def _tell_nucleotides(records: Records, tally: Tally) -> None:
    """Records that are read as proteins but hold nucleotides alone."""
    filled = np.flatnonzero(records.lengths >= SHORT)
    begins = records.codes[records.offsets[filled, None] + np.arange(GLANCE)]
    likely = filled[_table(NUCLEOTIDES + NUCLEOTIDES.lower())[begins].all(axis=1)].tolist()
    ends = records.offsets.tolist()
    all_of = [not records.letters[ends[i] : ends[i + 1]].upper().translate(None, NUCLEOTIDES) for i in likely]
    rows = np.array(likely, np.int64)[np.array(all_of, np.bool_)]
    if len(rows):
        told: Told = ("warning", "a record read as protein holds A, C, G, T, U and N alone", "is it DNA?")
        _Place(tally, DEFAULT).tell(records, rows, "nucleotides", told, len(rows))


def _without_empty(records: Records, tally: Tally) -> Records:
    empty = records.lengths == 0
    if not empty.any():
        return records
    rows = np.flatnonzero(empty)
    told: Told = ("aside", "a record has no letters", "leave it out")
    _Place(tally, DEFAULT).tell(records, rows, "empty_record", told, len(rows))
    return records.chosen(~empty)


def _without_beyond_ascii(records: Records, tally: Tally) -> Records:
    """Text may hold any sign of ASCII."""
    kept = np.ones(len(records), np.bool_)
    if not records.letters.isascii():
        rows = records.rows_of(np.flatnonzero(records.codes > 127))
        told: Told = ("aside", "a record holds signs beyond ASCII", "replace them")
        _Place(tally, DEFAULT).tell(records, rows, "letters", told, len(rows))
        kept[rows] = False
    return _without_empty(records.chosen(kept), tally)


def _places(records: Records, signs: bytes) -> NDArray[np.int64]:
    """[.] where these signs stand, small ones too."""
    return np.flatnonzero(_table(signs + signs.lower())[records.codes])


def _table(signs: bytes) -> NDArray[np.bool_]:
    """[256] whether a byte is among the signs."""
    table = np.zeros(256, np.bool_)
    table[list(signs)] = True
    return table


def _relettered(records: Records, letters: bytes) -> Records:
    """Other letters in the same places."""
    return replace(records, letters=letters)
