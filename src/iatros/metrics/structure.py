"""How near is a predicted protein structure to the true one, residue by residue of the same sequence.

In: distances [L, L] or coordinates [L, 3] of CA in angstrom, NaN where a residue is missing. Out: one figure a chain.
Residues that truth lacks are not judged. Those that the prediction lacks count as wrong in lDDT and the TM-score, which are
shares, and are left out of RMSD and dRMSD, which have no value for them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatros.metrics.geometry import distances, superposed
from iatros.metrics.ranking import Floats

INCLUSION = 15.0  # angstrom: distances that lDDT judges
TOLERANCES = (0.5, 1.0, 2.0, 4.0)  # angstrom: how far they may be off
CONTACT = 8.0  # angstrom below which two residues touch (CASP)
APART = 24  # residues along the chain from which on a contact is of long range (CASP)
SEEDS = 6  # fragments of L, L/2, ... L/32 residues, from which the TM-score is searched
SHORTEST = 4  # residues of such a fragment
STEPS = 20  # of refinement of one superposition
Bools = NDArray[np.bool_]


def lddt(truth: Floats, predicted: Floats) -> float:
    """Share of the distances below 15 angstrom that are kept within .5, 1, 2 and 4 angstrom, on average over the four: 0 to 1.

    truth, predicted: [L, L] distances of CA. It needs no superposition, and a mirror image scores 1. NaN if there is no pair.
    Source: Mariani et al. 2013, doi:10.1093/bioinformatics/btt473.
    """
    judged, kept = _kept(truth, predicted)
    return float(kept[judged].mean()) if judged.any() else float("nan")


def lddt_per_residue(truth: Floats, predicted: Floats) -> Floats:
    """The same of each residue's own distances: [L], NaN where it has none."""
    judged, kept = _kept(truth, predicted)
    count = judged.sum(axis=1)
    found: Floats = np.divide((kept * judged).sum(axis=1), count, out=np.full(len(truth), np.nan), where=count > 0)
    return found


def drmsd(truth: Floats, predicted: Floats) -> float:
    """Root of the mean squared error of the distances [L, L] of residues known in both, in angstrom; NaN if there are none.

    A structure and its mirror image have the same.
    """
    upper = np.triu_indices(len(truth), 1)
    error = (truth[upper] - predicted[upper]) ** 2
    error = error[~np.isnan(error)]
    return float(np.sqrt(error.mean())) if len(error) else float("nan")


def rmsd(truth: Floats, predicted: Floats) -> float:
    """Root of the mean squared distance after the best superposition of the residues [L, 3] known in both, in angstrom.

    NaN below three residues. Source: Kabsch 1976, doi:10.1107/S0567739476001873.
    """
    known = _known(truth) & _known(predicted)
    if known.sum() < 3:
        return float("nan")
    moved = superposed(predicted[known], truth[known])
    return float(np.sqrt(((moved - truth[known]) ** 2).sum(axis=1).mean()))


def tm_score(truth: Floats, predicted: Floats) -> float:
    """How much of the truth a superposition of the prediction covers: mean of 1 / (1 + (d / d0)^2) over true residues, 0 to 1.

    truth, predicted: [L, 3]. d0 grows with the chain, so that unrelated proteins score .17 whatever their length; above .5
    they mostly have one fold. The best superposition is searched as TM-score does: from every fragment of L, L/2, L/4 ...
    residues, again with the residues that came close, until these no longer change. NaN if truth has no residue.
    Source: Zhang & Skolnick 2004, doi:10.1002/prot.20264.
    """
    length = int(_known(truth).sum())
    known = _known(truth) & _known(predicted)
    if not length:
        return float("nan")
    if known.sum() < 3:
        return 0.0
    return _best_cover(predicted[known], truth[known], tm_scale(length)) / length


def tm_scale(length: int) -> float:
    """d0 of the TM-score in angstrom: 1.24 (L - 15)^(1/3) - 1.8, at least .5.

    >>> round(tm_scale(100), 2)
    3.65
    """
    return max(0.5, 1.24 * float(np.cbrt(length - 15)) - 1.8)


def contact_precision(truth: Floats, score: Floats, share: float = 1.0, apart: int = APART, cutoff: float = CONTACT) -> float:
    """Of the `share` times L pairs with the highest score, the share that touch: 0 to 1.

    truth: [L, L] distances of CB or CA, NaN where not known; score: [L, L], higher for a likelier contact. Pairs at least
    `apart` along the chain are judged; of pairs with equal scores, the expected number of contacts counts. NaN without pairs.
    Source: the assessment of contacts in CASP (Schaarschmidt et al. 2018, doi:10.1002/prot.25407).
    """
    rows, columns = np.triu_indices(len(truth), apart)
    rows, columns = rows[~np.isnan(truth[rows, columns])], columns[~np.isnan(truth[rows, columns])]
    touching, given = truth[rows, columns] < cutoff, score[rows, columns]
    wanted = min(len(given), max(1, round(share * len(truth))))
    if not wanted:
        return float("nan")
    last = np.partition(given, len(given) - wanted)[len(given) - wanted]
    sure, tied = given > last, given == last
    return float((touching[sure].sum() + (wanted - sure.sum()) * touching[tied].mean()) / wanted)


FIGURES = ("lddt", "drmsd", "tm_score", "contact_precision", "contact_precision_fifth")  # what `figures` measures, in order


def figures(truth: Floats, predicted: Floats, contacts: NDArray[np.integer]) -> Floats:
    """[5] lDDT, dRMSD, TM-score, and precision of the top L and L/5 contacts of one chain.

    truth, predicted: [L, 3] CA; contacts: [<= L] pairs of long range, the likeliest first, as i L + j.
    """
    true = distances(truth)
    found = distances(predicted)
    pairs = true.ravel()[contacts]
    pairs = pairs[~np.isnan(pairs)] < CONTACT
    fifth = pairs[: max(1, round(len(truth) / 5))]
    precisions = [float(some.mean()) if len(some) else np.nan for some in (pairs, fifth)]
    return np.array([lddt(true, found), drmsd(true, found), tm_score(truth, predicted), *precisions])


def _kept(truth: Floats, predicted: Floats) -> tuple[Bools, Floats]:
    """[L, L] which distances lDDT judges, and in what share of the tolerances each is kept."""
    judged = truth < INCLUSION
    np.fill_diagonal(judged, False)
    error = np.abs(truth - predicted)
    kept = np.mean([error < tolerance for tolerance in TOLERANCES], axis=0)
    return judged, kept


def _known(points: Floats) -> Bools:
    return np.logical_not(np.isnan(points).any(axis=1))


def _best_cover(moving: Floats, fixed: Floats, scale: float) -> float:
    """The largest sum of 1 / (1 + (d / scale)^2) over superpositions refined from every fragment."""
    chosen, best = _fragments(len(moving)), 0.0
    reach = min(8.0, max(4.5, scale))
    for step in range(STEPS + 1):
        squared = ((superposed(moving, fixed, chosen.astype(np.float64)) - fixed) ** 2).sum(axis=-1)  # [S, L]
        best = max(best, float((1 / (1 + squared / scale**2)).sum(axis=1).max()))
        third = np.partition(squared, 2, axis=1)[:, 2:3]  # at least three residues make a superposition
        near = squared <= np.maximum((reach - 1 if step == 0 else reach + 1) ** 2, third)
        changed = (near != chosen).any(axis=1)
        chosen = np.unique(near[changed], axis=0)
        if not len(chosen):
            break
    return best


def _fragments(length: int) -> Bools:
    """[S, L] every run of L, L/2, L/4, ... residues."""
    sizes = sorted({max(min(SHORTEST, length), length >> k) for k in range(SEEDS)})
    starts = np.concatenate([np.arange(length - size + 1) for size in sizes])
    ends = starts + np.repeat(sizes, [length - size + 1 for size in sizes])
    place = np.arange(length)
    runs: Bools = (place >= starts[:, None]) & (place < ends[:, None])
    return runs
