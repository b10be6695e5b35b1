"""What a run's networks make of its sequences and texts: checks, motifs or words, letters of single cases.

In: a network of one fold, a target, an input of positions. Out: what goes into evidence.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from iatros.contracts import Tokens
from iatros.evidence import MethodCheck, MotifEvidence, WordEvidence
from iatros.explain.motifs import Motif, find_motifs
from iatros.explain.sequence_check import check_sequences
from iatros.explain.sequences import METHODS, Usual, attribute, codes_of, usual
from iatros.explain.subject import randomised
from iatros.explain.words import common, gathered
from iatros.study import ExplanationSection
from iatros.workflow.subjects import Explained
from iatros.workflow.trials import Shown, healthy_rows, known, trial, with_outcome

SEED = 0
METHOD = METHODS[0]  # of motifs and words: its effects add up to the score's change
MOST_CASES = 400  # on which motifs and words are looked for
AT_ONCE = 40
MOST_MOTIFS = 6
MOST_WORDS = 30
SHOWN = 240  # letters of a case that are kept
LONGEST = 600  # letters of a case whose positions are predicted
DIGITS = 4
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


def sequence_checks(said: ExplanationSection, subject: Explained, shown: Shown, source: str) -> list[MethodCheck]:
    """Can attributions of this network's letters be believed?"""
    tried = trial(subject, shown, source, said.cases)
    if tried is None or not _coded(tried.layout):
        return []
    assert isinstance(tried.layout, Tokens)
    generator = torch.Generator().manual_seed(SEED)
    reference = usual_of(subject, shown, source)
    methods = [method for method in METHODS if method in said.methods] or METHODS[:1]
    return check_sequences(tried.of, tried.layout, reference, generator, shown.name, source, methods, said.draws)


def usual_of(subject: Explained, shown: Shown, source: str) -> Usual:
    """What is usual in training cases without the outcome."""
    rows = healthy_rows(subject, shown, source)
    rows = rows if len(rows) else known(subject, shown, source, subject.fold.rows("train"))
    layout = subject.batch(rows).inputs[source]
    assert isinstance(layout, Tokens)
    vocabulary = subject.material.inputs[source].shape(subject.fits.inputs[source]).categories
    return usual(layout, vocabulary[0] if vocabulary else 0)


def motifs(subject: Explained, shown: Shown, source: str) -> list[MotifEvidence]:
    """Patterns that attributions of test cases with the outcome share; none of texts and molecules."""
    modality, fitted = subject.material.inputs[source], subject.fits.inputs[source]
    letters = modality.letters(fitted)
    if not letters:
        return []
    codes, effects = [], []
    for given, found in _attributed(subject, shown, source):
        codes.append(np.where(given <= len(letters), given, 0))
        effects.append(found)
    generator = np.random.default_rng(SEED)
    motifs = find_motifs(codes, effects, len(letters), generator, both_strands=modality.turns()) if codes else []
    strongest = sorted(motifs, key=lambda motif: -motif.windows * float(np.abs(motif.contributions).sum()))
    return [_motif(shown, source, letters, motif, len(codes)) for motif in strongest[:MOST_MOTIFS]]


def words(subject: Explained, shown: Shown, source: str) -> list[WordEvidence]:
    """Words that move the score in test cases; none of letters. Rare words are left out: they may be names."""
    modality, fitted = subject.material.inputs[source], subject.fits.inputs[source]
    if modality.letters(fitted):
        return []
    rows = _looked_at(subject, shown, source, either=True)
    packed = subject.material.packs[source]
    texts = [
        gathered(modality.spelled(packed, row, fitted), found)
        for row, (_, found) in zip(rows.tolist(), _attributed(subject, shown, source, either=True), strict=True)
    ]
    return [
        WordEvidence(target=shown.name, input=source, method=METHOD, word=word.word, cases=word.cases,
                     value=word.mean, low=word.low, high=word.high)
        for word in common(texts)[:MOST_WORDS]
    ]  # fmt: skip


def letters_of(subject: Explained, shown: Shown, source: str, case: int, method: str) -> dict[str, Any]:
    """Fields of a case's evidence: the letters with what each did to the score, beside an untrained network; {} of a text."""
    modality, fitted = subject.material.inputs[source], subject.fits.inputs[source]
    if not modality.letters(fitted):
        return {}
    letters = "".join(modality.spelled(subject.material.packs[source], case, fitted))
    if shown.form.task == "residues":
        return {"input": source, "letters": letters[:LONGEST]}
    trained, untrained = case_attributions(subject, shown, source, case, method)
    begin = strongest_part(trained, SHOWN)
    part = slice(begin, begin + SHOWN)
    return {
        "input": source,
        "method": method,
        "letters": letters[part],
        "first": begin + 1,
        "attribution": _rounded(trained[part]),
        "attribution_randomised": _rounded(untrained[part]),
    }


def case_attributions(subject: Explained, shown: Shown, source: str, case: int, method: str) -> tuple[Floats, Floats]:
    """[L] of one case, by the trained network and by a randomised one."""
    of, layout = subject.subject(shown.name, shown.form, shown.code, source, np.array([case], np.int64))
    assert isinstance(layout, Tokens)
    reference = usual_of(subject, shown, source)
    untrained = randomised(of, layout, torch.Generator().manual_seed(SEED))
    length = int(layout.mask.sum())
    both = [attribute(method, each, layout, reference)[0, :length].double().numpy() for each in (of, untrained)]
    return both[0], both[1]


def strongest_part(attribution: Floats, length: int) -> int:
    """Where the stretch of this length begins in which most is said; at a round number, so that positions are easy to tell."""
    if len(attribution) <= length:
        return 0
    summed = np.concatenate(([0.0], np.cumsum(np.abs(attribution))))
    sums = summed[length:] - summed[:-length]
    best = int(np.flatnonzero(sums >= (1 - 1e-9) * sums.max()).mean())  # in the middle of those that hold as much
    return min(best // 10 * 10, len(attribution) - length)


def _attributed(subject: Explained, shown: Shown, source: str, either: bool = False) -> Iterator[tuple[Integers, Floats]]:
    """Codes and attributions of each case, without padding."""
    reference = usual_of(subject, shown, source)
    rows = _looked_at(subject, shown, source, either)
    for start in range(0, len(rows), AT_ONCE):
        of, layout = subject.subject(shown.name, shown.form, shown.code, source, rows[start : start + AT_ONCE])
        assert isinstance(layout, Tokens)
        found = attribute(METHOD, of, layout, reference).double().numpy()
        for codes, effects, mask in zip(codes_of(layout).numpy(), found, layout.mask.numpy(), strict=True):
            yield codes[mask], effects[mask]


def _looked_at(subject: Explained, shown: Shown, source: str, either: bool) -> Integers:
    """Test cases with the outcome, or either."""
    rows = known(subject, shown, source, subject.fold.rows("test")) if either else with_outcome(subject, shown, source)
    return rows[:MOST_CASES]


def _coded(layout: object) -> bool:
    """Positions that hold codes can be explained; those that hold numbers cannot yet."""
    return isinstance(layout, Tokens) and layout.codes is not None


def _motif(shown: Shown, source: str, letters: str, motif: Motif, of: int) -> MotifEvidence:
    return MotifEvidence(
        target=shown.name,
        input=source,
        method=METHOD,
        letters=letters,
        counts=tuple(_rounded(row) for row in motif.counts),
        contributions=tuple(_rounded(row) for row in motif.contributions),
        windows=motif.windows,
        cases=motif.sequences,
        of=of,
        raises=motif.raises,
    )


def _rounded(values: Sequence[float] | Floats) -> tuple[float, ...]:
    return tuple(round(float(value), DIGITS) for value in values)
