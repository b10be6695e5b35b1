"""What an alignment is scored by: a matrix, gap costs, and which ends must align.

In: the user's choice. Out: `Scoring`, checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from iatros.align.matrices import Matrix, named
from iatros.findings import Finding, InputError

Mode = Literal["global", "semiglobal", "local"]
MODES = ("global", "semiglobal", "local")
LARGEST_GAP = 10_000


@dataclass(frozen=True, slots=True)
class Gaps:
    """A gap of n letters costs open + (n - 1) * extend, both positive or zero: the convention of EMBOSS, parasail, Biopython.

    BLAST and DIAMOND charge existence + n * extension: their 11/1 is `Gaps.blast(11, 1)`, here open 12, extend 1.
    Linear costs are `Gaps.linear(cost)`. Raises InputError for negative costs, and for opening cheaper than extending.
    """

    open: int = 12
    extend: int = 1

    def __post_init__(self) -> None:
        for name, cost in (("open", self.open), ("extend", self.extend)):
            if isinstance(cost, bool) or not isinstance(cost, int) or not 0 <= cost <= LARGEST_GAP:
                what = f"a gap's `{name}` is {cost!r}"
                raise InputError(Finding("error", what, f"give a whole cost between 0 and {LARGEST_GAP:,}", column=name))
        if self.open < self.extend:
            what = f"opening a gap costs {self.open}, less than extending it, {self.extend}"
            raise InputError(Finding("error", what, "give `open` first, then `extend`: Gaps(open=12, extend=1)", column="open"))

    @classmethod
    def blast(cls, existence: int, extension: int) -> Gaps:
        """The same costs in BLAST's words."""
        return cls(existence + extension, extension)

    @classmethod
    def linear(cls, cost: int) -> Gaps:
        """Every letter of a gap costs the same."""
        return cls(cost, cost)

    def cost(self, length: int) -> int:
        """Of one gap.

        >>> Gaps(12, 1).cost(3)
        14
        """
        return self.open + (length - 1) * self.extend if length else 0


@dataclass(frozen=True, slots=True)
class Free:
    """Ends that may stay unaligned at no cost. All four: overlaps; both of the target's: the query inside the target."""

    query_begin: bool = False
    query_end: bool = False
    target_begin: bool = False
    target_end: bool = False


@dataclass(frozen=True)
class Scoring:
    """How alignments are scored. The default is protein search as BLAST does it: local, BLOSUM62, 11/1 in BLAST's words.

    mode: "global" aligns both ends of both (Needleman & Wunsch 1970); "local" the best parts (Smith & Waterman 1981);
    "semiglobal" both whole, but for the ends in `free`. In no mode may a score be silently wrong: wider lanes are taken.
    """

    matrix: Matrix = field(default_factory=lambda: named("BLOSUM62"))
    gaps: Gaps = field(default_factory=Gaps)
    mode: Mode = "local"
    free: Free = field(default_factory=Free)

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise InputError(Finding("error", f"there is no mode {self.mode!r}", f"take one of {', '.join(MODES)}"))
        if (self.mode == "semiglobal") != (self.free != Free()):
            what = f"mode {self.mode} with {'no' if self.free == Free() else 'some'} free ends"
            raise InputError(Finding("error", what, "name free ends with mode semiglobal, and with no other", column="free"))
