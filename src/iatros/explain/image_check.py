"""Attribution of images, made and checked.

In: a subject, images of cases with the outcome, healthy training images. Out: `MethodCheck`s, and what a map's peak points at.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from iatros.contracts import Grid
from iatros.evidence import MethodCheck
from iatros.explain.checking import DRAWS, Examined, check_method
from iatros.explain.images import METHODS, attribute, nearest_healthy, typical_healthy
from iatros.explain.subject import Subject

REPLACED_BY = "the pixels of the most similar training image without the outcome"


def check_images(
    subject: Subject,
    grid: Grid,
    healthy: Tensor,
    generator: torch.Generator,
    target: str,
    source: str,
    methods: Sequence[str] = METHODS,
    draws: int = DRAWS,
) -> list[MethodCheck]:
    """Check each method.

    grid: images of B cases, as a rule with the outcome (24 are enough); healthy: [P, C, *space] training images
    without it, scaled as the grid's; target, source: names of the target and the input
    """
    typical, nearest = typical_healthy(grid.values, healthy), nearest_healthy(grid.values, healthy)
    able = [method for method in methods if method != "grad_cam" or subject.encoder is not None]

    def examined(method: str) -> Examined:
        return Examined(
            target=target,
            input=source,
            method=method,
            replaced_by=REPLACED_BY,
            attribute=lambda of: attribute(method, of, grid, typical).flatten(1),
            delete=lambda marked: _replace(grid, nearest, marked),
        )

    return [check_method(subject, grid, examined(method), generator, draws) for method in able]


def best(checks: Sequence[MethodCheck]) -> str:
    """The method to show: of those that passed (of all, if none did) the one whose deletion lowers the score most."""
    passed = [check for check in checks if check.passed] or list(checks)
    return max(passed, key=lambda check: check.deletion if check.deletion is not None else float("-inf")).method


def _replace(grid: Grid, reference: Tensor, marked: Tensor) -> Grid:
    """marked: [B, U] pixels, U = the product of `space`."""
    at = marked.reshape(len(marked), 1, *grid.values.shape[2:])
    return Grid(torch.where(at, reference, grid.values), grid.mask)
