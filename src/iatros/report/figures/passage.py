"""Words of a text shaded by what each did to the score. In: pieces of text and numbers. Out: HTML that flows as text does.

No drawing: a text must wrap on a telephone, be read aloud and be searched. It shows a patient's own words, so a report holds
one only where its study allows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from iatros.report.figures.strip import levels
from iatros.report.numbers import signed

NAMED = 5  # words that the sentence above the text names, each way


def passage(pieces: Sequence[str], attribution: NDArray[np.floating]) -> Markup:
    """A text as the network read it.

    pieces: with the blanks that belong to them, so that joining them gives the text; attribution: [len(pieces)]
    """
    if len(pieces) != len(attribution):
        raise ValueError(f"there are {len(pieces)} pieces of text and {len(attribution)} attributions")
    shown = Markup("").join(_piece(piece, int(level)) for piece, level in zip(pieces, levels(attribution), strict=True))
    return Markup('<p class="small">{}</p><p class="passage">{}</p>').format(strongest(pieces, attribution), shown)


def strongest(pieces: Sequence[str], attribution: NDArray[np.floating], most: int = NAMED) -> str:
    """The words that raised and lowered the score most, each once with the sum of its places."""
    total: dict[str, float] = {}
    for piece, value in zip(pieces, np.nan_to_num(attribution).tolist(), strict=True):
        word = piece.strip()
        if any(letter.isalnum() for letter in word):
            total[word] = total.get(word, 0.0) + value
    ranked = sorted(total, key=lambda word: -total[word])
    sides = {
        "Raised the score": [word for word in ranked[:most] if total[word] > 0],
        "Lowered it": [word for word in reversed(ranked[-most:]) if total[word] < 0],
    }
    told = [
        f"{side}: {', '.join(f'“{word}” ({signed(total[word])})' for word in found)}" for side, found in sides.items() if found
    ]
    return ". ".join(told) + "." if told else "No word raised or lowered the score."


def _piece(piece: str, level: int) -> Markup:
    """Blanks around a word stay unshaded."""
    if not level:
        return Markup("{}").format(piece)
    word = piece.strip()
    before, _, after = piece.partition(word) if word else (piece, "", "")
    return Markup('{}<span class="{} s{}">{}</span>{}').format(before, "rose" if level > 0 else "fell", abs(level), word, after)
