"""Which cases have sequences that resemble each other, for the baseline that asks the nearest.

In: packed inputs. Out: `Neighbours`, or why there are none.
"""

from __future__ import annotations

import numpy as np

from iatros.baselines.nearest import NEAREST, Neighbours, neighbours
from iatros.contracts import Learned, Tokens
from iatros.findings import InputError
from iatros.training.feed import Material

ACIDS = 20  # letters of proteins; nucleic acids have four
EXACT = 60.0  # seconds of one core up to which all pairs are scored; beyond, those that share short words
MOST = 3_600.0  # seconds of all pairs beyond which nobody would wait even for those


def relatives(material: Material) -> tuple[Neighbours | None, str]:
    """Of studies with one input of protein, DNA or RNA; and why it is left out, "" where nothing is to be said."""
    read = {name: learned for name in material.inputs if (learned := _speller(material, name)) is not None}
    if len(read) != 1:
        return None, ""
    try:
        from iatros.align.kin import LOOKED_AT, Rule, nucleotides, seconds_of_all
        from iatros.splits.families import significant
    except InputError as missing:  # Numba
        return None, f"{NEAREST} is left out: {missing.finding.what} ({missing.finding.todo})"
    ((source, learned),) = read.items()
    modality, pack = material.inputs[source], material.packs[source]
    there = pack.present.tolist()
    texts = ["".join(modality.spelled(pack, row, learned)) if known else "" for row, known in enumerate(there)]
    different = tuple(sorted(set(texts) - {""}))
    rule = Rule(LOOKED_AT) if len(modality.letters(learned)) == ACIDS else nucleotides(Rule(LOOKED_AT))
    seconds = seconds_of_all(different, rule)
    if seconds > MOST:
        return None, f"{NEAREST} is left out: alignments would take {seconds / 60:,.0f} minutes"
    if len(different) < 2:
        return None, ""
    hits = significant(different, rule, filtered=seconds > EXACT)
    place = {text: i for i, text in enumerate(different)}
    return neighbours(np.array([place.get(text, -1) for text in texts], np.int64), different, hits, rule), ""


def _speller(material: Material, source: str) -> Learned | None:
    """What spells an input's letters, None where it has none. Letters have nothing to learn, so one case will do."""
    modality, pack = material.inputs[source], material.packs[source]
    one = np.flatnonzero(pack.present)[:1]
    if modality.layout is not Tokens or not len(one):
        return None
    learned = modality.fit(pack, one)
    return learned if modality.letters(learned) else None
