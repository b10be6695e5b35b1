"""`iatros explain RUN --variants`: what each variant of a VCF does to the score. In: a run and files. Out: a table, a CSV."""

from __future__ import annotations

from pathlib import Path

from iatros.cli.document import print_json
from iatros.cli.failing import say
from iatros.findings import printable
from iatros.runs import write_atomically
from iatros.workflow.variants import effects_of_variants

MOST = 20  # variants on the screen


def explain_variants(run: Path, vcf: Path, reference: Path, target: str | None, out: Path | None, *, as_json: bool) -> None:
    """The largest effects on the screen, all of them in `out`."""
    found = effects_of_variants(run, vcf, reference, target)
    if out is not None:
        write_atomically(out, lambda draft: found.frame.write_csv(draft))
    for finding in found.findings:
        say([printable(f"  {finding.severity:9} {finding}")])
    if as_json:
        print_json(found.frame.to_dicts())
        return
    print(f"{len(found.frame):,} variants, change of the log-odds with 95% limits over {found.networks:,} networks")
    for row in found.frame.head(MOST).iter_rows(named=True):
        print(_line(row))
    if len(found.frame) > MOST:
        print(f"  and {len(found.frame) - MOST:,} smaller ones{f', all in {out}' if out else '; all of them with --out FILE'}")


def _line(row: dict[str, object]) -> str:
    limits = "" if row["low"] is None else f" [{row['low']:+.3f} to {row['high']:+.3f}]"
    place = printable(f"{row['chromosome']}:{row['position']} {row['reference']}>{row['alternative']} {row['name']}")
    return f"  {row['effect']:+.3f}{limits}  {place}"
