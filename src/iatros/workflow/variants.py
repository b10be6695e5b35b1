"""What would each variant of a VCF do to a run's score? Windows of the reference with and without it, read by all networks.

In: a finished run with one input of DNA, a VCF, its reference. Out: tables of variants and genes, the largest effects first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from iatros.cases import read
from iatros.cases.sequences import Tally, Windows, index, variant_windows
from iatros.cases.sequences.genes import genes_by
from iatros.contracts import Tokens
from iatros.explain.mutagenesis import Effects, variant_effects
from iatros.explain.ranks import ranked_genes
from iatros.explain.sequences import codes_of
from iatros.findings import Finding, InputError
from iatros.workflow.letter_scores import Asked, asked
from iatros.workflow.open_ import Run, open_run
from iatros.workflow.predict import pack_new

AT_ONCE = 128  # windows in a batch


@dataclass(frozen=True)
class VariantEffects:
    """frame: line, chromosome, position (from 1), name, reference, alternative, effect, low, high; largest effects first.

    effect: change of the class's log-odds (or of the standardised value), mean over `networks`; low, high: 95 % limits of
    Student's t over them, null of a single one. findings: rows are lines of the VCF.
    genes: gene, variants, effect, low, high: mean absolute effect of a gene's variants, limits over resampled variants; the
    column `genes` of the frame names them. None where genes were not asked for.
    """

    frame: pl.DataFrame
    networks: int
    findings: tuple[Finding, ...]
    genes: pl.DataFrame | None = None


def effects_of_variants(
    run: Run | str | Path,
    vcf: str | Path,
    reference: str | Path,
    target: str | None = None,
    width: int | None = None,
    genes: str | None = None,
) -> VariantEffects:
    """Effects of a VCF's variants on the score of one target.

    width: letters of a window, by default as many as the run's networks read.
    genes: rank these too: a BED file's path, or the key of INFO that names them.
    Raises InputError for a run that does not read one sequence of nucleotides, and where no variant, or no gene, is left.
    """
    question = asked(run if isinstance(run, Run) else open_run(run), target)
    wide = width or _reach(question)
    tally, names = Tally(str(vcf)), Tally(str(genes))
    named = None if genes is None else genes_by(genes, names)
    parts, of_variant, networks = [], list[tuple[str, ...]](), 0
    for windows in variant_windows(vcf, index(reference), wide, tally):
        effects, networks = _effects(question, windows)
        parts.append(_table(windows, effects))
        of_variant += [] if named is None else named(windows.variants)
    if not parts:
        raise tally.nothing_left("no variant is left", "see what was set aside")
    frame, ranked = pl.concat(parts), None
    if genes is not None:
        if not any(of_variant):
            todo = "name the key of INFO that holds genes, or a BED file with the names of chromosomes as in the VCF"
            raise InputError(Finding("error", f"no variant lies in a gene by `{genes}`", todo, file=str(vcf)))
        ranked = ranked_genes(of_variant, frame["effect"].to_numpy())
        frame = frame.with_columns(genes=pl.Series([",".join(each) for each in of_variant]))
    frame = frame.sort(pl.col("effect").abs(), descending=True, maintain_order=True)
    return VariantEffects(frame, networks, (*tally.findings(), *names.findings()), ranked)


def _reach(question: Asked) -> int:
    """How many letters the networks read."""
    source = question.source
    modality = question.run.study.inputs[source]
    fitted = question.run.fits(question.run.main_folds()[0]).inputs[source]
    if (
        modality.layout is not Tokens
        or not set("ACG") <= set(letters := modality.letters(fitted))
        or len(letters) > len("ACGT")
    ):
        what = f"input `{source}` reads no DNA, which alone has such variants"
        raise InputError(Finding("error", what, "take a run on a `sequence` of DNA", source=source))
    return modality.shape(fitted).space[0]


def _effects(question: Asked, windows: Windows) -> tuple[Effects, int]:
    """Of a lot of variants, and how many networks were asked."""
    run, source = question.run, question.source
    (column,) = run.study.inputs[source].columns_used()
    texts = [row.tobytes().decode("ascii") for row in np.concatenate([windows.reference, windows.alternative])]
    packs, _ = pack_new(run, read(pl.DataFrame({column: texts})))
    networks = list(question.networks(packs, len(texts)))
    layout = networks[0].batch(np.arange(len(texts))).inputs[source]
    assert isinstance(layout, Tokens)
    codes = codes_of(layout).numpy()
    size = min(AT_ONCE, len(codes))
    scores = [question.score(network, np.arange(size)) for network in networks]
    return variant_effects(scores, codes[: len(codes) // 2], codes[len(codes) // 2 :], size), len(networks)


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
