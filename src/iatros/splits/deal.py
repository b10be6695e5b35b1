"""Deal groups out to parts, so that every part gets its share of the cases and of each class.

In: a group and a class per case, shares of the parts. Out: [M] the part of each case. No group is ever torn apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
TINY = 1e-9  # 5 groups times a share of .2 is one whole group, whatever the rounding


def deal(group: Ints, strata: Ints, shares: Sequence[float], rng: np.random.Generator) -> Ints:
    """Put whole groups into parts of the given shares, balanced by class and by size.

    group: [M]; strata: [M], -1 (unknown) counts as a class of its own; shares: one number above 0 a part, in any unit.
    Returns [M] codes 0 ... len(shares) - 1. The order of the cases plays no part; the seed and the groups' codes do.
    Where there are groups enough, no part is empty.

    Groups of the same make-up are interchangeable: of each make-up every part gets the whole number of groups below its share,
    and the rest go one by one to where they lower the chi-square distance from the shares most, largest groups first (after
    Sechidis et al. 2011, doi:10.1007/978-3-642-23808-6_10, with groups in place of cases of several labels).
    """
    if len(group) == 0:
        return np.zeros(0, np.int64)
    names, of_case = np.unique(group, return_inverse=True)
    makeup = _makeup(of_case, strata, len(names))  # [G, K]
    part = _deal_groups(makeup, np.asarray(shares, np.float64) / np.sum(shares), rng)
    return _fill_empty(part, makeup.sum(axis=1), len(shares))[of_case]


def _makeup(of_case: Ints, strata: Ints, groups: int) -> Ints:
    """[G, K] cases of each class in each group."""
    classes, of_class = np.unique(strata, return_inverse=True)
    counts = np.bincount(of_case * len(classes) + of_class, minlength=groups * len(classes))
    return counts.reshape(groups, len(classes)).astype(np.int64)


def _deal_groups(makeup: Ints, shares: Floats, rng: np.random.Generator) -> Ints:
    """[G, K] -> [G] the part of each group."""
    kinds, of_group, number = np.unique(makeup, axis=0, return_inverse=True, return_counts=True)
    of_group = of_group.reshape(-1)
    weighed = np.column_stack([kinds, kinds.sum(axis=1)]).astype(np.float64)  # size is balanced like one more class
    target = shares[:, None] * (number @ weighed)  # [P, K + 1]
    shuffled = rng.permutation(len(makeup))
    members = np.split(shuffled[np.argsort(of_group[shuffled], kind="stable")], np.cumsum(number)[:-1])
    held = np.zeros_like(target)
    part = np.empty(len(makeup), np.int64)
    for kind in _hardest_first(kinds, number, rng):
        whole = np.floor(number[kind] * shares + TINY).astype(np.int64)
        held += whole[:, None] * weighed[kind]
        rest = [_neediest(held, target, weighed[kind], rng) for _ in range(number[kind] - whole.sum())]
        part[members[kind]] = np.concatenate([np.repeat(np.arange(len(shares)), whole), np.array(rest, np.int64)])
    return part


def _hardest_first(kinds: Ints, number: Ints, rng: np.random.Generator) -> Ints:
    """Order of the make-ups: large groups first, among equals those with the rarest class, then by lot."""
    total = number @ kinds
    rarest = np.where(kinds > 0, total, total.max() + 1).min(axis=1)
    return np.lexsort((rng.random(len(kinds)), rarest, -kinds.sum(axis=1))).astype(np.int64)


def _neediest(held: Floats, target: Floats, group: Floats, rng: np.random.Generator) -> int:
    """The part that gains most by one more group, which it is given."""
    gain = (group * (2 * (held - target) + group) / np.maximum(target, TINY)).sum(
        axis=1
    )  # change of the chi-square distance, [P]
    best = int(rng.choice(np.flatnonzero(gain <= gain.min() + TINY)))
    held[best] += group
    return best


def _fill_empty(part: Ints, size: Ints, parts: int) -> Ints:
    """Give an empty part the smallest group of the part that has most groups, as long as one has two."""
    for empty in range(parts):
        groups = np.bincount(part, minlength=parts)
        if groups[empty] or groups.max() < 2:
            continue
        donors = np.flatnonzero(part == groups.argmax())
        part[donors[size[donors].argmin()]] = empty
    return part
