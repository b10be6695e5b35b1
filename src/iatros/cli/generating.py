"""`iatros generate`: sequences from the language model of a run, into a file of the form that its name says.

In: a run and options. Out: a file; how what was written is judged on stdout, what to mind on stderr.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iatros.cli.document import print_json
from iatros.cli.failing import say
from iatros.findings import Finding, InputError, printable
from iatros.runs import write_atomically

if TYPE_CHECKING:
    from iatros.workflow.generate import Generated


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of the verb."""

    count: int
    temperature: float
    nucleus: float
    prefix: str
    seed: int


def generate_sequences(run: Path, wish: Wish, out: Path, *, as_json: bool) -> None:
    """Write sequences to a file that is not there yet. Raises InputError for a name of another form."""
    write = _writer(out)
    if out.exists():
        raise InputError(Finding("error", "there is such a file already", "name another with -o", file=str(out)))
    from iatros.workflow.generate import generate

    made = generate(run, wish.count, temperature=wish.temperature, nucleus=wish.nucleus, prefix=wish.prefix, seed=wish.seed)
    write_atomically(out, lambda draft: draft.write_text(write(made), "utf-8"))
    if made.findings:
        say([printable(f"  {finding.severity:9} {finding}") for finding in made.findings])
    if as_json:
        print_json({"out": str(out), **made.as_json()})
        return
    print("\n".join([*made.lines(), f"-> {out}"]))


def fasta(made: Generated) -> str:
    """Records named by their number, with the log-likelihood behind it."""
    pairs = enumerate(zip(made.texts, made.log_likelihood.tolist(), strict=True), 1)
    return "".join(f">written_{number} log_likelihood={likely:.3f}\n{text}\n" for number, (text, likely) in pairs)


def lines(made: Generated) -> str:
    """One a line; line ends within a text become blanks."""
    return "".join(" ".join(text.splitlines()) + "\n" for text in made.texts)


def table(made: Generated) -> str:
    """Columns sequence, log_likelihood, ended."""
    import polars as pl

    frame = pl.DataFrame({"sequence": made.texts, "log_likelihood": made.log_likelihood, "ended": made.ended})
    return frame.with_columns(pl.col("log_likelihood").round(4)).write_csv()


FORMS: dict[str, Callable[[Generated], str]] = {
    ".fasta": fasta, ".fa": fasta, ".smi": lines, ".txt": lines, ".csv": table,
}  # fmt: skip


def _writer(out: Path) -> Callable[[Generated], str]:
    if out.suffix.lower() not in FORMS:
        todo = f"let the name end with {', '.join(FORMS)}"
        raise InputError(Finding("error", "the form of the file is not known by its name", todo, file=str(out)))
    return FORMS[out.suffix.lower()]
