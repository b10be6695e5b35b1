"""The contracts: the small types in which modalities, targets, encoders, fusions, safeguards and splits meet.

Importing this page imports no torch. `B` cases in a batch, `M` cases of a study, `F` features of a table, `J` categories of a
table, `C` channels, `*space` image axes in array order, `L` positions, `W` width of a vector in a network, `K` classes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Flag, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from iatros.findings import Finding
from iatros.packed import Packed
from iatros.predictions import Form
from iatros.registry import Kind, of

if TYPE_CHECKING:
    import polars as pl
    from torch import Generator, Tensor, nn

T = TypeVar("T")
FoldKey = tuple[str, int, int]  # scheme, repeat, fold


class Level(Flag):
    """How finely an encoder describes a case, and how finely a target asks for it."""

    WHOLE = auto()
    POSITIONS = auto()
    MAPS = auto()


# ---- what travels: layouts, features, batches


def each(tree: T, f: Callable[[Tensor], Tensor]) -> T:
    """The same tree (tensors, layouts, tuples, dictionaries, None, plain numbers) with `f` of every tensor in it."""
    result: Any
    if isinstance(tree, dict):
        result = {name: each(value, f) for name, value in tree.items()}
    elif isinstance(tree, tuple):
        result = tuple(each(value, f) for value in tree)
    elif isinstance(tree, Batch):
        result = Batch(**{name: each(value, f) for name, value in vars(tree).items()})
    elif is_dataclass(tree) and not isinstance(tree, type):
        result = replace(tree, **{part.name: each(getattr(tree, part.name), f) for part in fields(tree)})
    elif hasattr(tree, "detach"):  # a tensor, without importing torch to ask
        any_tensor: Any = tree
        result = f(any_tensor)
    else:
        result = tree
    return result  # type: ignore[no-any-return]  # the tree's own type, rebuilt


class Tensors:
    """A bundle of tensors that moves as one."""

    def to(self, *to: Any, **how: Any) -> Self:  # Any: as torch.Tensor.to
        """The same on another device or in another type."""
        return each(self, lambda t: t.to(*to, **how))

    def take(self, rows: Tensor) -> Self:
        """Some cases of the batch."""
        return each(self, lambda t: t[rows])


@dataclass(frozen=True)
class Rows(Tensors):
    """Cases of a table.

    numbers:    [B, F]  standardised, 0 where not observed
    observed:   [B, F]  bool
    categories: [B, J]  codes; 0 is missing or never seen in training
    """

    numbers: Tensor
    observed: Tensor
    categories: Tensor


@dataclass(frozen=True)
class Grid(Tensors):
    """Values on a regular grid of one, two or three axes.

    values: [B, C, *space]; mask: [B, *space] bool, True inside; None where nothing is padding
    """

    values: Tensor
    mask: Tensor | None = None


@dataclass(frozen=True)
class Tokens(Tensors):
    """Positions in a row: mask [B, L] bool; codes [B, L], values [B, L, V], times [B, L], each optional.

    The positions of a case are the first of its row. Codes may be given as shares [B, L, vocabulary] of each code, so that
    a gradient can be taken by them.
    """

    mask: Tensor
    codes: Tensor | None = None
    values: Tensor | None = None
    times: Tensor | None = None


@dataclass(frozen=True)
class Graph(Tensors):
    """Molecules end to end: atoms [N, A], bonds [E, D], ends [2, E] (rows of atoms), molecule [N] (the case of each atom)."""

    atoms: Tensor
    bonds: Tensor
    ends: Tensor
    molecule: Tensor


Layout = Rows | Grid | Tokens | Graph


@dataclass(frozen=True)
class Shape:
    """All that an encoder is told before it sees a layout.

    numbers:    Rows: F; Tokens: V
    categories: Rows: how many codes each column has (0, unknown, included); Tokens: (vocabulary,) or ()
    channels:   Grid: C
    space:      Grid: the size, whose length is the number of axes; Tokens: (positions of a case at most,)
    even:       Tokens: all cases have that many positions, so that a place means the same in each
    quantiles:  Rows: [F][Q] training quantiles of each standardised number, for embeddings that bin them
    """

    layout: type[Layout]
    numbers: int = 0
    categories: tuple[int, ...] = ()
    channels: int = 0
    space: tuple[int, ...] = ()
    even: bool = False
    quantiles: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Sizes:
    """Widths of what an encoder gives: W of `whole`, W of `positions`, C of each of `maps`. Every encoder has `.sizes`.

    Of an encoder that passes on the codes it read: codes, how many there are; longest, positions of a case at most.
    """

    whole: int
    positions: int = 0
    maps: tuple[int, ...] = ()
    codes: int = 0
    longest: int = 0


@dataclass(frozen=True)
class Features(Tensors):
    """What every encoder gives.

    whole: [B, W]; positions: [B, L, W] with mask [B, L]; maps: tuple of [B, C, *space], finest first
    codes: [B, L] that were read, where no position knows the codes behind it, so that they can be foretold
    """

    whole: Tensor
    positions: Tensor | None = None
    mask: Tensor | None = None
    maps: tuple[Tensor, ...] = ()
    codes: Tensor | None = None


@dataclass(frozen=True)
class Motion(Tensors):
    """How augmentation moved a batch.

    affine: [B, d, d + 1] of grids: output to input, in coordinates of -1 to 1, x first
    places: [B, L] of tokens: the position from which each was read, -1 from nowhere
    """

    affine: Tensor | None = None
    places: Tensor | None = None


class Batch(Tensors):
    """Cases on their way into a model. No dataclass: Fabric copies those and rounds their floats to bfloat16.

    inputs:  input -> layout
    present: input -> [B] bool; where False, the layout holds zeros that nobody must read
    truth:   target -> name -> [B, ...]
    known:   target -> [B] bool
    rows:    [B] int64, position of the case in the study
    partner: [B] int64 or None; share: [B]. Mixed cases: `share` of the loss is by one's own truth, the rest by the partner's.
    """

    def __init__(
        self,
        inputs: dict[str, Layout],
        present: dict[str, Tensor],
        truth: dict[str, dict[str, Tensor]],
        known: dict[str, Tensor],
        rows: Tensor,
        partner: Tensor | None = None,
        share: Tensor | None = None,
    ) -> None:
        self.inputs, self.present, self.truth, self.known, self.rows = inputs, present, truth, known, rows
        self.partner, self.share = partner, share

    def with_(self, **changes: Any) -> Batch:  # Any: any of the attributes
        """The same batch with other contents."""
        return Batch(**{**vars(self), **changes})


# ---- encoders


class Encoder(Kind, ABC):
    """A kind of network: a layout in, `Features` out."""

    takes: ClassVar[tuple[type[Layout], ...]]
    gives: ClassVar[Level] = Level.WHOLE

    pretrained: Path | None = None
    """A .safetensors file, or a folder with one, to start from. Layers of another shape start afresh, and are named."""

    @abstractmethod
    def build(self, shape: Shape) -> nn.Module:
        """layout -> Features; has `.sizes`."""

    def causal(self) -> bool:
        """Does a position know only what stands at and before it?"""
        return False


if TYPE_CHECKING:
    AnyEncoder = Encoder
else:
    AnyEncoder = of("encoders", Encoder)


# ---- sources: what an input and a target share


@dataclass(frozen=True)
class Cells:
    """The columns of one source as the file has them, one row a case.

    frame:  [M] rows with the columns that the source uses, under the file's names
    rows:   [M] int64, where each case stands in the user's file, as a spreadsheet counts (the header of a CSV is row 1)
    file:   the file as the user wrote it; folder: where relative paths in cells start (paths that leave it are faults)
    arrays: columns whose cells are arrays (an .npz): the frame holds the index into the array's first axis
    """

    frame: pl.DataFrame = field(repr=False)
    rows: NDArray[np.int64]
    file: str = ""
    folder: Path = Path()
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


class Learned(BaseModel):
    """A Plan or Fitted: small, frozen, saved with the run as JSON. This one has learned nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Kind, ABC):
    """What an input and a target share: where their cells stand, what can be wrong with them, and how they are packed."""

    version: ClassVar[int] = 1  # of the code that packs; part of the cache's key
    unpacked: ClassVar[frozenset[str]] = frozenset({"kind"})  # fields that do not change what is packed
    files: ClassVar[bool] = False  # cells are paths: fingerprinted by size and time
    Plan: ClassVar[type[Learned]] = Learned
    Fitted: ClassVar[type[Learned]] = Learned

    @abstractmethod
    def columns_used(self) -> tuple[str, ...]:
        """The columns of the cases that this source reads."""

    def located(self, cells: Cells) -> Cells:
        """The cells as this source reads them: with paths written out, where they are given in short."""
        return cells

    def check(self, cells: Cells) -> list[Finding]:
        """What is wrong with the cells, before any training."""
        return []

    def plan(self, cells: Cells) -> Learned:
        """Geometry and codes learned from the cells as they stand (image size, names of classes); reused by `predict`."""
        return self.Plan()

    def fit(self, packed: Packed, rows: NDArray[np.int64]) -> Learned:
        """Statistics of the training rows. The only place where anything is learned before training."""
        return self.Fitted()

    def options(self) -> dict[str, Any]:  # Any: JSON
        """The fields that decide the packed form."""
        return self.model_dump(mode="json", exclude=set(self.unpacked))


@dataclass(frozen=True)
class Summary:
    """Cases as plain features for classical models: values [M, F] float64 with NaN where missing, and the features' names."""

    values: NDArray[np.float64]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """One case of one input, to be shown. Exactly one of the two.

    image:  [H, W] or [H, W, 3] uint8
    fields: (name, value as text) pairs, five-year age bands, no free text and no dates
    """

    image: NDArray[np.uint8] | None = None
    fields: tuple[tuple[str, str], ...] = ()


class Modality(Source):
    """A kind of input: from cells to batches."""

    layout: ClassVar[type[Layout]]
    default: ClassVar[str]  # kind of encoder when the study names none
    unpacked: ClassVar[frozenset[str]] = frozenset({"kind", "encoder", "shares", "augment"})

    encoder: AnyEncoder | None = None
    """The network that reads this input; by default the modality's own choice."""
    shares: str | None = None
    """Another input of the same kind, whose network reads this one as well: the two proteins of a pair, say."""

    @abstractmethod
    def pack(self, cells: Cells, plan: Learned) -> Packed:
        """All cells as flat arrays. Cells that cannot be read become findings (`aside`) and are not present."""

    @abstractmethod
    def shape(self, fitted: Learned) -> Shape:
        """What the encoder is told."""

    @abstractmethod
    def batch(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> Layout:
        """Cases `rows` as a layout, scaled by what was fitted. No Python per case."""

    def rooted(self, folder: Path) -> Self:
        """The same, with relative paths that the study itself names (a pretrained model) told from this folder."""
        return self

    def pretrained(self, plan: Learned) -> str:
        """The frozen model as whose vectors this input is read, in words; "" where there is none."""
        return ""

    def foreknows(self) -> bool:
        """Does a position of the layout hold something of those behind it? What foretells refuses that."""
        return False

    def turns(self) -> bool:
        """Are cases also read from their other end, so that positions lose their places? Dense targets refuse that."""
        return False

    @abstractmethod
    def summary(self, packed: Packed, rows: NDArray[np.int64]) -> Summary:
        """Cases `rows` as plain features: what classical baselines and probes read."""

    def windows(self, packed: Packed, rows: NDArray[np.int64]) -> Summary | None:
        """The surroundings of every position of cases `rows`, end to end, as plain features; None where there are none."""
        return None

    @abstractmethod
    def picture(self, packed: Packed, row: int) -> Picture:
        """One case as a reader should see it."""

    def parts(self, packed: Packed, fitted: Learned) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Of a layout of rows: column -> its positions among the numbers and among the categories; {} for other layouts."""
        return {}

    def letters(self, fitted: Learned) -> str:
        """Of a layout of tokens: the capitals for which the codes 1, 2, ... stand; "" where they stand for something else."""
        return ""

    def spelled(self, packed: Packed, row: int, fitted: Learned) -> list[str]:
        """Of a layout of tokens: what each position of a case holds, so that joining it gives the case; [] of other layouts."""
        return []

    def cell(self, codes: NDArray[np.int64], fitted: Learned) -> str:
        """Of a layout of tokens: codes [L] as a cell of letters or text again; "" of other layouts."""
        return ""

    def read_anew(self, layout: Any, packed: Packed, fitted: Learned) -> Any:  # Any: this modality's layout
        """A layout whose codes were changed, as the network reads it: with the vectors of the changed codes, say."""
        return layout

    def twins(self, packed: Packed) -> list[NDArray[np.int64]]:
        """Groups of cases (positions) that are nearly the same to the eye; none where that makes no sense."""
        return []

    def things(self, packed: Packed) -> Sequence[Hashable] | None:
        """Of each case what it holds, None where nothing, if cells name things that several cases may share; else None.

        Cases that hold the same are copies; where two inputs hold things a case is a pair, and copies pair the same.
        """
        return None

    def length(self, packed: Packed) -> NDArray[np.int64] | None:
        """[M] lengths of ragged cells, so that like lengths share a batch; None where all are alike."""
        return None

    def move(self, layout: Any, generator: Generator) -> tuple[Any, Motion | None]:  # Any: this modality's layout
        """Augmentation of a training batch, and the motion that dense targets have to follow."""
        return layout, None

    def view(self, layout: Any, number: int) -> Any:  # Any: this modality's layout
        """View `number` of a batch at prediction, the same change for every case; from 1, as view 0 is the batch as it is."""
        return layout


class Target(Source):
    """A kind of outcome: from cells to a loss per case and to a table of predictions."""

    needs: ClassVar[Level] = Level.WHOLE
    coupled: ClassVar[bool] = False  # a case's loss depends on its neighbours (Cox's risk set)
    foretells: ClassVar[bool] = False  # what stands behind each position: its encoder must not look ahead
    pairs: ClassVar[bool] = False  # raw scores are of pairs of positions, so that fewer long cases go through at once
    unpacked: ClassVar[frozenset[str]] = frozenset({"kind", "weight", "input", "loss_"})

    weight: float = Field(default=1.0, ge=0)
    """This target's share of the loss where several are trained together."""
    input: str | None = None
    """The input that a dense target is anchored to; by default the first that gives what it needs."""

    @abstractmethod
    def pack(self, cells: Cells, plan: Learned, anchor: Packed | None = None) -> Packed:
        """Truth of all cases; a case without truth is not present."""

    @abstractmethod
    def form(self, plan: Learned) -> Form:
        """How this target's predictions table is to be read: task, classes, thresholds."""

    @abstractmethod
    def truth_columns(self, packed: Packed, rows: NDArray[np.int64]) -> dict[str, NDArray[Any] | list[Any]]:
        """Truth of cases `rows` as columns of the predictions table (see `iatros.predictions`)."""

    def strata(self, packed: Packed) -> NDArray[np.int64] | None:
        """[M] groups that splits and weights should balance; -1 unknown; None where there are none."""
        return None

    @abstractmethod
    def truth(self, packed: Packed, rows: NDArray[np.int64], fitted: Learned) -> dict[str, Tensor]:
        """Truth of cases `rows` as tensors, for the loss."""

    def follow(self, truth: dict[str, Tensor], motion: Motion | None) -> dict[str, Tensor]:
        """Truth moved as its anchor was moved; whole-case truth does not move."""
        return truth

    @abstractmethod
    def width(self, fitted: Learned) -> int:
        """How many raw numbers a case (or a position) needs."""

    def head(self, sizes: Sizes, fitted: Learned) -> nn.Module | None:
        """A readout of one's own; None: a linear one of `width` at the level needed."""
        return None

    @abstractmethod
    def loss(self, raw: Tensor, truth: dict[str, Tensor], fitted: Learned) -> Tensor:
        """raw [B, width] -> [B]. Called with known cases only."""

    @abstractmethod
    def predict(self, raw: Tensor, fitted: Learned) -> dict[str, NDArray[Any]]:
        """raw [B, width] -> score columns of the predictions table; of a dense target, arrays of one array a case."""


# ---- fusions, safeguards, splits


class Fusion(Kind, ABC):
    """How several inputs become one description of a case."""

    together: ClassVar[bool] = False  # what it looks for is in no input alone: encoders learn from the fused loss

    @abstractmethod
    def build(self, widths: Mapping[str, int]) -> nn.Module:
        """(whole: input -> [B, W], present: input -> [B] bool) -> [B, V]; has `.width` = V. Reads nothing not present."""


class Safeguard(Kind, ABC):
    """A protection around training. It sees strata, batches, losses per case or predictions: no modality, no target."""

    order: ClassVar[int] = 0  # hooks run in this order, whatever the study's
    Fitted: ClassVar[type[Learned]] = Learned

    def fit(self, strata: Mapping[str, NDArray[np.int64]]) -> Learned:
        """Learn from the strata (target -> [n], -1 unknown) of the training rows."""
        return self.Fitted()

    def model(self, model: nn.Module) -> nn.Module:
        """Change the model before training."""
        return model

    def draw(self, strata: Mapping[str, NDArray[np.int64]], fitted: Learned, generator: Generator) -> NDArray[np.int64] | None:
        """Positions among the training rows to use in one epoch; None: every one once, shuffled. At most one may draw."""
        return None

    def before(self, batch: Batch, fitted: Learned, generator: Generator) -> Batch:
        """Change a training batch."""
        return batch

    def weigh(self, target: str, strata: Tensor, fitted: Learned) -> Tensor | None:
        """[B] strata -> [B] weights of the losses."""
        return None

    def adjust(self, target: str, raw: Tensor, fitted: Learned) -> Tensor:
        """Change raw scores before the training loss (logit adjustment)."""
        return raw

    def gradients(self, model: nn.Module, losses: Tensor) -> bool:
        """Fill `.grad` from losses per case; False: not done here. At most one may."""
        return False

    def learns(self, task: str) -> bool:
        """Does it learn from the calibration part of a target of this task?"""
        return type(self).calibrate is not Safeguard.calibrate

    def calibrate(self, form: Form, table: pl.DataFrame) -> Learned:
        """Learn from the predictions of the calibration part of one fold."""
        return self.Fitted()

    def after(self, form: Form, table: pl.DataFrame, fitted: Learned) -> pl.DataFrame:
        """Change, or add to, the predictions of the other parts of the fold."""
        return table


@dataclass(frozen=True)
class SplitCases:
    """What a split may see of the cases.

    group: [M] int64, cases of one group never straddle a split (patient, scaffold, ...); site, time: [M] or None
    strata: [M] int64, -1 unknown; columns: further columns that a given split names; rows, file: for messages
    things: of columns that inputs read as things, the thing of each case: the same letters, however they are written
    """

    group: NDArray[np.int64]
    strata: NDArray[np.int64]
    rows: NDArray[np.int64]
    file: str = ""
    site: Sequence[str | None] | None = None
    time: NDArray[np.float64] | None = None
    columns: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    things: Mapping[str, Sequence[Hashable]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.group)


@dataclass(frozen=True)
class Fold:
    """One way of dividing the cases. part: [M] int8 codes into PARTS; -1: not used in this fold.

    scheme: the split's kind; repeat: counted from 0; fold: counted from 0 within the repeat; name: the site left out, say
    """

    scheme: str
    repeat: int
    fold: int
    part: NDArray[np.int8]
    name: str = ""

    @property
    def key(self) -> FoldKey:
        """What tells this fold from the others."""
        return self.scheme, self.repeat, self.fold

    def rows(self, part: str) -> NDArray[np.int64]:
        """Positions of the cases in a part."""
        return np.flatnonzero(self.part == PARTS.index(part)).astype(np.int64)

    def development(self) -> NDArray[np.int64]:
        """Positions of the cases that have a say in the model: those of every part but the test part."""
        return np.flatnonzero((self.part >= 0) & (self.part != PARTS.index("test"))).astype(np.int64)


PARTS = ("train", "validation", "calibration", "test")
PROOF = "split_proof"  # `check` of findings that say what was measured once the cases were divided; the record quotes them


@dataclass(frozen=True)
class Nearness:
    """How near each tested case is to what was learned from, as a subgroup.

    name: of the subgroups; groups: [M] bands, None where a case is not tested or has no such input; what: the definition
    """

    name: str
    groups: Sequence[str | None]
    what: str


class Split(Kind, ABC):
    """Who trains, validates, calibrates and tests."""

    regroups: ClassVar[bool] = True  # copies of one another are kept in one part; a given division is taken as it is

    def columns_used(self) -> tuple[str, ...]:
        """Columns of the cases that this split reads, beside patient, site and time."""
        return ()

    def check(self, cases: SplitCases) -> list[Finding]:
        """Why this split cannot be made of these cases, or should not."""
        return []

    @abstractmethod
    def folds(self, cases: SplitCases, seed: int) -> list[Fold]:
        """The folds, inner validation and calibration parts included."""

    def proof(self, cases: SplitCases, folds: Sequence[Fold]) -> list[Finding]:
        """What was measured of these folds, as notes whose `check` is PROOF; errors where they are at fault."""
        return []

    def relatives(self, cases: SplitCases) -> NDArray[np.int64] | None:
        """[M, G] codes of what is resampled whole, where cases are alike beyond their patient; -1 where there is none.

        G = 1: each case is of one group of whole patients. G = 2: it pairs two things, named by the same codes.
        """
        return None

    def nearness(self, cases: SplitCases, folds: Sequence[Fold]) -> Nearness | None:
        """How near tested cases are to training in the folds of one scheme, of whatever kind; None where it cannot be said."""
        return None
