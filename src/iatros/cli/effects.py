"""`iatros explain RUN --variants`, `--positions`: what changed letters do to the score. In: a run, files. Out: tables, CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iatros.cli.document import print_json
from iatros.cli.failing import say
from iatros.findings import Finding, printable
from iatros.runs import write_atomically
from iatros.workflow.positions import effects_of_positions
from iatros.workflow.variants import effects_of_variants

if TYPE_CHECKING:
    import polars as pl

MOST = 20  # variants, genes or positions on the screen


def explain_variants(
    run: Path, vcf: Path, reference: Path, target: str | None, genes: str | None, out: Path | None, *, as_json: bool
) -> None:
    """The largest effects on the screen, all of them in `out`, those of genes in a second file beside it."""
    found = effects_of_variants(run, vcf, reference, target, genes=genes)
    beside = None if out is None else out.with_name(f"{out.stem}-genes{out.suffix}")
    _write(found.frame, out)
    if found.genes is not None:
        _write(found.genes, beside)
    _say(found.findings)
    if as_json:
        variants = found.frame.to_dicts()
        print_json(variants if found.genes is None else {"variants": variants, "genes": found.genes.to_dicts()})
        return
    print(f"{len(found.frame):,} variants, change of the log-odds with 95% limits over {found.networks:,} networks")
    _print(found.frame, out, _variant)
    if found.genes is not None:
        print(f"{len(found.genes):,} genes, mean absolute effect with 95% limits over their resampled variants")
        _print(
            found.genes, beside, lambda row: f"{row['gene']}, {row['variants']} variant{'' if row['variants'] == 1 else 's'}"
        )


def explain_positions(run: Path, cases: str, target: str | None, out: Path | None, *, as_json: bool) -> None:
    """The positions with the largest effects on the screen, all of them in `out`."""
    found = effects_of_positions(run, cases, target)
    _write(found.frame, out)
    _say(found.findings)
    if as_json:
        print_json(found.frame.to_dicts())
        return
    some = f"{found.cases:,}" if found.cases == found.of else f"{found.cases:,} of {found.of:,}"
    print(f"{len(found.frame):,} positions, mean fall of the log-odds by other letters, with 95% limits over {some} cases")
    _print(
        found.frame, out, lambda row: f"{row['letter']}{row['position']}, the letter of {100 * row['share']:.0f}% of the cases"
    )


def _print(frame: pl.DataFrame, out: Path | None, told: Callable[[dict[str, Any]], str]) -> None:
    for row in frame.head(MOST).iter_rows(named=True):
        limits = "" if row["low"] is None else f" [{row['low']:+.3f} to {row['high']:+.3f}]"
        print(f"  {row['effect']:+.3f}{limits}  {printable(told(row))}")
    if len(frame) > MOST:
        print(f"  and {len(frame) - MOST:,} smaller ones{f', all in {out}' if out else '; all of them with --out FILE'}")


def _variant(row: dict[str, Any]) -> str:
    genes = f" {row['genes']}" if row.get("genes") else ""
    return f"{row['chromosome']}:{row['position']} {row['reference']}>{row['alternative']} {row['name']}{genes}"


def _write(frame: pl.DataFrame, out: Path | None) -> None:
    if out is not None:
        write_atomically(out, lambda draft: frame.write_csv(draft))


def _say(findings: Sequence[Finding]) -> None:
    for finding in findings:
        say([printable(f"  {finding.severity:9} {finding}")])
