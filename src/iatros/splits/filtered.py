"""What is known of homologs that a filter by short words missed, as a record and a report quote it.

In: what a draw of sequences, aligned exactly with all others, showed (`align.missed`). Out: counts, an upper limit, and words.
"""

from __future__ import annotations

from dataclasses import dataclass

from iatros.metrics.proportions import clopper_pearson

ONE_SIDED = 0.90  # a two-sided interval of 90 % has the one-sided upper limit of 95 %


@dataclass(frozen=True, slots=True)
class Filtered:
    """Of sequences drawn at random. What was missed of them was taken in afterwards; what of the others was not is unknown.

    drawn, of_all: how many of how many; pairs: their pairs of homologs; missed: those of them that the filter lost
    hurt: drawn sequences for which this mattered; proven: equal letters in a row that all homologs are proven to share, or 0
    """

    drawn: int
    of_all: int
    pairs: int
    missed: int
    hurt: int
    proven: int

    @property
    def limit(self) -> float:
        """Upper limit (one-sided, 95 %) of the share of all sequences for which it mattered; 0 where proven or counted."""
        return 0.0 if self.proven or self.drawn == self.of_all else clopper_pearson(self.hurt, self.drawn, ONE_SIDED).high

    def told(self, hurt: str) -> str:
        """In words. hurt: what it means that it mattered, as in "in another family than a homolog"."""
        if self.proven:
            proof = f"homologs of more than 50 letters share {self.proven} equal letters in a row, all of which were looked up"
            return f"only pairs that share short words were scored, which loses none: {proof}"
        lost = f" ({self.missed / self.pairs:.1%})" if self.pairs else ""
        if not self.pairs:
            return (
                f"only pairs that share short words were scored; {self.drawn:,} sequences drawn at random, scored with all, "
                "have no homolog"
            )
        limit = f", so at most {self.limit:.1%} of all (95 %)" if self.drawn < self.of_all else ""
        return (
            f"only pairs that share short words were scored; of {self.drawn:,} sequences drawn at random, scored with all, "
            f"{self.missed:,} of {self.pairs:,} pairs of homologs{lost} had been missed, "
            f"by which {self.hurt:,} would have been {hurt}{limit}; those are put right"
        )
