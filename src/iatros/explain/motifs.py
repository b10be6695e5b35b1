"""What do the attributions of many sequences have in common? A few motifs, from windows of high attribution that look alike.

In: codes and attributions of many sequences. Out: motifs, each with counts of letters and mean attributions, for logos.

The idea is TF-MoDISco's (Shrikumar et al. 2018, arXiv:1811.00416), simplified: windows whose attribution exceeds what shuffled
positions reach ("seqlets") are compared by the cosine of their attributions at the best offset (and strand), gathered around
the one that most others resemble, aligned to the mean of these, and trimmed. It finds neither spacing nor syntax of motifs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.information import frequencies

WIDTH = 15  # positions of a window
ALIKE = 0.6  # cosine from which two windows count as alike
SHUFFLED = 0.95  # quantile of the largest window of a sequence whose positions are shuffled
MOST_WINDOWS = 1_500  # of all sequences, the strongest
FEWEST = 10  # windows that make a motif
MOST_MOTIFS = 10
ROUNDS = 4  # of aligning to the mean
FAINT = 0.15  # share of the strongest position, below which a motif's ends are cut off
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Motif:
    """A pattern that several windows share.

    counts:        [W, K] how often each letter stands at each position
    contributions: [W, K] mean attribution of each letter there
    windows, sequences: how many windows, of how many sequences
    raises:        whether it raises the score, or lowers it
    """

    counts: Floats
    contributions: Floats
    windows: int
    sequences: int
    raises: bool


@dataclass(frozen=True)
class Windows:
    """S windows of high attribution, with as many positions again to either side, 0 beyond a sequence's end.

    attribution, letters: [S, 3 * W, K]; sequence: [S] which it is of; shift: how far each is moved and turned, by `Placed`
    """

    attribution: Floats
    letters: Floats
    sequence: Codes

    def __len__(self) -> int:
        return len(self.sequence)

    def chosen(self, which: NDArray[np.bool_] | Codes) -> Windows:
        """Some of them."""
        return Windows(self.attribution[which], self.letters[which], self.sequence[which])


@dataclass(frozen=True)
class Placed:
    """How S windows lie best on a pattern: likeness, offset in positions, and whether on the other strand. [S] each."""

    likeness: Floats
    offset: Codes
    turned: NDArray[np.bool_]


def find_motifs(
    codes: Sequence[Codes],
    attributions: Sequence[Floats],
    letters: int,
    generator: np.random.Generator,
    width: int = WIDTH,
    both_strands: bool = False,
    most: int = MOST_MOTIFS,
) -> list[Motif]:
    """Motifs that raise the score, then those that lower it, each sort with the most frequent first.

    codes: of each sequence, 1 to `letters`, 0 unknown; attributions: of each sequence, one number a position
    both_strands: DNA or RNA whose letters 1 to 4 are complements of 4 to 1: a window may match turned round
    """
    found: list[Motif] = []
    for raises in (True, False):
        signed = [each if raises else -each for each in attributions]
        windows = _windows(codes, signed, letters, width, generator)
        motifs = _gathered(windows, width, both_strands, most)
        found += [_signed(motif, raises) for motif in sorted(motifs, key=lambda motif: -motif.windows)]
    return found


def significant(attribution: Floats, width: int, generator: np.random.Generator, draws: int = 20) -> float:
    """The sum of a window that shuffled positions of this sequence reach in one of twenty shufflings."""
    largest = [_sums(generator.permutation(attribution), width).max() for _ in range(draws)]
    return float(np.quantile(largest, SHUFFLED))


def _windows(
    codes: Sequence[Codes], attributions: Sequence[Floats], letters: int, width: int, generator: np.random.Generator
) -> Windows:
    """The strongest windows of all sequences, none over another."""
    places: list[tuple[float, int, int]] = []
    for i, attribution in enumerate(attributions):
        if len(attribution) < width:
            continue
        least = max(significant(attribution, width, generator), 0.0)
        sums = _sums(attribution, width)
        for begin in np.argsort(-sums, kind="stable").tolist():
            if sums[begin] <= least:
                break
            if all(abs(begin - other) >= width for _, of, other in places if of == i):
                places.append((float(sums[begin]), i, begin))
    places = sorted(places, reverse=True)[:MOST_WINDOWS]
    shape = (len(places), 3 * width, letters)
    attribution, present = np.zeros(shape), np.zeros(shape)
    for row, (_, i, begin) in enumerate(places):
        at = np.arange(begin - width, begin + 2 * width)
        inside = np.flatnonzero((at >= 0) & (at < len(codes[i])))
        inside = inside[codes[i][at[inside]] > 0]
        letter = codes[i][at[inside]] - 1
        attribution[row, inside, letter] = attributions[i][at[inside]]
        present[row, inside, letter] = 1.0
    return Windows(attribution, present, np.array([i for _, i, _ in places], np.int64))


def _gathered(windows: Windows, width: int, both_strands: bool, most: int) -> list[Motif]:
    """Windows around the one that most others resemble, until none has enough company."""
    found: list[Motif] = []
    left = windows
    while len(left) >= FEWEST and len(found) < most:
        centre = left.attribution[_most_alike(left, width, both_strands), width : 2 * width]
        placed = _placed(left, centre, both_strands)
        for _ in range(ROUNDS):
            near = placed.likeness >= ALIKE
            if near.sum() < FEWEST:
                break
            centre = _laid(left.attribution, placed, width)[near].mean(axis=0)
            placed = _placed(left, centre, both_strands)
        near = placed.likeness >= ALIKE
        if near.sum() < FEWEST:
            break
        motif = _motif(left, placed, near, width)
        if motif is not None:
            found.append(motif)
        left = left.chosen(~near)
    return found


def _most_alike(windows: Windows, width: int, both_strands: bool, tried: int = 60) -> int:
    """Which of the strongest windows has the most others like it."""
    centres = windows.attribution[:tried, width : 2 * width]
    company = [(_placed(windows, centre, both_strands).likeness >= ALIKE).sum() for centre in centres]
    return int(np.argmax(company))


def _placed(windows: Windows, pattern: Floats, both_strands: bool) -> Placed:
    """The best place of each window on a pattern [W, K], up to half its width to either side."""
    width = len(pattern)
    unit = pattern / max(float(np.linalg.norm(pattern)), 1e-12)
    offsets = np.arange(-(width // 2), width // 2 + 1)
    strands = [windows.attribution, *([windows.attribution[:, ::-1, ::-1]] if both_strands else [])]
    likeness = np.stack(
        [[_cosine(strand[:, width + offset : 2 * width + offset], unit) for offset in offsets] for strand in strands]
    )  # [strands, offsets, S]
    best = likeness.reshape(-1, len(windows)).argmax(axis=0)
    return Placed(likeness.reshape(-1, len(windows)).max(axis=0), offsets[best % len(offsets)], best >= len(offsets))


def _cosine(parts: Floats, unit: Floats) -> Floats:
    """[S, W, K] with a pattern of length 1 -> [S]."""
    length = np.sqrt(np.einsum("swk,swk->s", parts, parts))
    found: Floats = np.einsum("swk,wk->s", parts, unit) / np.maximum(length, 1e-12)
    return found


def _laid(values: Floats, placed: Placed, width: int) -> Floats:
    """[S, 3 * W, K] -> [S, W, K], each moved to its place."""
    turned = np.where(placed.turned[:, None, None], values[:, ::-1, ::-1], values)
    at = np.arange(width, 2 * width) + placed.offset[:, None]
    laid: Floats = np.take_along_axis(turned, at[:, :, None], axis=1)
    return laid


def _motif(windows: Windows, placed: Placed, near: NDArray[np.bool_], width: int) -> Motif | None:
    """Counts and means of the windows that are near, without faint ends; None where nothing stands out."""
    counts = _laid(windows.letters, placed, width)[near].sum(axis=0)
    mean = _laid(windows.attribution, placed, width)[near].mean(axis=0)
    strong = np.flatnonzero(mean.sum(axis=1) >= FAINT * mean.sum(axis=1).max())
    if not len(strong) or mean.max() <= 0:
        return None
    kept = slice(int(strong[0]), int(strong[-1]) + 1)
    sequences = len(np.unique(windows.sequence[near]))
    return Motif(counts[kept], mean[kept], int(near.sum()), sequences, True)


def _signed(motif: Motif, raises: bool) -> Motif:
    contributions = motif.contributions if raises else -motif.contributions
    return Motif(motif.counts, contributions, motif.windows, motif.sequences, raises)


def _sums(attribution: Floats, width: int) -> Floats:
    """[L - width + 1] sums of all windows."""
    summed = np.concatenate(([0.0], np.cumsum(attribution)))
    return summed[width:] - summed[:-width]


def likeness(motif: Floats, planted: Floats, both_strands: bool = False, least: int = 4) -> float:
    """How alike two motifs are: the correlation of their frequencies at the best offset, weighed by information.

    motif, planted: [W, K] and [V, K], counts or frequencies; least: positions that must lie over each other. Positions count
    with the larger of both motifs' information; letters that are missing beyond a motif's end are evenly likely.
    """
    given = frequencies(motif)
    strands = [given, *([given[::-1, ::-1]] if both_strands else [])]
    wanted = frequencies(planted)
    return max(
        _correlated(strand, wanted, offset)
        for strand in strands
        for offset in range(least - len(wanted), len(given) - least + 1)
    )


def _correlated(given: Floats, wanted: Floats, offset: int) -> float:
    """`wanted` begins at `offset` of `given`; where one of them ends its letters are evenly likely."""
    letters = given.shape[1]
    begin, end = min(0, offset), max(len(given), offset + len(wanted))
    a, b = (np.full((end - begin, letters), 1 / letters) for _ in range(2))
    a[-begin : len(given) - begin] = given
    b[offset - begin : offset - begin + len(wanted)] = wanted
    weight = np.maximum(_bits(a), _bits(b)) + 1e-9
    x, y = a - 1 / letters, b - 1 / letters
    both, xx, yy = ((weight[:, None] * product).sum() for product in (x * y, x * x, y * y))
    return float(both / np.sqrt(max(xx * yy, 1e-24)))


def _bits(shares: Floats) -> Floats:
    """[W] information of a position without a correction."""
    bits: Floats = np.log2(shares.shape[1]) + (shares * np.log2(np.clip(shares, 1e-12, None))).sum(axis=1)
    return bits
