"""Which input's positions (or maps) a dense target is about: one answer for packing, training, baselines and networks.

In: a target, the inputs of a study. Out: the name of one of them. Asks no encoder where the target is about whole cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from iatros.contracts import Encoder, Level, Modality, Target
from iatros.findings import Finding, InputError
from iatros.registry import did_you_mean, load


def encoder_of(modality: Modality) -> Encoder:
    """The encoder that the study names for this input, or the modality's own choice."""
    if modality.encoder is not None:
        return modality.encoder
    chosen = load("encoders", modality.default)(kind=modality.default)
    assert isinstance(chosen, Encoder)
    return chosen


def anchor(target: Target, names: Iterable[str], gives: Callable[[str], Level]) -> str:
    """The input that the target names, if it is among these; else the first that gives what it needs; else the first.

    names: of the inputs, in the order of the study; gives: an input's name -> what its encoder gives
    """
    inputs = list(names)
    if target.input:
        return target.input if target.input in inputs else inputs[0]
    if target.needs is Level.WHOLE:
        return inputs[0]
    return next((name for name in inputs if target.needs in gives(name)), inputs[0])


def anchor_of(target: Target, inputs: Mapping[str, Modality]) -> str:
    """`anchor` among inputs as a study declares them."""
    return anchor(target, inputs, lambda name: encoder_of(inputs[name]).gives)


def check_shared(name: str, inputs: Mapping[str, Modality]) -> None:
    """Raise InputError unless the input whose encoder reads this one is there, reads for itself, and is of the same make."""
    other = inputs[name].shares
    if other is None:
        return
    if other == name or other not in inputs:
        what = (
            f"inputs.{name} shares the encoder of `{other}`{did_you_mean(other, set(inputs) - {name})}, which is no other input"
        )
    elif inputs[other].shares is not None:
        what = f"inputs.{name} shares the encoder of `{other}`, which has none of its own"
    elif inputs[other].kind != inputs[name].kind or inputs[name].encoder not in (None, inputs[other].encoder):
        what = f"inputs.{name} shares the encoder of `{other}`, and is of another kind or names another encoder"
    else:
        return
    raise InputError(Finding("error", what, "name an input of the same kind, and an encoder there alone", source=name))
