"""Which cases have sequences that resemble each other, for the baseline that asks the nearest.

In: packed inputs. Out: `Neighbours`, or why there are none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iatros.align.kin import LOOKED_AT, Rule, nucleotides
from iatros.baselines.nearest import NEAREST, Neighbours, neighbours
from iatros.contracts import Learned, Tokens
from iatros.splits.families import significant
from iatros.splits.homology import CELLS_A_SECOND
from iatros.training.feed import Material

ACIDS = 20  # letters of proteins; nucleic acids have four
EXACT = 60.0  # seconds of one core up to which all pairs are scored; beyond, those that share short words
MOST = 3_600.0  # seconds of all pairs beyond which nobody would wait even for those


def relatives(material: Material) -> tuple[Neighbours | None, str]:
    """Of studies with one input of protein, DNA or RNA; and why it is left out, "" where nothing is to be said."""
    biological = {name: letters for name in material.inputs if (letters := _read(material, name)[1])}
    if len(biological) != 1:
        return None, ""
    (source, letters), *_ = biological.items()
    texts = _texts(material, source)
    different = tuple(sorted(set(texts) - {""}))
    strands = 1 if len(letters) == ACIDS else 4  # both orders of a pair, both strands
    seconds = sum(map(len, different)) ** 2 / 2 * strands / CELLS_A_SECOND
    if len(different) < 2 or seconds > MOST:
        return None, f"{NEAREST} is left out: alignments would take {seconds / 60:,.0f} minutes" if seconds > MOST else ""
    rule = Rule(LOOKED_AT) if len(letters) == ACIDS else nucleotides(Rule(LOOKED_AT))
    hits = significant(different, rule, filtered=seconds > EXACT)
    place = {text: i for i, text in enumerate(different)}
    return neighbours(np.array([place.get(text, -1) for text in texts], np.int64), different, hits, rule), ""


def _read(material: Material, source: str) -> tuple[Learned | None, str]:
    """What spells an input's letters, and which they are; of other inputs none. Letters have nothing to learn."""
    modality, pack = material.inputs[source], material.packs[source]
    one = np.flatnonzero(pack.present)[:1]
    if modality.layout is not Tokens or not len(one):
        return None, ""
    learned = modality.fit(pack, one)
    return learned, modality.letters(learned)


def _texts(material: Material, source: str) -> Sequence[str]:
    """[M] as the network reads them, "" where a case has none."""
    modality, pack, learned = material.inputs[source], material.packs[source], _read(material, source)[0]
    assert learned is not None  # the input has letters
    there = pack.present.tolist()
    return ["".join(modality.spelled(pack, row, learned)) if read else "" for row, read in enumerate(there)]
