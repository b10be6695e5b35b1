"""FLIP's secondary-structure proteins (sequences/flip_secondary_structure). In: a file of the archive. Out: its records."""

from __future__ import annotations

import zipfile

from places import DATA

ARCHIVE = DATA / "sequences" / "flip_secondary_structure" / "splits.zip"


def records(name: str) -> dict[str, tuple[str, str]]:
    """Of `sequences`, `sampled` (states, and parts in the header) or `mask`: name -> the rest of its header, letters."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        text = archive.read(f"splits/{name}.fasta").decode("ascii")
    found = {}
    for record in text.split(">")[1:]:
        header, _, letters = record.partition("\n")
        called, _, rest = header.partition(" ")
        found[called] = (rest, letters.replace("\n", ""))
    return found


def proteins() -> list[str]:
    """The letters of all 11,156."""
    return [letters for _, letters in records("sequences").values()]
