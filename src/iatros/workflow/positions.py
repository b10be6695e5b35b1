"""Which positions of aligned sequences does a run's score rest on? Every letter of each is changed, and effects are averaged.

In: a finished run with one input of letters, sequences of one length. Out: a table of positions, the largest effects first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from iatros.cases import read
from iatros.contracts import Tokens
from iatros.explain.mutagenesis import mutagenesis
from iatros.explain.ranks import ranked_positions
from iatros.explain.sequences import codes_of
from iatros.findings import Finding, InputError
from iatros.workflow.letter_scores import Asked, asked
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.predict import pack_new
from iatros.workflow.subjects import Explained

SEED = 0
AT_ONCE = 128  # changed sequences in a batch
MOST_CASES, FEWEST_CASES = 200, 10
MOST_CHANGED = 200_000  # changed sequences that each network reads, of as many cases as that allows
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class PositionEffects:
    """frame: position (from 1), letter (the most frequent), share (of the cases with it), effect, low, high; largest first.

    effect: how far the log-odds (or the standardised value) fall on average when another letter stands there, mean over cases
    and networks; low, high: 95 % limits over resampled cases. cases: that were changed; of: that could have been
    """

    frame: pl.DataFrame
    cases: int
    of: int
    networks: int
    findings: tuple[Finding, ...]


def effects_of_positions(
    run: Run | str | Path, cases: Any, target: str | None = None, *, folder: Path = Path()
) -> PositionEffects:  # Any: whatever a table can be read from
    """Effects of the positions of sequences of one length, such as an alignment without gaps or sites of one kind.

    cases: as for `iatros.predict`. Of many, some are drawn, always the same.
    Raises InputError where lengths differ, and for a run whose one input holds no letters.
    """
    question = asked(run if isinstance(run, Run) else open_run(run), target)
    modality = question.run.study.inputs[question.source]
    if modality.layout is not Tokens or not question.letters:
        what = f"input `{question.source}` holds no letters that could be changed"
        raise InputError(Finding("error", what, "take a run on a `sequence` of DNA, RNA or protein", source=question.source))
    given = read(cases, folder)
    packs, findings = pack_new(question.run, given)
    pack = packs[question.source]
    networks = list(question.networks(packs, len(given)))
    present = np.flatnonzero(pack.present)
    texts = ["".join(modality.spelled(pack, int(row), networks[0].fits.inputs[question.source])) for row in present]
    _refuse_uneven(texts, given.rows[present], given.file)
    drawn = _drawn(len(present), len(texts[0]) * len(question.letters))
    effects = np.stack([_of_case(question, networks, int(row)) for row in present[drawn]])
    frame = ranked_positions([texts[i] for i in drawn], effects)
    return PositionEffects(frame, len(drawn), len(present), len(networks), tuple(findings))


def _refuse_uneven(texts: list[str], rows: Rows, file: str) -> None:
    lengths = np.array([len(text) for text in texts])
    if len(texts) < 2:
        what, todo = "positions are ranked over cases, and there are fewer than two", "give more sequences, or use --case"
        raise InputError(Finding("error", what, todo, file=file))
    if np.ptp(lengths):
        usual = int(np.bincount(lengths).argmax())
        odd = tuple(rows[lengths != usual].tolist())
        what = f"sequences have {lengths.min():,} to {lengths.max():,} letters, most of them {usual:,}"
        raise InputError(Finding("error", what, "give sequences of one length, in which positions mean the same", file, odd))


def _drawn(count: int, changes: int) -> Rows:
    """Which cases are changed, in their order."""
    most = min(count, MOST_CASES, max(FEWEST_CASES, MOST_CHANGED // changes))
    return np.sort(np.random.default_rng(SEED).permutation(count)[:most])


def _of_case(question: Asked, networks: list[Explained], row: int) -> NDArray[np.float64]:
    """[L] mean fall of the score by the other letters at each position."""
    layout = networks[0].batch(np.array([row], np.int64)).inputs[question.source]
    assert isinstance(layout, Tokens)
    codes = codes_of(layout)[0, : int(layout.mask.sum())].numpy()
    letters = range(1, len(question.letters) + 1)
    size = min(AT_ONCE, 1 + len(codes) * len(letters))
    scores = [question.score(network, np.full(size, row, np.int64)) for network in networks]
    return mutagenesis(scores, codes, letters, at_once=size).by_position().mean
