"""Is what a model wrote of any use? Whether it is valid, new, alike in its make-up, and whether it copies.

In: written sequences, those of training, and those held out, as text. Out: a `Judgement`, each figure beside that of held-out
sequences where they have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

Alphabet = Literal["dna", "rna", "protein", "smiles", "text"]
WORD = {"dna": 4, "rna": 4, "protein": 2, "smiles": 3, "text": 3}  # letters of the short words whose shares are compared
STRETCH = {"dna": 40, "rna": 40, "protein": 20, "smiles": 25, "text": 50}  # letters that two do not share by chance
ALIGNED = 100  # written sequences, and as many held-out ones, whose nearest in training is looked for
NEAR = 0.9  # identity from which a sequence is hardly new
BROKEN = "\ufffd"  # stands for bytes that are no text


@dataclass(frozen=True)
class Judgement:
    """Shares of the written sequences, and the same of held-out ones where they have it; None is not judged.

    valid: of all; unique: different ones of the valid; new: of the unique, not in training letter by letter
    copying: with a stretch of `stretch` letters that stands in training; near: 90 % identical to one of training
    identity: median identity to the nearest of training, in pairs divided by the shorter's letters
    apart: Jensen-Shannon distance (bits, 0 to 1) of short words to held-out sequences; held_apart: of as many of training
    """

    count: int
    valid: float | None
    unique: float
    new: float
    stretch: int
    copying: float
    held_copying: float | None
    identity: float | None = None
    held_identity: float | None = None
    near: float | None = None
    word: int = 0
    apart: float | None = None
    held_apart: float | None = None
    unjudged: str = ""

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """For `--json`."""
        return asdict(self)

    @property
    def copies(self) -> bool:
        """Does it repeat training oftener than sequences do that have nothing from it?"""
        return self.copying > (self.held_copying or 0.0)


def judge(made: Sequence[str], training: Sequence[str], held: Sequence[str], alphabet: Alphabet, seed: int = 0) -> Judgement:
    """Judge written sequences against those that the model learned from, and those that it did not.

    Raises ValueError where nothing was written.
    """
    if not made:
        raise ValueError("nothing was written, so there is nothing to judge")
    sound, why = _valid(made, alphabet)
    kept = [text for text, good in zip(made, sound, strict=True) if good] if sound is not None else list(made)
    different = list(dict.fromkeys(kept))
    known = set(training)
    rng, size = np.random.default_rng(seed), STRETCH[alphabet]
    stretches = windows(training, size)
    beside = [training[i] for i in rng.permutation(len(training))[: len(made)].tolist()]
    ours = theirs = np.zeros(0)
    if alphabet in ("dna", "rna", "protein") and training and different:
        ours = nearest(different[:ALIGNED], training, alphabet)
        if held:
            theirs = nearest([held[i] for i in rng.permutation(len(held))[:ALIGNED].tolist()], training, alphabet)
    word = WORD[alphabet]
    return Judgement(
        count=len(made),
        valid=None if sound is None else float(np.mean(sound)),
        unique=len(different) / max(1, len(kept)),
        new=float(np.mean([text not in known for text in different])) if different else 0.0,
        stretch=size,
        copying=repeating(made, stretches, size),
        held_copying=repeating(held, stretches, size) if held else None,
        identity=float(np.median(ours)) if len(ours) else None,
        held_identity=float(np.median(theirs)) if len(theirs) else None,
        near=float(np.mean(ours >= NEAR)) if len(ours) else None,
        word=word,
        apart=distance(words(made, word), words(held, word)) if held else None,
        held_apart=distance(words(beside, word), words(held, word)) if held and beside else None,
        unjudged=why,
    )


def windows(texts: Iterable[str], size: int) -> set[int]:
    """Every stretch of so many letters, as numbers."""
    return {hash(text[i : i + size]) for text in texts for i in range(len(text) - size + 1)}


def repeating(texts: Sequence[str], stretches: set[int], size: int) -> float:
    """Share of the texts that hold one of these stretches."""
    return float(np.mean([any(hash(text[i : i + size]) in stretches for i in range(len(text) - size + 1)) for text in texts]))


def words(texts: Iterable[str], size: int) -> Counter[str]:
    """How often each short word stands in them."""
    return Counter(text[i : i + size] for text in texts for i in range(len(text) - size + 1))


def distance(one: Counter[str], other: Counter[str]) -> float:
    """Jensen-Shannon distance of two distributions of words: 0 the same, 1 without a word in common.

    Source: Endres & Schindelin 2003, doi:10.1109/TIT.2003.813506, with logarithms to base 2.
    """
    names = sorted(one.keys() | other.keys())
    if not one or not other:
        return float("nan")
    p, q = (np.array([counts[name] for name in names]) / counts.total() for counts in (one, other))
    middle = (p + q) / 2
    apart = sum(float(np.sum(x[x > 0] * np.log2(x[x > 0] / middle[x > 0]))) for x in (p, q)) / 2
    return float(np.sqrt(max(0.0, apart)))


def nearest(texts: Sequence[str], training: Sequence[str], alphabet: Alphabet) -> np.ndarray[Any, np.dtype[np.float64]]:
    """[N] identity of each to the training sequence that it aligns best with; 0 where it aligns with none."""
    from iatros.align import Wanted, search
    from iatros.align.kin import Rule, likeness, nucleotides

    rule = Rule() if alphabet == "protein" else nucleotides(Rule())
    given, known = ([text.replace("U", "T") if alphabet == "rna" else text for text in some] for some in (texts, training))
    hits = search(given, known, rule.scoring, Wanted(top=1), rule.strands)
    found = np.zeros(len(texts))
    np.maximum.at(found, hits.query, likeness(hits, given, known, rule).identity)
    return found


def _valid(texts: Sequence[str], alphabet: Alphabet) -> tuple[list[bool] | None, str]:
    """Whether each can be what it is meant to be; None, and why, where nothing here can tell."""
    if alphabet != "smiles":
        return [bool(text) and BROKEN not in text for text in texts], ""
    try:
        from rdkit import Chem, RDLogger
    except ImportError:
        return None, "whether molecules are valid is not judged: RDKit is not installed (pip install rdkit)"
    RDLogger.DisableLog("rdApp.*")
    return [Chem.MolFromSmiles(text) is not None for text in texts], ""
