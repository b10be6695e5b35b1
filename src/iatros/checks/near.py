"""Which cases are nearly the same in an input, or pair the same things?

In: inputs and their packed cells. Out: groups of positions of cases, and codes of the things.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from iatros.contracts import Modality
from iatros.packed import Packed

Things = Sequence[Hashable]
RECURRING = 0.5  # different things, as a share of the places for them, below which cases share things as a rule


def near(inputs: Mapping[str, Modality], packs: Mapping[str, Packed]) -> dict[str, list[NDArray[np.int64]]]:
    """Input -> groups of cases that are alike in it; of several inputs that hold things, `A + B` -> those alike in all.

    A protein may be in many pairs, and these are no copies of one another. Where inputs share an encoder it does not matter
    which of them holds what.
    """
    held = {name: modality.things(packs[name]) for name, modality in inputs.items()}
    things = {name: of_case for name, of_case in held.items() if of_case is not None}
    found = {name: modality.twins(packs[name]) for name, modality in inputs.items() if name not in things}
    if things:
        readers = [inputs[name].shares or name for name in things]
        found[" + ".join(things)] = equal(_joint(list(things.values()), readers))
    return found


def coded(inputs: Mapping[str, Modality], packs: Mapping[str, Packed]) -> dict[str, NDArray[np.int64]]:
    """Input -> [M] code of the thing that each case holds, -1 where none. Inputs that share an encoder hold the same things."""
    held = {name: things for name, modality in inputs.items() if (things := modality.things(packs[name])) is not None}
    readers = {name: inputs[name].shares or name for name in held}
    code = {one: number for number, one in enumerate(dict.fromkeys((readers[n], t) for n in held for t in held[n]))}
    return {
        name: np.array([-1 if one is None else code[readers[name], one] for one in things], np.int64)
        for name, things in held.items()
    }


def paired(inputs: Mapping[str, Modality], packs: Mapping[str, Packed]) -> NDArray[np.int64] | None:
    """[M, 2] both things of cases that are pairs of things, which several pairs share; None where they are not."""
    found = coded(inputs, packs)
    if len(found) != 2:
        return None
    both = np.stack(list(found.values()), axis=1)
    return both if len(np.unique(both)) < RECURRING * both.size else None


def equal(of_case: Things) -> list[NDArray[np.int64]]:
    """Groups of cases that hold the same, None apart."""
    places: dict[Hashable, list[int]] = {}
    for case, held in enumerate(of_case):
        if held is not None:
            places.setdefault(held, []).append(case)
    return [np.array(group, np.int64) for group in places.values() if len(group) > 1]


def _joint(columns: Sequence[Things], readers: Sequence[str]) -> list[Hashable]:
    """What each case holds in all columns; those of one reader in any order. None where it lacks one."""
    if len(columns) == 1:
        return list(columns[0])
    order = dict.fromkeys(readers)
    parts = [[column for column, own in zip(columns, readers, strict=True) if own == reader] for reader in order]
    cases = zip(*(zip(*part, strict=True) for part in parts), strict=True)
    return [None if any(held is None for part in case for held in part) else tuple(map(_any_order, case)) for case in cases]


def _any_order(held: Things) -> Hashable:
    return tuple(sorted(held, key=repr))
