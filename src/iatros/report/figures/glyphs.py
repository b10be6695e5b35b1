"""Capitals as outlines, so that a letter of a logo is exactly as high as its number, whatever fonts a reader has.

In: a letter and a box. Out: one SVG path that fills the box.
"""

from __future__ import annotations

from functools import cache

from iatros.report.render import asset

BOX = 100  # units of a side in which outlines are written; each touches its box at all four sides
HUES = {"A": "l1", "C": "l2", "G": "l3", "T": "l4", "U": "l4"}  # of nucleotides
RESIDUES = {"KRH": "l2", "DE": "l4", "STNQYG": "l1", "CP": "l3"}  # basic, acidic, polar, special; the rest is oily


@cache
def outlines() -> dict[str, str]:
    """Capital -> its path. Holes run against their outline, so that the rule of non-zero winding leaves them open."""
    return dict(line.split(" ", 1) for line in asset("letters.txt").splitlines())


def hue(letter: str, nucleotides: bool) -> str:
    """The class of a letter's colour; the letter itself is the second cue."""
    if nucleotides:
        return HUES.get(letter, "l5")
    return next((kind for letters, kind in RESIDUES.items() if letter in letters), "l5")


def glyph(letter: str, x: float, top: float, width: float, height: float, kind: str) -> str:
    """A capital that fills the box. Raises ValueError for other signs."""
    if letter not in outlines():
        raise ValueError(f"{letter!r} is no capital letter; there is no outline of it")
    place = f"translate({x:.2f} {top:.2f}) scale({width / BOX:.4f} {height / BOX:.4f})"
    return f'<path class="{kind}" transform="{place}" d="{outlines()[letter]}"/>'
