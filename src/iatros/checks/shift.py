"""Are parts and sites alike? Prevalence and size, beyond what chance explains.

In: targets, folds, sites. Out: findings with the counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, chi2_contingency

from iatros.checks.truth import Truth
from iatros.contracts import Fold, SplitCases
from iatros.findings import Finding, quote

LEVEL = 0.001
LEAST = 0.05  # a difference in prevalence below this is not worth a word
LEAST_SD = 0.2  # of a value: a difference between means, in standard deviations
DOMINANT = 0.8  # share of all cases at one site


@dataclass(frozen=True)
class Difference:
    """How the target differs between named sets of cases. low, high: the extreme sets; text: what they hold, with counts."""

    low: str
    high: str
    text: str


def between_parts(truth: Truth, folds: Sequence[Fold], cases: SplitCases) -> list[Finding]:
    """A warning where the test part of a scheme with a single fold differs from what trains. Folds share out by design."""
    found = []
    schemes = [(fold.scheme, fold.repeat) for fold in folds]
    for fold in folds:
        if schemes.count((fold.scheme, fold.repeat)) > 1:
            continue
        train = np.isin(np.arange(len(cases)), fold.development())
        differ = difference(truth, {"train": train, "test": fold.part == 3}, cases.group)
        if differ:
            what = f"{_measure(truth)} differs between parts of the split `{fold.scheme}`: {differ.text}"
            todo = "expect a shifted intercept; see the calibration section"
            found.append(Finding("warning", what, todo, cases.file, source=truth.name, check="prevalence_parts"))
    return found


def between_sites(truth: Truth, cases: SplitCases) -> list[Finding]:
    """A warning where sites differ, with the lowest and the highest."""
    if cases.site is None:
        return []
    site = np.array(["" if name is None else str(name) for name in cases.site])
    differ = difference(truth, {quote(str(name)): site == name for name in np.unique(site[site != ""])}, cases.group)
    if not differ:
        return []
    what = f"{_measure(truth)} differs between sites: {differ.text}"
    todo = "a model can guess the outcome from the site; judge each site by the others, and recalibrate where it is used"
    return [Finding("warning", what, todo, cases.file, source=truth.name, check="prevalence_sites")]


def dominant_site(cases: SplitCases) -> list[Finding]:
    """A note where nearly all cases come from one site."""
    known = [str(name) for name in cases.site or () if name is not None]
    names, sizes = np.unique(known, return_counts=True)
    if len(names) < 2 or sizes.max() < DOMINANT * len(known):
        return []
    largest = int(sizes.argmax())
    share = percent(sizes[largest] / len(known))
    what = f"{share} of the cases are from site {quote(names[largest])}: {sizes[largest]:,} of {len(known):,}"
    todo = "results are those of this site; the others are few"
    return [Finding("note", what, todo, cases.file, check="site_imbalance")]


def difference(truth: Truth, sets: Mapping[str, NDArray[np.bool_]], group: NDArray[np.int64]) -> Difference | None:
    """The largest difference between sets of cases; None where it is small or within chance."""
    sets = {name: mine & truth.known for name, mine in sets.items() if (mine & truth.known).any()}
    if len(sets) < 2:
        return None
    return _of_classes(truth, sets, group) if truth.classes else _of_values(truth, sets, group)


def _of_classes(truth: Truth, sets: Mapping[str, NDArray[np.bool_]], group: NDArray[np.int64]) -> Difference | None:
    counts = np.array([np.bincount(truth.codes[mine], minlength=len(truth.classes)) for mine in sets.values()])  # [S, K]
    seen = counts[:, counts.sum(axis=0) > 0]
    if seen.shape[1] < 2:
        return None
    effective = chi2_contingency(seen, correction=False).statistic / _cases_per_group(group)
    if chi2.sf(effective, (len(seen) - 1) * (seen.shape[1] - 1)) >= LEVEL:
        return None
    shares = counts / counts.sum(axis=1, keepdims=True)
    which = len(truth.classes) - 1 if len(truth.classes) == 2 else int(np.ptp(shares, axis=0).argmax())
    share = shares[:, which]
    if np.ptp(share) < LEAST:
        return None
    told = [f"{n} {percent(p)} ({c[which]:,} of {c.sum():,})" for n, p, c in zip(sets, share, counts, strict=True)]
    return _extremes(list(sets), share, told, "" if len(truth.classes) == 2 else f"{quote(truth.classes[which])} is ")


def _of_values(truth: Truth, sets: Mapping[str, NDArray[np.bool_]], group: NDArray[np.int64]) -> Difference | None:
    """Means of a number: between-set sum of squares over the variance is about chi-square with S - 1 degrees of freedom."""
    means = np.array([truth.values[mine].mean() for mine in sets.values()])
    sizes = np.array([mine.sum() for mine in sets.values()])
    spread = float(truth.values[truth.known].std())
    if spread == 0 or np.ptp(means) < LEAST_SD * spread:
        return None
    statistic = (sizes * (means - np.average(means, weights=sizes)) ** 2).sum() / spread**2 / _cases_per_group(group)
    if chi2.sf(statistic, len(sizes) - 1) >= LEVEL:
        return None
    told = [f"{name} {mean:,.3g} (n = {size:,})" for name, mean, size in zip(sets, means, sizes, strict=True)]
    return _extremes(list(sets), means, told, "")


def _extremes(names: list[str], level: NDArray[np.float64], told: list[str], lead: str) -> Difference:
    low, high = int(level.argmin()), int(level.argmax())
    text = f"{told[0]}, {told[1]}" if len(told) == 2 else f"{told[low]} to {told[high]}"
    return Difference(names[low], names[high], lead + text)


def _cases_per_group(group: NDArray[np.int64]) -> float:
    """Mean cases of a patient: how much less than their number the cases are worth, at worst."""
    return len(group) / len(np.unique(group))


def _measure(truth: Truth) -> str:
    kind = "mean" if not truth.classes else "prevalence" if len(truth.classes) == 2 else "share of classes"
    return f"{kind} of `{truth.name}`"


def percent(share: float) -> str:
    """`36 %`."""
    return f"{100 * share:.0f} %"
