"""`iatros compare`: paired differences on the screen, as JSON, and as a page beside the runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from iatros import __version__
from iatros.cli.document import print_json
from iatros.cli.failing import say
from iatros.evaluation.paired import Pair
from iatros.findings import printable
from iatros.report import numbers
from iatros.report.comparison import Contest, comparison, counted, metric_name, sentence
from iatros.report.parts import wording
from iatros.results import MetricRow
from iatros.runs import write_atomically
from iatros.workflow.compare import Comparison, compare
from iatros.workflow.sides import Side

NAME, CELL = 34, 26  # widths of columns, in characters
KEYS_SHOWN = 12
VALUE = 40  # characters of a key's value


def compare_runs(
    runs: Sequence[Path],
    out: Path | None,
    *,
    truth: str | None = None,
    score: str | None = None,
    positive: str | None = None,
    as_json: bool,
) -> None:
    """Compare the first run with each other one, and write the page."""
    found = compare(*runs, truth=truth, score=score, positive=positive)
    path = out or page_path(found.sides)
    html = comparison(contest(found))
    write_atomically(path, lambda draft: draft.write_text(html, "utf-8"))
    if as_json:
        print_json({**found.as_json(), "page": str(path)})
        return
    say([printable(f"  warning   {finding.what}; {finding.todo}") for finding in found.findings])
    print("\n".join([*(printable(line) for line in shown(found)), f"page: {path}"]))


def page_path(sides: Sequence[Side]) -> Path:
    """runs/a-b.html: beside the first run, so that no finished run is changed."""
    names = "-".join(one.path.stem if one.path.is_file() else one.path.resolve().name for one in sides)
    return sides[0].path.parent / f"compare-{names}.html"


def contest(found: Comparison) -> Contest:
    """What the page shows of a comparison."""
    return Contest(
        names=tuple(one.name for one in found.sides),
        kinds=tuple(kind(one) for one in found.sides),
        pairs=found.pairs,
        differing=tuple((one.key, *one.values) for one in found.differing),
        studied=tuple(one.name for one in found.sides if one.is_run),
        cautions=found.findings,
        resamples=found.resamples,
        version=__version__,
    )


def kind(one: Side) -> str:
    """What a side is, in a few words."""
    if not one.is_run:
        return "predictions of another program"
    told, looks = one.record.get("data", {}), one.record.get("looks_at_test", 0)
    date = str(one.record.get("started", ""))[:10]
    return f"run of {date}, {told.get('cases', 0):,} cases, test part looked at {numbers.counted(looks, 'time')}"


def shown(found: Comparison) -> list[str]:
    """The tables of all pairs, and the keys that differ."""
    lines = [line for pair in found.pairs for line in table(pair)]
    if found.differing:
        lines += ["studies differ in", *(_key(one.key, one.values) for one in found.differing[:KEYS_SHOWN])]
        more = len(found.differing) - KEYS_SHOWN
        lines += [f"  and {more} more keys: see the page", ""] if more > 0 else [""]
    return lines


def table(pair: Pair) -> list[str]:
    """A line a metric: both figures, and the difference with its interval."""
    head = f"{pair.target}, {counted(pair)} · {wording.scheme(pair.scheme, False)}"
    columns = f"  {'':{NAME}}{pair.first:{CELL}}{pair.second:{CELL}}{pair.second} less {pair.first}"
    lines = [_line(pair, found) for metric in pair.sided if (found := pair.difference(metric)) is not None]
    beside = [_beside(pair, metric) for metric in pair.beside]
    return [head, columns, *lines, *beside, f"  {sentence(pair).replace(numbers.MINUS, '-')}", ""]


def _line(pair: Pair, found: MetricRow) -> str:
    name = metric_name(found)
    cells = "".join(f"{_cell(pair.figure(found.metric, model)):{CELL}}" for model in (pair.first, pair.second))
    return f"  {name:{NAME}}{cells}{_cell(found)}"


def _beside(pair: Pair, metric: str) -> str:
    cells = "".join(f"{_cell(pair.figure(metric, model)):{CELL}}" for model in (pair.first, pair.second))
    return f"  {wording.METRICS[metric]:{NAME}}{cells}".rstrip()


def _cell(row: MetricRow | None) -> str:
    """`0.810 [0.757, 0.855]`, in plain signs for terminals."""
    said = numbers.plain(row).replace(numbers.MINUS, "-")
    return said.replace(" to ", ", ") if row is not None and row.value is not None else said


def _key(key: str, values: Sequence[str]) -> str:
    return f"  {key:{NAME}}" + "  ->  ".join(value if len(value) <= VALUE else f"{value[:VALUE]}…" for value in values)
