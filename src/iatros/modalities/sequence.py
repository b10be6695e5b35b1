"""Sequences of letters and texts: DNA, RNA, proteins, molecules as SMILES, clinical notes.

In: a column of letters or of text. Out: codes packed end to end; batches `Tokens` [B, L], as long as their longest case.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Generator, Tensor

from iatros.contracts import Cells, Learned, Modality, Motion, Picture, Shape, Summary, Tokens, each
from iatros.findings import Finding
from iatros.modalities import sequence_vectors
from iatros.modalities.alphabets import COMMON, COMPLEMENT, SIGNS, Alphabet, spelled
from iatros.modalities.embedding import Embedding
from iatros.modalities.sequence_cells import SequencePlan, check_cells, pack_cells, plan_cells, text_of, written
from iatros.modalities.sequence_summary import summarised, windows_of
from iatros.modalities.sequence_things import things_of
from iatros.packed import Packed, side_by_side

SHOWN = 24  # letters of a case that a reader sees
NUCLEOTIDES = ("dna", "rna")


class Vocabulary(Learned):
    """The codes: `size` of them, 0 for nothing known among them. pieces: a text's vocabulary as JSON, "" for letters.

    even: whether all cases have `longest` letters, and a letter stays at its place
    centre, spread: mean and standard deviation of each entry of a pretrained model's vectors in training, () without one
    """

    alphabet: Alphabet
    size: int
    longest: int
    even: bool = False
    pieces: str = ""
    centre: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()


class Sequence(Modality):
    """Letters in a row, of any length: DNA, RNA, a protein, a molecule's SMILES; or words of a text, split into pieces."""

    version: ClassVar[int] = 1
    unpacked: ClassVar[frozenset[str]] = frozenset(
        {"kind", "encoder", "shares", "vocabulary", "masked", "shift", "reverse_complement", "embedding"}
    )  # which model it is stands in the plan
    layout: ClassVar[type[Tokens]] = Tokens
    default: ClassVar[str] = "gated_cnn"
    Plan: ClassVar[type[Learned]] = SequencePlan
    Fitted: ClassVar[type[Learned]] = Vocabulary

    kind: Literal["sequence"] = "sequence"
    column: str
    """The column with the letters, or the text."""
    alphabet: Alphabet | Literal["auto"] = "auto"
    """What is written there; auto looks at the cells."""
    longest: int | None = Field(default=None, ge=1)
    """Positions that are read of each case; by default 4,096 letters, or 512 pieces of a text."""
    vocabulary: int = Field(default=8_000, ge=300, le=200_000)
    """Of a text: how many pieces of words are told apart; they are learned from the training cases."""
    masked: float = Field(default=0.0, ge=0, lt=1)
    """Share of the letters hidden from the network in training, drawn anew each time."""
    shift: int = Field(default=0, ge=0)
    """Training cases are moved by up to so many positions to either side."""
    reverse_complement: bool = False
    """DNA and RNA: training draws either strand; with `views = 2` in [training], predictions are the mean over both.

    Not for what has a strand, such as splice sites."""

    embedding: Embedding | None = None
    """A pretrained model whose vectors the network reads in place of letters or words: `{ folder = "esm2_t6_8M" }`."""

    @model_validator(mode="after")
    def _strands_are_of_nucleotides(self) -> Sequence:
        if self.reverse_complement and self.alphabet not in (*NUCLEOTIDES, "auto"):
            raise ValueError(f"reverse_complement is for DNA and RNA, and alphabet says {self.alphabet}")
        if self.reverse_complement and self.embedding is not None:
            raise ValueError("a pretrained model reads one strand: leave reverse_complement or the embedding out")
        return self

    def columns_used(self) -> tuple[str, ...]:
        return (self.column,)

    def check(self, cells: Cells) -> list[Finding]:
        """Cells without letters, with signs of another alphabet, longer than what is read."""
        plan = self._letters(cells)
        found = check_cells(cells, self.column, plan)
        if self.reverse_complement and plan.alphabet not in NUCLEOTIDES:
            what = f"reverse_complement is for DNA and RNA, and the cells hold {plan.alphabet}"
            found.append(Finding("error", what, "leave it out", cells.file, (), self.column))
        if self.embedding is not None:
            found += sequence_vectors.check_model(self.embedding, plan.alphabet, cells.file, self.column)
        return found

    def plan(self, cells: Cells) -> SequencePlan:
        """Alphabet and lengths, and which pretrained model reads them."""
        plan = self._letters(cells)
        return plan.model_copy(update={"embedding": sequence_vectors.identity_of(self.embedding, plan.alphabet)})

    def rooted(self, folder: Path) -> Sequence:
        """With the pretrained model's folder told from this one."""
        return self if self.embedding is None else self.model_copy(update={"embedding": self.embedding.rooted(folder)})

    def pack(self, cells: Cells, plan: Learned) -> Packed:
        """signs [N + 1] uint8, starts and lengths [M]; with a pretrained model, its vectors too."""
        plan = cast(SequencePlan, plan)
        packed = pack_cells(cells, self.column, plan)
        if self.embedding is None or plan.embedding is None:
            return packed
        return sequence_vectors.with_vectors(packed, cells, self.column, self.embedding)

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> Vocabulary:
        """The pieces of the training texts, or the scale of a model's vectors; letters have nothing to learn."""
        plan = cast(SequencePlan, packed.plan)
        if plan.embedding is not None:
            size = 1 + (plan.embedding.codes if plan.alphabet == "text" else len(SIGNS[plan.alphabet]))
            centre, spread = sequence_vectors.scale_of(packed, rows)
            return Vocabulary(alphabet=plan.alphabet, size=size, longest=plan.longest, centre=centre, spread=spread)
        if plan.alphabet != "text":
            even = plan.even > 0 and not self.reverse_complement and not self.shift
            return Vocabulary(alphabet=plan.alphabet, size=1 + len(SIGNS[plan.alphabet]), longest=plan.longest, even=even)
        from iatros.modalities import sequence_words

        pieces = sequence_words.learn([text_of(packed, row) for row in rows[packed.present[rows]].tolist()], self.vocabulary)
        return Vocabulary(alphabet="text", size=sequence_words.size_of(pieces), longest=plan.longest, pieces=pieces)

    def shape(self, fitted: Learned) -> Shape:
        fitted = cast(Vocabulary, fitted)
        if fitted.centre:
            return Shape(Tokens, numbers=len(fitted.centre), space=(fitted.longest,))
        return Shape(Tokens, categories=(fitted.size,), space=(fitted.longest,), even=fitted.even)

    def batch(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> Tokens:
        """codes [B, L] int64, 0 where nothing is known; mask [B, L], True on the positions of each case.

        With a pretrained model also its vectors as values [B, L, D], which the network reads in place of the codes.
        """
        fitted = cast(Vocabulary, fitted)
        if fitted.centre:
            return sequence_vectors.batch_of(packed, rows, fitted.centre, fitted.spread)
        if fitted.alphabet == "text":
            codes, mask = _worded(packed, rows, fitted)
        else:
            lengths = np.minimum(packed["lengths"][rows], fitted.longest)
            at, mask = side_by_side(packed["starts"][rows], lengths, len(packed["signs"]) - 1)
            codes = packed["signs"][at].astype(np.int64)
        return Tokens(torch.from_numpy(mask), torch.from_numpy(codes))

    def length(self, packed: Packed) -> NDArray[np.int64]:
        """[M] positions that are read; of a text, its bytes, to which they are in proportion."""
        plan = cast(SequencePlan, packed.plan)
        if plan.embedding is not None:
            return np.asarray(packed["vector_lengths"])
        lengths = np.asarray(packed["lengths"])
        return lengths if plan.alphabet == "text" else np.minimum(lengths, plan.longest)

    def move(self, layout: Any, generator: Generator) -> tuple[Tokens, Motion | None]:  # Any: Tokens, as the contract has it
        """The batch with letters hidden, moved, and of either strand; the motion says where each position came from."""
        places: Tensor | None = None
        if self.shift:
            steps = torch.randint(-self.shift, self.shift + 1, (len(layout.mask), 1), generator=generator)
            places = _on(layout.mask, torch.arange(layout.mask.shape[1]) - steps)
            layout = each(layout, lambda t: t if t is layout.mask else _read(t, places))
        if self.reverse_complement:
            turned = torch.rand(len(layout.mask), generator=generator) < 0.5
            layout = _other_strand(layout, turned)
        if self.masked:
            kept = torch.rand(layout.codes.shape, generator=generator) >= self.masked
            layout = each(layout, lambda t: t if t is layout.mask else t * kept.view(*kept.shape, *(1,) * (t.ndim - 2)))
        return layout, None if places is None else Motion(places=places)

    def view(self, layout: Any, number: int) -> Tokens:  # Any: Tokens, as the contract has it
        """View 1, 3, ...: the other strand, where that is the same to the study."""
        if not self.reverse_complement or number % 2 == 0:
            return cast(Tokens, layout)
        return _other_strand(layout, torch.ones(len(layout.mask), dtype=torch.bool, device=layout.mask.device))

    def pretrained(self, plan: Learned) -> str:
        """Name, architecture, fingerprint and layer."""
        identity = cast(SequencePlan, plan).embedding
        return "" if identity is None else f"{identity}, layer {identity.layer}"

    def foreknows(self) -> bool:
        """A pretrained model's vector knows its surroundings."""
        return self.embedding is not None

    def turns(self) -> bool:
        """Are cases read from the other end too?"""
        return self.reverse_complement

    def summary(self, packed: Packed, rows: NDArray[np.int64]) -> Summary:
        """Shares of short words."""
        return summarised(packed, rows, cast(SequencePlan, packed.plan))

    def windows(self, packed: Packed, rows: NDArray[np.int64]) -> Summary | None:
        """Which letter stands at each place around each position. Pieces of a text have none."""
        plan = cast(SequencePlan, packed.plan)
        return None if plan.alphabet == "text" else windows_of(packed, rows, plan)

    def picture(self, packed: Packed, row: int) -> Picture:
        """Length and first letters. Of a text only its length: it may name people."""
        plan, length = cast(SequencePlan, packed.plan), int(packed["lengths"][row])
        if plan.alphabet == "text":
            return Picture(fields=(("bytes of text", f"{length:,}"),))
        begin = int(packed["starts"][row])
        first = spelled(packed["signs"][begin : begin + min(length, SHOWN)], plan.alphabet)
        return Picture(fields=(("letters", f"{length:,}"), ("begins with", first)))

    def letters(self, fitted: Learned) -> str:
        """A, C, G, T; the twenty amino acids; none of texts and molecules."""
        alphabet = cast(Vocabulary, fitted).alphabet
        return "" if alphabet in ("text", "smiles") else SIGNS[alphabet].decode("ascii")[:COMMON]

    def spelled(self, packed: Packed, row: int, fitted: Learned) -> list[str]:
        """The letters that the network reads, or the pieces of a text with the blanks before them."""
        fitted = cast(Vocabulary, fitted)
        if fitted.alphabet != "text":
            begin, length = int(packed["starts"][row]), min(int(packed["lengths"][row]), fitted.longest)
            return list(spelled(packed["signs"][begin : begin + length], fitted.alphabet))
        text = text_of(packed, row)
        return [text[begin:end] for begin, end in pairwise([0, *self._ends(packed, row, text, fitted)])]

    def _ends(self, packed: Packed, row: int, text: str, fitted: Vocabulary) -> list[int]:
        """Where the pieces of a text end."""
        if fitted.centre:
            return sequence_vectors.text_pieces(packed, row)
        from iatros.modalities import sequence_words

        return [end for _, end in sequence_words.spans(text, fitted.pieces)[: fitted.longest]]

    def read_anew(self, layout: Any, packed: Packed, fitted: Learned) -> Any:  # Any: Tokens, as the contract has it
        """Changed letters with the vectors that the pretrained model gives them."""
        fitted = cast(Vocabulary, fitted)
        if self.embedding is None:
            return layout
        return sequence_vectors.read_anew(layout, packed, self.embedding, fitted.centre, fitted.spread)

    def cell(self, codes: NDArray[np.int64], fitted: Learned) -> str:
        """Letters, or the text that the pieces make."""
        fitted = cast(Vocabulary, fitted)
        if fitted.alphabet != "text":
            return spelled(codes, fitted.alphabet)
        from iatros.modalities import sequence_words

        return sequence_words.joined(codes.tolist(), fitted.pieces).strip()

    def things(self, packed: Packed) -> list[bytes | None]:
        """The letters, of DNA and RNA those of one strand."""
        return things_of(packed, cast(SequencePlan, packed.plan))

    def _letters(self, cells: Cells) -> SequencePlan:
        """Alphabet and lengths alone."""
        return plan_cells(written(cells, self.column), None if self.alphabet == "auto" else self.alphabet, self.longest)


def _worded(packed: Packed, rows: NDArray[np.int64], fitted: Vocabulary) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Pieces [B, L] of texts, and where there are any."""
    from iatros.modalities import sequence_words

    found = sequence_words.pieces([text_of(packed, int(row)) for row in rows], fitted.pieces)
    lengths = np.array([min(len(one), fitted.longest) for one in found], np.int64)
    mask = np.arange(max(1, int(lengths.max(initial=1)))) < lengths[:, None]
    codes = np.zeros(mask.shape, np.int64)
    codes[mask] = np.fromiter((code for one in found for code in one[: fitted.longest]), np.int64)
    return codes, mask


def _on(mask: Tensor, places: Tensor) -> Tensor:
    """Places [B, L] that lie on positions of their case; -1 elsewhere."""
    inside = (places >= 0) & (places < mask.sum(1, keepdim=True)) & mask
    return torch.where(inside, places, -1)


def _read(codes: Tensor, places: Tensor) -> Tensor:
    """Codes [B, L], or vectors [B, L, D], from these places; 0 from nowhere."""
    at = places if codes.ndim == 2 else places[:, :, None].expand_as(codes)
    return torch.where(at >= 0, codes.gather(1, at.clamp_min(0)), 0)


def _other_strand(layout: Tokens, turned: Tensor) -> Tokens:
    """The cases of `turned` [B] as the other strand, read in its own direction."""
    assert layout.codes is not None
    length = layout.mask.sum(1, keepdim=True)
    back = (length - 1 - torch.arange(layout.mask.shape[1], device=layout.mask.device)).clamp_min(0)
    other = torch.from_numpy(COMPLEMENT).to(layout.codes.device)[layout.codes.gather(1, back)]
    other = torch.where(layout.mask, other, 0)
    return Tokens(layout.mask, torch.where(turned[:, None], other, layout.codes))
