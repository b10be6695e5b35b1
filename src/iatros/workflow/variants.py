"""What would each variant of a VCF do to a run's score? Windows of the reference with and without it, read by all networks.

In: a finished run with one input of DNA, a VCF, its reference. Out: a table of variants, the largest effects first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import torch
from torch import Tensor

from iatros.cases import read
from iatros.cases.sequences import Tally, Windows, index, variant_windows
from iatros.contracts import Tokens
from iatros.explain.mutagenesis import Effects, Score, variant_effects
from iatros.explain.sequences import codes_of
from iatros.findings import Finding, InputError
from iatros.packed import Packed
from iatros.training.feed import Fits, Material
from iatros.training.members import Member, read_member
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.predict import pack_new
from iatros.workflow.subjects import Explained, interesting

AT_ONCE = 128  # windows in a batch


@dataclass(frozen=True)
class VariantEffects:
    """frame: line, chromosome, position (from 1), name, reference, alternative, effect, low, high; largest effects first.

    effect: change of the class's log-odds (or of the standardised value), mean over `networks`; low, high: 95 % limits of
    Student's t over them, null of a single one. findings: rows are lines of the VCF.
    """

    frame: pl.DataFrame
    networks: int
    findings: tuple[Finding, ...]


def effects_of_variants(
    run: Run | str | Path, vcf: str | Path, reference: str | Path, target: str | None = None, width: int | None = None
) -> VariantEffects:
    """Effects of a VCF's variants on the score of one target.

    width: letters of a window, by default as many as the run's networks read.
    Raises InputError for a run that does not read one sequence of nucleotides, and where no variant is left.
    """
    run = run if isinstance(run, Run) else open_run(run)
    name = target or next(iter(run.study.targets))
    if name not in run.study.targets or len(run.study.inputs) != 1:
        todo = f"name one of {', '.join(run.study.targets)}, of a run with one input"
        raise InputError(Finding("error", f"there is no target `{name}` that rests on one input alone", todo))
    (source,) = run.study.inputs
    wide = width or _reach(run, source)
    tally, parts, networks = Tally(str(vcf)), [], 0
    for windows in variant_windows(vcf, index(reference), wide, tally):
        effects, networks = _effects(run, name, source, windows)
        parts.append(_table(windows, effects))
    if not parts:
        raise tally.nothing_left("no variant is left", "see what was set aside")
    frame = pl.concat(parts).sort(pl.col("effect").abs(), descending=True, maintain_order=True)
    return VariantEffects(frame, networks, tally.findings())


def _reach(run: Run, source: str) -> int:
    """How many letters the networks read."""
    modality = run.study.inputs[source]
    fitted = run.fits(run.main_folds()[0]).inputs[source]
    if (
        modality.layout is not Tokens
        or not set("ACG") <= set(letters := modality.letters(fitted))
        or len(letters) > len("ACGT")
    ):
        what = f"input `{source}` reads no DNA, which alone has such variants"
        raise InputError(Finding("error", what, "take a run on a `sequence` of DNA", source=source))
    return modality.shape(fitted).space[0]


def _effects(run: Run, target: str, source: str, windows: Windows) -> tuple[Effects, int]:
    """Of a lot of variants, and how many networks were asked."""
    (column,) = run.study.inputs[source].columns_used()
    texts = [row.tobytes().decode("ascii") for row in np.concatenate([windows.reference, windows.alternative])]
    packs, _ = pack_new(run, read(pl.DataFrame({column: texts})))
    networks = list(_networks(run, packs, len(texts)))
    layout = networks[0].batch(np.arange(len(texts))).inputs[source]
    assert isinstance(layout, Tokens)
    codes = codes_of(layout).numpy()
    size = min(AT_ONCE, len(codes))
    scores = [_score(network, run, target, source, size) for network in networks]
    return variant_effects(scores, codes[: len(codes) // 2], codes[len(codes) // 2 :], size), len(networks)


def _networks(run: Run, packs: dict[str, Packed], count: int) -> Iterator[Explained]:
    """Every network of the main scheme, reading these cases."""
    material = Material(run.study.inputs, run.study.targets, packs, {}, np.ones(count))
    guards = tuple(run.study.safeguards.values())
    for fold in run.main_folds():
        fits: Fits = run.fits(fold)
        for seed in run.study.training.seed_list():
            member = Member(*fold.key, seed)
            network = read_member(run.folder.models, member, material, fits, run.study.fusion, guards)
            yield Explained(network, material, fits, fold)


def _score(network: Explained, run: Run, target: str, source: str, size: int) -> Score:
    """Of the class that is explained, for `size` windows; over both strands where the study says that they are the same."""
    form, modality = run.forms()[target], run.study.inputs[source]
    code = interesting(form, np.zeros(0, np.int64))
    subject, layout = network.subject(target, form, code, source, np.arange(size))
    assert isinstance(layout, Tokens)

    def score(codes: Tensor) -> Tensor:
        given = Tokens(layout.mask, codes)
        views = [given, modality.view(given, 1)] if modality.turns() else [given]
        return torch.stack([subject.of(view) for view in views]).mean(0)

    return score


def _table(windows: Windows, effects: Effects) -> pl.DataFrame:
    variants = windows.variants
    columns = {
        "line": variants.lines,
        "chromosome": list(variants.chromosomes),
        "position": variants.begins + 1,
        "name": list(variants.names),
        "reference": list(variants.reference),
        "alternative": list(variants.alternative),
        "effect": effects.mean,
        "low": effects.low,
        "high": effects.high,
    }
    return pl.DataFrame(columns).with_columns(pl.col("low", "high").fill_nan(None))
