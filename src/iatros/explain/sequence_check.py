"""Attribution of sequences, made and checked.

In: a subject, sequences of cases with the outcome, training sequences without it. Out: `MethodCheck`s.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from iatros.contracts import Tokens
from iatros.evidence import MethodCheck
from iatros.explain.checking import DRAWS, Examined, check_method
from iatros.explain.sequences import METHODS, Usual, attribute, read_by, reading
from iatros.explain.subject import Subject

REPLACED_BY = "signs drawn as often as they stand in training cases without the outcome"
VECTORS = "vectors of positions drawn from training cases without the outcome"


def check_sequences(
    subject: Subject,
    tokens: Tokens,
    reference: Usual,
    generator: torch.Generator,
    target: str,
    source: str,
    methods: Sequence[str] = METHODS,
    draws: int = DRAWS,
) -> list[MethodCheck]:
    """Check each method.

    tokens: sequences of B cases, as a rule with the outcome; reference: what is usual without it; target, source: names
    """
    held = read_by(tokens)
    others = reference.drawn(held, generator)
    seed = int(torch.randint(2**31, (1,), generator=generator))
    padding = torch.where(tokens.mask, 0.0, torch.nan)

    def delete(marked: Tensor) -> Tokens:
        return reading(tokens, torch.where(marked if held.ndim == 2 else marked[:, :, None], others, held))

    def examined(method: str) -> Examined:
        return Examined(
            target=target,
            input=source,
            method=method,
            replaced_by=REPLACED_BY if tokens.values is None else VECTORS,
            attribute=lambda of: attribute(method, of, tokens, reference, seed) + padding,
            delete=delete,
        )

    return [check_method(subject, tokens, examined(method), generator, draws) for method in methods if method in METHODS]
