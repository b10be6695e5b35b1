"""The network of a study: an encoder per input, their fusion, a readout per target.

In: what encoders are told (shapes), what targets need (widths). Out: an `nn.Module` from a batch's inputs to raw scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from iatros.anchors import anchor, anchor_of, check_shared, encoder_of
from iatros.contracts import Batch, Encoder, Features, Fusion, Layout, Learned, Level, Modality, Shape, Target, Tokens, each
from iatros.findings import Finding, InputError
from iatros.registry import load

DEFAULT_FUSION = "gated"
Raw = dict[str, Tensor]


@dataclass(frozen=True)
class Blueprint:
    """All that decides a network's structure. Inputs in the order of the study.

    shares: input -> the other input whose encoder reads it
    """

    encoders: Mapping[str, Encoder]
    shapes: Mapping[str, Shape]
    targets: Mapping[str, Target]
    fitted: Mapping[str, Learned]
    fusion: Fusion | None = None
    joint: bool = False
    shares: Mapping[str, str] = field(default_factory=dict)


class Outputs:
    """Raw scores. fused: target -> [B, width]; alone: input -> target -> [B, width], empty where there is one input.

    No dataclass: Fabric would take it apart.
    """

    def __init__(self, fused: Raw, alone: Mapping[str, Raw]) -> None:
        self.fused, self.alone = fused, alone


def check_fit(inputs: Mapping[str, Modality], targets: Mapping[str, Target]) -> None:
    """Can each encoder read its input, and does one give what each target needs? Raises InputError where not."""
    for name, modality in inputs.items():
        encoder = encoder_of(modality)
        if modality.layout not in encoder.takes:
            takes = " or ".join(layout.__name__.lower() for layout in encoder.takes)
            gives = f"a {modality.kind} gives {modality.layout.__name__.lower()}"
            what = f"inputs.{name}.encoder `{encoder.kind}` reads {takes}, and {gives}"
            raise InputError(Finding("error", what, f"leave the encoder out to get `{modality.default}`", source=name))
        check_shared(name, inputs)
    for name, target in targets.items():
        turned = [i for i, modality in inputs.items() if modality.turns()]
        if target.needs is Level.POSITIONS and turned:
            what = f"targets.{name} is about positions, and inputs.{turned[0]} is read from both ends"
            raise InputError(Finding("error", what, "leave `reverse_complement` out", source=turned[0]))
        able = [i for i, modality in inputs.items() if target.needs in encoder_of(modality).gives]
        if not able or (target.input and target.input not in able):
            what = f"targets.{name} needs {target.needs.name.lower() if target.needs.name else 'more'} of an input"
            todo = "name an encoder that gives them" if not able else f"anchor it to {', '.join(able)}"
            raise InputError(Finding("error", what, todo, source=name))
        read = anchor_of(target, inputs)
        if target.foretells and inputs[read].foreknows():
            what = f"targets.{name} foretells letters, and the pretrained vectors of inputs.{read} know those behind them"
            raise InputError(Finding("error", what, "leave its `embedding` out", source=read))
        if target.foretells and not encoder_of(inputs[read]).causal():
            kind = encoder_of(inputs[read]).kind
            what = f"targets.{name} foretells letters, and the encoder of inputs.{read}, `{kind}`, looks ahead"
            raise InputError(Finding("error", what, 'give the input `encoder = { kind = "rnn", both = false }`', source=read))


def _check_shapes(readers: Mapping[str, str], shapes: Mapping[str, Shape]) -> None:
    """Inputs that share an encoder hold the same at their positions: letters of one alphabet, vectors of one model."""
    for name, reader in readers.items():
        held = [(shape.layout, shape.numbers, shape.categories) for shape in (shapes[name], shapes[reader])]
        if held[0] != held[1]:
            what = f"inputs.{name} shares the encoder of `{reader}`, and holds something else: other letters, or other vectors"
            raise InputError(Finding("error", what, "give both the same alphabet and the same `embedding`", source=name))


def _of_readers(readers: Mapping[str, str], shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Encoder -> what it is told: of one length only if all that it reads have one and the same, else of the longest."""
    found: dict[str, Shape] = {}
    for reader in dict.fromkeys(readers.values()):
        read = [shapes[name] for name, other in readers.items() if other == reader]
        own = shapes[reader]
        if own.layout is Tokens and len(read) > 1:
            same = all(shape.even and shape.space == own.space for shape in read)
            own = replace(own, even=same, space=max(shape.space for shape in read))
        found[reader] = own
    return found


class Network(nn.Module):
    """Encoders, fusion and readouts as one module.

    With one input there is no fusion: the target reads the encoder's `whole`. With several, each input also has a readout of
    its own. Unless `joint`, or the fusion wants it, encoders learn from these readouts only and the fusion learns on top of
    them without a gradient to the encoders: then each input's own readout is the network of that input alone, and no other
    input can spoil it.
    """

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self.reader = {name: blueprint.shares.get(name, name) for name in blueprint.encoders}  # of each input, whose encoder
        _check_shapes(self.reader, blueprint.shapes)
        shapes = _of_readers(self.reader, blueprint.shapes)
        own = {name: blueprint.encoders[name].build(shape) for name, shape in shapes.items()}
        self.encoders = nn.ModuleDict(own)
        built = {name: own[reader] for name, reader in self.reader.items()}
        self.joint = blueprint.joint or (blueprint.fusion is not None and blueprint.fusion.together)
        widths = {name: int(built[name].sizes.whole) for name in built}  # type: ignore[union-attr, arg-type]  # encoders have sizes
        encoders = blueprint.encoders
        self.anchors = {n: anchor(target, encoders, lambda i: encoders[i].gives) for n, target in blueprint.targets.items()}
        self.fusion = None
        if len(built) > 1:
            fusion = blueprint.fusion or load("fusions", DEFAULT_FUSION)(kind=DEFAULT_FUSION)
            assert isinstance(fusion, Fusion)
            self.fusion = fusion.build(widths)
        width = int(self.fusion.width) if self.fusion is not None else next(iter(widths.values()))  # type: ignore[arg-type]
        self.dense = nn.ModuleDict()
        self.readouts = nn.ModuleDict()
        for name, target in blueprint.targets.items():
            sizes: Any = built[self.anchors[name]].sizes
            head = target.head(sizes, blueprint.fitted[name])
            if head is not None:
                self.dense[name] = head
            else:
                self.readouts[name] = nn.Linear(width, target.width(blueprint.fitted[name]))
        self.alone = nn.ModuleDict(
            {
                name: nn.ModuleDict({t: nn.Linear(widths[name], readout.out_features) for t, readout in self._linear()})
                for name in built
                if len(built) > 1
            }
        )

    def _linear(self) -> list[tuple[str, nn.Linear]]:
        return [(name, readout) for name, readout in self.readouts.items() if isinstance(readout, nn.Linear)]

    def forward(self, batch: Batch) -> Outputs:
        """A batch's inputs, and which of them each case has, to raw scores."""
        features = {name: self.encode(name, batch.inputs[name], batch.present[name]) for name in self.reader}
        return self.read(features, batch.present)

    def encode(self, name: str, layout: Layout, present: Tensor) -> Features:
        """One input's features; cases that do not have it are not encoded, and get zeros."""
        encoder = self.encoders[self.reader[name]]
        if bool(present.all()):
            return encoder(layout)  # type: ignore[no-any-return]
        rows = present.nonzero().squeeze(1)
        some: Features = encoder(layout.take(rows)) if len(rows) else encoder(layout)
        return _spread(some, rows, len(present)) if len(rows) else _zeros(some)

    def read(self, features: Mapping[str, Features], present: Mapping[str, Tensor]) -> Outputs:
        """Features of all inputs to raw scores."""
        whole = {name: f.whole for name, f in features.items()}
        joined = next(iter(whole.values()))
        if self.fusion is not None:
            apart = self.training and not self.joint  # explanations, made in evaluation mode, follow the gradient all the way
            joined = self.fusion({name: w.detach() for name, w in whole.items()} if apart else whole, present)
        fused = {name: readout(joined) for name, readout in self.readouts.items()}
        fused |= {name: head(features[self.anchors[name]]) for name, head in self.dense.items()}
        alone = {
            name: {target: readout(whole[name]) for target, readout in readouts.items()}  # type: ignore[operator]
            for name, readouts in self.alone.items()
        }
        return Outputs(fused, alone)


def build(blueprint: Blueprint, seed: int) -> Network:
    """A network with weights drawn by `seed`; encoders with `pretrained` weights start from those."""
    torch.manual_seed(seed)
    return Network(blueprint)


def parameters(network: nn.Module) -> int:
    """How many numbers training fits."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def _spread(some: Features, rows: Tensor, size: int) -> Features:
    """Features of the cases at `rows` among `size` cases; zeros elsewhere."""

    def placed(t: Tensor) -> Tensor:
        return t.new_zeros((size, *t.shape[1:])).index_copy(0, rows, t)

    return each(some, placed)


def _zeros(features: Features) -> Features:
    return each(features, lambda t: torch.zeros_like(t))
