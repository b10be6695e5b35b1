"""The networks of a finished run as scores of letters, for new sequences.

In: a run with one input of letters, packed cases. Out: networks; functions from codes [B, L] to scores [B].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from iatros.contracts import Tokens
from iatros.explain.mutagenesis import Score
from iatros.findings import Finding, InputError
from iatros.packed import Packed
from iatros.predictions import OF_POSITIONS
from iatros.training.feed import Fits, Material
from iatros.training.members import Member, read_member
from iatros.workflow.open_ import Run
from iatros.workflow.subjects import Explained, interesting


@dataclass(frozen=True)
class Asked:
    """What is scored: a target of a run, which rests on one input of letters."""

    run: Run
    target: str
    source: str

    @property
    def letters(self) -> str:
        """Those for which the codes 1, 2, ... stand."""
        return self.run.study.inputs[self.source].letters(self.run.fits(self.run.main_folds()[0]).inputs[self.source])

    def networks(self, packs: dict[str, Packed], count: int) -> Iterator[Explained]:
        """Every network of the main scheme, reading these cases."""
        run = self.run
        material = Material(run.study.inputs, run.study.targets, packs, {}, np.ones(count))
        guards = tuple(run.study.safeguards.values())
        for fold in run.main_folds():
            fits: Fits = run.fits(fold)
            for seed in run.study.training.seed_list():
                member = Member(*fold.key, seed)
                network = read_member(run.folder.models, member, material, fits, run.study.fusion, guards)
                yield Explained(network, material, fits, fold)

    def score(self, network: Explained, rows: NDArray[np.int64]) -> Score:
        """Of the class that is explained, for as many codes as `rows`; over both strands where the study says so."""
        form, modality = self.run.forms()[self.target], self.run.study.inputs[self.source]
        code = interesting(form, np.zeros(0, np.int64))
        subject, layout = network.subject(self.target, form, code, self.source, rows)
        assert isinstance(layout, Tokens)

        def score(codes: Tensor) -> Tensor:
            given = network.changed(self.source, Tokens(layout.mask, codes))
            views = [given, modality.view(given, 1)] if modality.turns() else [given]
            return torch.stack([subject.of(view) for view in views]).mean(0)

        return score


def asked(run: Run, target: str | None) -> Asked:
    """The target that is named, or the first. Raises InputError where it is none, has no one score, or has several inputs."""
    name = target or next(iter(run.study.targets))
    if name not in run.study.targets or len(run.study.inputs) != 1:
        todo = f"name one of {', '.join(run.study.targets)}, of a run with one input"
        raise InputError(Finding("error", f"there is no target `{name}` that rests on one input alone", todo))
    if run.forms()[name].task in OF_POSITIONS:
        what = f"`{name}` has no one score a sequence, on which an effect could be measured"
        raise InputError(Finding("error", what, "take a target of kind `class`, `labels` or `value`"))
    (source,) = run.study.inputs
    return Asked(run, name, source)
