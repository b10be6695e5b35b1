"""Packed sequences with the vectors of a pretrained model beside them.

In: sequences as a model's tokens. Out: arrays `vectors` [P + 1, D] float16, `vector_starts` and `vector_lengths` [M]; of texts
also `pieces` and `ends` [P + 1] int32, as the model's own pieces are the positions. Flat arrays are longer than there are
cases, so that none is taken for one entry a case; what lies behind all positions is 0.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.modalities.alphabets import Alphabet
from iatros.modalities.embedding import store
from iatros.modalities.embedding.declared import SHOWN, Embedding, Identity
from iatros.modalities.embedding.folder import digest, located, refuse
from iatros.modalities.embedding.frozen import frozen
from iatros.modalities.embedding.identity import identify
from iatros.modalities.embedding.library import tokenizer_of
from iatros.modalities.embedding.spelling import Spelled, Speller, speller
from iatros.packed import cache_folder

LOT = 65_536  # tokens whose vectors are held at once
Arrays = dict[str, NDArray[Any]]  # Any: numbers of several types
Floats = NDArray[np.float16]


def told(said: Embedding, alphabet: Alphabet) -> Identity:
    """The model that the study names, if it can read this alphabet. Raises InputError where not."""
    folder = located(said)
    identity = identify(said, folder)
    speller(tokenizer_of(folder, said.name), alphabet, said.name)
    return identity


def embedded(sequences: Sequence[Spelled], identity: Identity, folder: Path) -> Arrays:
    """The arrays of these sequences, one a case; vectors come from the cache, or go through the model and into it."""
    lengths = np.array([len(one.of) for one in sequences], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    vectors = _room(max(int(starts[-1]), len(sequences)) + 1, identity.width)
    for number, found in through(sequences, identity, folder, keep=True):
        vectors[starts[number] : starts[number + 1]] = of_positions(found, sequences[number])
    return {"vectors": vectors, "vector_starts": starts[:-1], "vector_lengths": lengths}


def without(cases: int, identity: Identity) -> Arrays:
    """The arrays of cases that have no sequence."""
    nothing = np.zeros(cases, np.int64)
    return {"vectors": np.zeros((cases + 1, identity.width), np.float16), "vector_starts": nothing, "vector_lengths": nothing}


def of_positions(found: Floats, one: Spelled) -> Floats:
    """Vectors of tokens [T, D] -> of positions [L, D]; 0 where a position has no token."""
    return np.where(one.of[:, None] >= 0, found[one.of], np.float16(0))


def through(sequences: Sequence[Spelled], identity: Identity, folder: Path, *, keep: bool) -> Iterator[tuple[int, Floats]]:
    """(number, vectors [T, D] of its tokens) of each sequence that has tokens; equal ones go through once.

    keep: write what went through the model to the cache.
    """
    places: dict[Path, list[int]] = {}
    for number, one in enumerate(sequences):
        if len(one.tokens):
            places.setdefault(store.place(identity, one.tokens), []).append(number)
    missing: list[Path] = []
    for path, numbers in places.items():
        found = store.kept(path, len(sequences[numbers[0]].tokens), identity.width)
        if found is None:
            missing.append(path)
            continue
        yield from ((number, found) for number in numbers)
    missing.sort(key=lambda path: len(sequences[places[path][0]].tokens))
    for lot in _lots(missing, [len(sequences[places[path][0]].tokens) for path in missing]):
        made = frozen(folder, identity).vectors([sequences[places[path][0]].tokens for path in lot])
        for path, found in zip(lot, made, strict=True):
            if keep:
                store.keep(path, found)
            yield from ((number, found) for number in places[path])


def reader(said: Embedding, identity: Identity, alphabet: Alphabet) -> tuple[Speller, Path]:
    """How the model of a run reads, and its folder. Raises InputError where it is another one by now, or gone."""
    folder = located(said)
    found = digest(folder)
    if found != identity.digest:
        refuse(
            f"the model in `{said.name}` is another (SHA-256 {found[:SHOWN]}) than the one of this run, {identity}",
            "give the folder of that model, or put it below the folder that $IATROS_MODELS names",
        )
    return speller(tokenizer_of(folder, said.name), alphabet, said.name), folder


def pieces(sequences: Sequence[Spelled]) -> Arrays:
    """Codes of all positions, from 1, and where in its text each ends; one sequence a case."""
    total = max(sum(len(one.tokens) for one in sequences), len(sequences)) + 1
    codes, ends = np.zeros(total, np.int32), np.zeros(total, np.int32)
    begin = 0
    for one in sequences:
        stop = begin + len(one.tokens)
        codes[begin:stop] = one.tokens + 1
        ends[begin:stop] = one.ends if one.ends is not None else 0
        begin = stop
    return {"pieces": codes, "ends": ends}


def cut(one: Spelled, longest: int) -> Spelled:
    """The first positions of a text."""
    return Spelled(one.tokens[:longest], one.of[:longest], None if one.ends is None else one.ends[:longest])


def _room(rows: int, width: int) -> Floats:
    """Zeros in a file that goes with the array: all vectors of a study may be more than the memory holds."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        return np.memmap(file, np.float16, "w+", shape=(rows, width))


def _lots(paths: Sequence[Path], lengths: Sequence[int]) -> Iterator[list[Path]]:
    lot: list[Path] = []
    held = 0
    for path, length in zip(paths, lengths, strict=True):
        if lot and held + length > LOT:
            yield lot
            lot, held = [], 0
        lot.append(path)
        held += length
    if lot:
        yield lot
