"""Sequences as a pretrained model sees them: checks, packing, scaling, batches, and changed letters read anew.

In: packed letters or texts, what the study says of a model. Out: `Packed` with vectors; `Tokens` whose values they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.contracts import Cells, Tokens
from iatros.findings import Finding, InputError
from iatros.modalities.alphabets import Alphabet
from iatros.modalities.embedding import Embedding, Identity, vectors
from iatros.modalities.embedding.spelling import Pieces, Spelled, Speller
from iatros.modalities.sequence_cells import SequencePlan, text_of
from iatros.packed import Packed, side_by_side, slices

SCALED_BY = 2_000  # training cases by which vectors are scaled
FLAT = 1e-4  # spread below which an entry of the vectors is taken to be constant
NOTHING = Spelled(np.zeros(0, np.int64), np.zeros(0, np.int64))
Floats = NDArray[np.float32]


def identity_of(said: Embedding | None, alphabet: Alphabet) -> Identity | None:
    """The model that the study names. Raises InputError where there is none, or it cannot read this alphabet."""
    return None if said is None else vectors.told(said, alphabet)


def check_model(said: Embedding, alphabet: Alphabet, file: str, column: str) -> list[Finding]:
    """A model that cannot be used; and, of any other, what it may have read before."""
    try:
        identity = vectors.told(said, alphabet)
    except InputError as wrong:
        return [replace(wrong.finding, file=file, column=column)]
    what = f"vectors come from a pretrained model, {identity}, which may have read the tested cases, or their kin, before"
    todo = "no split can undo that, and figures may flatter; judge on cases that are newer than the model"
    return [Finding("warning", what, todo, file, (), column, check="pretrained")]


def with_vectors(packed: Packed, cells: Cells, column: str, said: Embedding) -> Packed:
    """The same with a vector for every position. Raises InputError where the model is not the one of the plan."""
    plan = packed.plan
    assert isinstance(plan, SequencePlan)
    assert plan.embedding is not None
    rows = np.flatnonzero(packed.present)
    if not len(rows):
        return _joined(packed, vectors.without(len(packed), plan.embedding))
    speller, folder = vectors.reader(said, plan.embedding, plan.alphabet)
    sequences = [NOTHING] * len(packed)
    for row, one in zip(rows.tolist(), _spelled(packed, rows, speller, plan), strict=True):
        sequences[row] = one
    arrays = vectors.embedded(sequences, plan.embedding, folder)
    if plan.alphabet == "text":
        arrays |= vectors.pieces(sequences)
    longer = cells.rows[[len(one.tokens) > plan.embedding.window for one in sequences]]
    return _joined(packed, arrays, _in_windows(longer.tolist(), plan.embedding, cells.file, column))


def scale_of(packed: Packed, rows: NDArray[np.int64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and spread of each entry of the vectors, over positions of training cases (evenly chosen where they are many)."""
    rows = rows[packed.present[rows]]
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), SCALED_BY)).astype(np.int64)]
    width = packed["vectors"].shape[1]
    count, total, squares = 0, np.zeros(width), np.zeros(width)
    for row in rows.tolist():
        found = _vectors(packed, row).astype(np.float64)
        count, total, squares = count + len(found), total + found.sum(0), squares + (found**2).sum(0)
    mean = total / max(1, count)
    spread = np.sqrt(np.maximum(squares / max(1, count) - mean**2, 0))
    spread[spread < FLAT] = 1
    return tuple(mean.tolist()), tuple(spread.tolist())


def batch_of(packed: Packed, rows: NDArray[np.int64], centre: Sequence[float], spread: Sequence[float]) -> Tokens:
    """values [B, L, D], standardised, 0 behind each case; codes [B, L], which no network reads, say what stands there."""
    starts, lengths = packed["vector_starts"][rows], packed["vector_lengths"][rows]
    at, mask = side_by_side(starts, lengths, len(packed["vectors"]) - 1)
    if "pieces" in packed.arrays:
        codes = packed["pieces"][at]
    else:
        letters, _ = side_by_side(packed["starts"][rows], lengths, len(packed["signs"]) - 1)
        codes = packed["signs"][letters]
    inside = torch.from_numpy(mask)
    return Tokens(inside, torch.from_numpy(codes.astype(np.int64)), _scaled(packed["vectors"][at], inside, centre, spread))


def read_anew(layout: Tokens, packed: Packed, said: Embedding, centre: Sequence[float], spread: Sequence[float]) -> Tokens:
    """The layout of changed letters, codes [B, L], with the vectors that the model gives them; nothing of it is kept."""
    plan = packed.plan
    assert isinstance(plan, SequencePlan)
    assert plan.embedding is not None
    assert layout.codes is not None
    speller, folder = vectors.reader(said, plan.embedding, plan.alphabet)
    codes, mask = layout.codes.cpu().numpy(), layout.mask.cpu().numpy()
    sequences = [speller.letters(row[there].astype(np.uint8)) for row, there in zip(codes, mask, strict=True)]
    found = np.zeros((*mask.shape, plan.embedding.width), np.float16)
    for number, of_tokens in vectors.through(sequences, plan.embedding, folder, keep=False):
        found[number, mask[number]] = vectors.of_positions(of_tokens, sequences[number])
    return replace(layout, values=_scaled(found, layout.mask, centre, spread))


def text_pieces(packed: Packed, row: int) -> list[int]:
    """Where in a text each of its positions ends, in characters."""
    begin = int(packed["vector_starts"][row])
    found: list[int] = packed["ends"][begin : begin + int(packed["vector_lengths"][row])].tolist()
    return found


def _spelled(packed: Packed, rows: NDArray[np.int64], speller: Speller, plan: SequencePlan) -> list[Spelled]:
    """Each case as tokens of the model, up to the positions that are read."""
    if plan.alphabet == "text":
        assert isinstance(speller, Pieces)
        return [vectors.cut(speller.text(text_of(packed, row)), plan.longest) for row in rows.tolist()]
    return [speller.letters(letters[: plan.longest]) for letters in slices(packed, "signs", rows)]


def _joined(packed: Packed, arrays: vectors.Arrays, findings: tuple[Finding, ...] = ()) -> Packed:
    read = packed.present & (arrays["vector_lengths"] > 0)
    return Packed({**packed.arrays, **arrays}, read, packed.plan, (*packed.findings, *findings))


def _in_windows(rows: list[int], identity: Identity, file: str, column: str) -> tuple[Finding, ...]:
    if not rows:
        return ()
    what = f"{len(rows):,} {'cell is' if len(rows) == 1 else 'cells are'} longer than the {identity.window:,} tokens that "
    what += f"{identity.name} reads at once"
    todo = "they go through it in windows that overlap by a quarter; no position knows of those outside its window"
    return (Finding("note", what, todo, file, tuple(rows), column, check="windows"),)


def _vectors(packed: Packed, row: int) -> NDArray[np.float16]:
    begin = int(packed["vector_starts"][row])
    found: NDArray[np.float16] = packed["vectors"][begin : begin + int(packed["vector_lengths"][row])]
    return found


def _scaled(found: NDArray[np.float16], mask: Tensor, centre: Sequence[float], spread: Sequence[float]) -> Tensor:
    values = (found.astype(np.float32) - np.array(centre, np.float32)) / np.array(spread, np.float32)
    return torch.from_numpy(values) * mask[:, :, None]
