"""The command line: a thin skin over the verbs of `iatros.workflow`. A verb is imported when it is called."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from iatros.cli import completing
from iatros.cli.failing import guarded

app = typer.Typer(
    name="iatros",
    help="Deep learning in medicine: from raw data to a model that its user can defend.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data = typer.Typer(help="Named data sets: what ships, what can be fetched.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data, name="data")

KEPT = (["run"], ["sweep"], ["demo"], ["data"])  # verbs that keep what is done when they are stopped; others begin anew

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's .toml file.", autocompletion=completing.studies)]
RunFolder = Annotated[
    Path,
    typer.Argument(metavar="RUN", help="A run's folder, such as runs/pneumonia.", autocompletion=completing.run_folders),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]
Leak = Annotated[bool, typer.Option("--allow-leak", help="Go on with a split that leaks; the report says so in red.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")]
Queries = Annotated[Path, typer.Argument(metavar="QUERIES", help="FASTA, FASTQ or GenBank; plain, gzip or bgzip.")]
Targets = Annotated[Path, typer.Argument(metavar="TARGETS", help="The same; what the queries are aligned with.")]
Mode = Annotated[
    Literal["global", "local", "semi-global"],
    typer.Option(help="Both whole; their best parts; or both whole but for the ends in --free."),
]
Shown = Annotated[Literal["table", "blast", "sam", "pretty", "json"], typer.Option("--format", help="Of what is printed.")]
FreeEnds = Annotated[
    str, typer.Option("--free", help="semi-global: query, target, all, or query-begin, query-end, target-begin, target-end.")
]
Top = Annotated[int | None, typer.Option("--top", min=1, help="At most so many targets a query.")]
MinScore = Annotated[int | None, typer.Option(help="Pairs of at least this score.")]
MaxEvalue = Annotated[float | None, typer.Option(help="Pairs of at most this E-value (local alignments of proteins).")]
MatrixName = Annotated[
    str | None,
    typer.Option("--matrix", help="A name such as BLOSUM62, match/mismatch such as 2/-3, or a file; by default what fits."),
]
GapOpen = Annotated[int | None, typer.Option(min=0, help="Cost of a gap's first letter; by default 12, nucleotides 7.")]
GapExtend = Annotated[int | None, typer.Option(min=0, help="Cost of each further letter; by default 1, nucleotides 2.")]
BothStrands = Annotated[bool, typer.Option("--both-strands", help="Nucleotides: try each query's reverse complement too.")]
IdentityBy = Annotated[
    Literal["columns", "pairs", "shorter", "longer", "mean", "query", "target"],
    typer.Option("--identity", help="What identical letters are divided by: columns of the alignment, pairs in it, lengths."),
]
Letters = Annotated[
    Literal["auto", "dna", "rna", "protein"], typer.Option("--alphabet", help="What the letters are, where they do not tell.")
]
PicturesFolder = Annotated[
    Path | None, typer.Option("--pictures", metavar="FOLDER", help="Also draw the first 20 pairs: alignment and dot plot, SVG.")
]
Threads = Annotated[int, typer.Option(min=0, help="0: as many as there are cores.")]


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the study; NAME.toml is written.")],
    source: Annotated[
        str, typer.Option("--from", metavar="PATH", help="CSV, TSV, Excel, Parquet, Feather, .npz, folder, or data set.")
    ],
    target: Annotated[str | None, typer.Option(help="Column to predict, where the guess is not right.")] = None,
    json: Json = False,
) -> None:
    """Look at your own data and write a study that runs, every guess marked. Nothing is overwritten."""
    from iatros.cli.drafting import new_study

    new_study(name, source, target, as_json=json)


@app.command()
def check(study: StudyFile, json: Json = False, allow_leak: Leak = False, quiet: Quiet = False) -> None:
    """Say what is wrong with the data, before anything is trained."""
    from iatros.cli.verbs import check_study

    raise typer.Exit(check_study(study, as_json=json, allow_leak=allow_leak, quiet=quiet))


@app.command()
def run(
    study: StudyFile,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the run; by default runs/NAME.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Start over; what the folder held is removed.")] = False,
    allow_leak: Leak = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check, split, train, evaluate, explain, report. The same command again goes on where it stopped."""
    from iatros.cli.verbs import run_study

    run_study(study, out, force=force, allow_leak=allow_leak, as_json=json, quiet=quiet)


@app.command()
def predict(
    run: RunFolder,
    cases: Annotated[str, typer.Argument(metavar="CASES", help="New cases: a table, folder or .npz like the study's.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV to write.")] = Path("predictions.csv"),
    json: Json = False,
) -> None:
    """Predict new cases with exactly the run's preprocessing."""
    from iatros.cli.verbs import predict_cases

    predict_cases(run, cases, out, as_json=json)


@app.command()
def evaluate(
    what: Annotated[
        Path, typer.Argument(metavar="RUN|PREDICTIONS", help="A run's folder, or a table of any program's predictions.")
    ],
    cases: Annotated[
        str | None, typer.Argument(metavar="CASES", help="With a run: labelled cases of another hospital.")
    ] = None,
    truth: Annotated[str | None, typer.Option(help="Column of the truth, where it is not found by its name.")] = None,
    score: Annotated[str | None, typer.Option(help="Column of the score.")] = None,
    positive: Annotated[str | None, typer.Option(help="Which value of the truth is the event.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Risk from which one would act.")] = None,
    recalibrate: Annotated[bool, typer.Option(help="Also fit intercept and slope for the new hospital.")] = False,
    json: Json = False,
) -> None:
    """Judge a run on another hospital's cases, or anybody's predictions."""
    from iatros.cli.verbs import evaluate_cases, evaluate_table

    if cases is None and (what / "study.toml").is_file():
        hint = f"name the cases to judge this run on, such as: iatros evaluate {what} other-hospital.csv"
        raise typer.BadParameter(hint, param_hint="CASES")
    if cases is None:
        evaluate_table(what, truth, score, positive, threshold, as_json=json)
    else:
        evaluate_cases(what, cases, recalibrate=recalibrate, as_json=json)


@app.command()
def explain(
    run: RunFolder,
    case: Annotated[int | None, typer.Option("--case", help="Row of the case in the study's file.")] = None,
    target: Annotated[str | None, typer.Option(help="Which target, where there are several.")] = None,
    variants: Annotated[
        Path | None, typer.Option(metavar="VCF", help="Instead of a case: what each variant does to the score of DNA.")
    ] = None,
    reference: Annotated[Path | None, typer.Option(metavar="FASTA", help="With --variants: what they were called on.")] = None,
    genes: Annotated[
        str | None, typer.Option(metavar="BED|KEY", help="With --variants: rank genes too, by a BED file or a key of INFO.")
    ] = None,
    positions: Annotated[
        str | None, typer.Option(metavar="CASES", help="Instead: rank the positions of sequences of one length.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="With --variants or --positions: CSV to write.")] = None,
    json: Json = False,
) -> None:
    """Say why the model gave one case its score, and how far that can be trusted; or what changed letters do to it."""
    if sum(given is not None for given in (case, variants, positions)) != 1:
        raise typer.BadParameter("name a row with --case, or a file with --variants or --positions", param_hint="--case")
    if genes is not None and variants is None:
        raise typer.BadParameter("genes are ranked by their variants: name a file with --variants", param_hint="--genes")
    if variants is not None:
        if reference is None:
            raise typer.BadParameter("name the FASTA file that they were called on", param_hint="--reference")
        from iatros.cli.effects import explain_variants

        explain_variants(run, variants, reference, target, genes, out, as_json=json)
    if positions is not None:
        from iatros.cli.effects import explain_positions

        explain_positions(run, positions, target, out, as_json=json)
    if case is not None:
        from iatros.cli.verbs import explain_case

        explain_case(run, case, target, as_json=json)


@app.command()
def generate(
    run: RunFolder,
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: .fasta, .smi, .csv or .txt; none is overwritten.")],
    count: Annotated[int, typer.Option("-n", "--count", help="How many sequences.")] = 100,
    temperature: Annotated[float, typer.Option(help="0: always the likeliest letter; 1: the model as it is.")] = 1.0,
    nucleus: Annotated[float, typer.Option(help="Share of the probability within which letters are drawn.")] = 1.0,
    prefix: Annotated[str, typer.Option(help="How every sequence begins.")] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same sequences.")] = 0,
    json: Json = False,
) -> None:
    """Write new sequences with the language model of a run, and say whether they are valid, new, and no copies."""
    from iatros.cli.generating import Wish, generate_sequences

    generate_sequences(run, Wish(count, temperature, nucleus, prefix, seed), out, as_json=json)


@app.command()
def report(
    run: RunFolder,
    export: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write tables, figures and methods for a paper: CSV, SVG, text.")
    ] = None,
    json: Json = False,
) -> None:
    """Write the report of a run again; with --export, what a paper takes from it."""
    from iatros.cli.verbs import report_again

    report_again(run, export, as_json=json)


@app.command()
def sweep(
    study: StudyFile,
    trials: Annotated[int | None, typer.Option(help="How many settings to try in all; by default the study's.")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Try settings of the keys named in [sweep], judged on inner folds only. The same command again goes on."""
    from iatros.cli.verbs import sweep_study

    sweep_study(study, trials, as_json=json, quiet=quiet)


@app.command()
def runs(folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path("runs"), json: Json = False) -> None:
    """List the runs here, and whether their files are intact."""
    from iatros.cli.listing import list_runs

    list_runs(folder, as_json=json)


@app.command()
def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN",
            help="Folders of runs, or tables of any program's predictions; the first is the one to beat.",
            autocompletion=completing.run_folders,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Page to write; by default compare-A-B.html beside the first run.")
    ] = None,
    truth: Annotated[
        str | None, typer.Option(help="Column of the truth in a table, where it is not found by its name.")
    ] = None,
    score: Annotated[str | None, typer.Option(help="Column of the score in a table.")] = None,
    positive: Annotated[str | None, typer.Option(help="Which value of the truth in a table is the event.")] = None,
    json: Json = False,
) -> None:
    """Show the paired differences of runs on the cases that both judged."""
    if len(runs) < 2:
        raise typer.BadParameter("name two runs at least, such as runs/a runs/b", param_hint="RUN")
    from iatros.cli.comparing import compare_runs

    compare_runs(runs, out, truth=truth, score=score, positive=positive, as_json=json)


def _aligning(verb: str, usual: Literal["global", "local"], said: str, *, limited: bool) -> None:
    """Add a verb that aligns two files: `align` and `search` take the same options; only the mode and what is kept differ."""

    @app.command(verb, help=said)
    def paired(
        queries: Queries,
        targets: Targets,
        mode: Mode = usual,
        form: Shown = "table",
        top: Top = None,
        min_score: MinScore = None,
        max_evalue: MaxEvalue = None,
        matrix: MatrixName = None,
        gap_open: GapOpen = None,
        gap_extend: GapExtend = None,
        free: FreeEnds = "target",
        both_strands: BothStrands = False,
        identity: IdentityBy = "columns",
        alphabet: Letters = "auto",
        threads: Threads = 0,
        pictures: PicturesFolder = None,
        json: Json = False,
    ) -> None:
        from iatros.cli.aligning import Asked, align_files

        shown = "json" if json else form
        asked = Asked(mode, shown, free, top, min_score, max_evalue, matrix, gap_open, gap_extend, both_strands, identity,
                      alphabet, threads)  # fmt: skip
        align_files(queries, targets, asked, limited=limited, pictures=pictures)


ALIGN = "Align the sequences of one file with those of another: scores, identity, coverage, CIGAR."
SEARCH = "Search a file of sequences for what resembles each query: the ten best, to E-value 10 where there is one."
_aligning("align", "global", ALIGN, limited=False)
_aligning("search", "local", SEARCH, limited=True)


@app.command()
def audit(
    train: Annotated[Path, typer.Argument(metavar="TRAIN", help="FASTA, FASTQ or GenBank; plain, gzip or bgzip.")],
    test: Annotated[Path, typer.Argument(metavar="TEST", help="The same; what a model is tested on.")],
    max_evalue: Annotated[float, typer.Option(help="Homologs have at most this E-value,")] = 1e-3,
    min_identity: Annotated[float, typer.Option(help="at least this share of identical letters, 0 to 1,")] = 0.0,
    min_coverage: Annotated[float, typer.Option(help="and at least this share of the shorter sequence aligned, 0 to 1.")] = 0.0,
    identity: IdentityBy = "shorter",
    alphabet: Letters = "auto",
    prefilter: Annotated[
        bool | None,
        typer.Option(help="Score only pairs that share short words, and say what that misses; or all pairs.",
                     show_default="from 200 million pairs on"),
    ] = None,
    threads: Threads = 0,
    json: Json = False,
) -> None:  # fmt: skip
    """List copies and homologs of test sequences in training, and the largest identity. Exits with 1 if there are any."""
    from iatros.align.kin import Rule
    from iatros.cli.auditing import audit_files

    rule = Rule(max_evalue, min_identity, min_coverage, identity)
    chosen: Literal["auto"] | bool = "auto" if prefilter is None else prefilter
    raise typer.Exit(audit_files(train, test, rule, alphabet, threads, chosen, as_json=json))


@app.command()
def doctor(json: Json = False) -> None:
    """Say what is installed, what this machine gives, and whether all that is needed works."""
    from iatros.cli.doctor import examine_machine

    raise typer.Exit(examine_machine(as_json=json))


@app.command()
def schema(
    key: Annotated[
        str | None,
        typer.Argument(
            help='A key or section, such as "training.rate" or "inputs.image".', autocompletion=completing.schema_keys
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Explain the keys of a study; with --json, the JSON schema for editors."""
    from iatros.cli.keys import show_schema

    show_schema(key, as_json=json)


@app.command()
def demo(json: Json = False, quiet: Quiet = False) -> None:
    """Run a study that ships: breast-cancer cytology, from data to report."""
    from iatros.cli.verbs import run_demo

    run_demo(as_json=json, quiet=quiet)


@data.command("list")
def data_list(json: Json = False) -> None:
    """List named data sets: what ships, what can be fetched, size, licence, cases."""
    from iatros.cli.listing import list_data

    list_data(as_json=json)


@data.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(help="Name of the data set.", autocompletion=completing.data_sets)],
    json: Json = False,
) -> None:
    """Download a data set; size and checksum are verified, and what was interrupted is resumed."""
    from iatros.cli.listing import fetch_data

    fetch_data(name, as_json=json)


def _version(asked: bool) -> None:
    if asked:
        from iatros import __version__

        typer.echo(f"iatros {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Options of the program itself."""


def main(arguments: list[str] | None = None) -> Any:
    """The entry point. Exits with 0, 1 (study or data at fault), 2 (command line at fault) or 130 (interrupted)."""
    given = sys.argv[1:] if arguments is None else arguments
    again = shlex.join(["iatros", *given])
    sys.exit(guarded(lambda: app(args=given, prog_name="iatros", standalone_mode=False), again, kept=given[:1] in KEPT))
