"""Claim: no study and no table, however broken, makes Iatros show a stack trace or leave with anything but 0, 1 or 2.

Three proofs: the corpus of bad inputs that was written before the code (in `bad/` beside the folder of $IATROS_DATA, or FOLDER
of `--corpus`), each case in a process of its own; a minute (`--seconds`) of random damage to sound studies and tables, each
checked in this process through the same last door as on the command line; and as long again of tiny studies, tables and
pictures (broken, mislabelled, of odd kinds) that are run, predicted with and judged, whose results must be possible too:
scores that are numbers, sound rows scored as if their neighbours were sound, nobody on both sides. Seeds are fixed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from damage import one_input
from fuzzed_verbs import UNTRUE, trial
from table import Row, report

from iatros.cli import app
from iatros.cli.failing import guarded

SEED = 8
LONGEST_CASE = 30  # seconds that one check may take
LONGEST_RUN = 120  # and one run, on a machine that others use too
LONGEST_LINE = 20_000  # characters, as in the corpus


@dataclass
class Fuzzed:
    """What came out: exit status -> how often; the faults, with the seed that makes each again."""

    ends: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


class TooLongError(Exception):
    """A command took more time than it may."""


@contextlib.contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Raise TooLongError in what takes longer."""

    def over(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def spoken(arguments: list[str], longest: int = LONGEST_CASE) -> tuple[int, str]:
    """Exit status and all words of a command, in this process."""
    words = io.StringIO()
    with contextlib.redirect_stdout(words), contextlib.redirect_stderr(words), at_most(longest):
        status = guarded(lambda: app(args=arguments, standalone_mode=False))
    return status, words.getvalue()


def judged(seed: int, status: int, words: str, seconds: float, longest: int = LONGEST_CASE) -> Iterator[str]:
    """What is wrong with the way a command ended."""
    if status not in (0, 1, 2, 130):
        told = Path("iatros-fault.txt").read_text().splitlines()[2:] if Path("iatros-fault.txt").is_file() else [words[-200:]]
        yield f"seed {seed}: exit {status}: {told[0]} {' <- '.join(reversed(told[-3:]))}"
    if "Traceback" in words:
        yield f"seed {seed}: a stack trace"
    if any(len(line) > LONGEST_LINE for line in words.splitlines()) or "\x1b" in words:
        yield f"seed {seed}: floods or steers the screen"
    if not words.strip():
        yield f"seed {seed}: says nothing"
    if seconds >= longest - 1:
        yield f"seed {seed}: takes {seconds:.0f} s"


def fuzz(seconds: float, seeds: Callable[[int], int] = lambda i: 1000 * SEED + i) -> Fuzzed:
    """Check damaged studies for so long. The seeds are the same each time; how many fit depends on the machine."""
    found, started, home = Fuzzed(), time.monotonic(), Path.cwd()
    while time.monotonic() - started < seconds:
        seed = seeds(found.ends.total())
        with tempfile.TemporaryDirectory() as name:
            os.chdir(name)
            try:
                kind, began = one_input(seed, Path(name)), time.monotonic()
                status, words = spoken(["check", "study.toml"])
                took = time.monotonic() - began
                found.faults += judged(seed, status, words, took)
            finally:
                os.chdir(home)
        found.ends[status] += 1
        found.kinds[kind] += 1
        found.slowest = max(found.slowest, took)
    return found


def fuzz_verbs(seconds: float, seeds: Callable[[int], int] = lambda i: 2000 * SEED + i) -> Fuzzed:
    """Run tiny damaged studies, predict and judge with them, for so long. `ends` and `kinds` count commands."""
    found, started, home, number = Fuzzed(), time.monotonic(), Path.cwd(), 0
    with tempfile.TemporaryDirectory() as cache:
        os.environ["IATROS_CACHE"] = cache
        while time.monotonic() - started < seconds:
            seed, number = seeds(number), number + 1
            with tempfile.TemporaryDirectory() as name:
                os.chdir(name)
                try:
                    _judge_trial(found, seed, Path(name))
                finally:
                    os.chdir(home)
    return found


def _judge_trial(found: Fuzzed, seed: int, folder: Path) -> None:
    began = time.monotonic()
    for verb, status, told in trial(seed, folder, lambda arguments: spoken(arguments, LONGEST_RUN)):
        took = time.monotonic() - began
        found.faults += [f"{verb}, {fault}" for fault in judged(seed, status, told or " ", took, LONGEST_RUN) if told or status]
        if told.startswith(UNTRUE):
            found.faults.append(f"{verb}, seed {seed}: {told}")
        found.ends[status] += 1
        found.kinds[verb] += 1
        found.slowest = max(found.slowest, took)
        began = time.monotonic()


def corpus_of(options: argparse.Namespace) -> Path:
    """Where the corpus lies."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(options.corpus or Path(os.environ.get("IATROS_DATA", beside)).parent / "bad")


def run_corpus(corpus: Path) -> Row:
    """All cases of the corpus, judged by its own runner."""
    executable = Path(sys.executable).with_name("iatros")
    told = subprocess.run(
        [sys.executable, corpus / "run_corpus.py", executable], capture_output=True, text=True, check=False
    ).stdout
    print(told, file=sys.stderr)
    last = re.search(r"(\d+) passed, (\d+) failed", told)
    passed, failed = (int(last[1]), int(last[2])) if last else (0, 1)
    slowest = max((float(s) for s in re.findall(r"(?:yes|no) +([\d.]+) +\d+ ", told)), default=0.0)
    note = f"exit status, words, memory under 2,048 MB, time under 60 s (slowest {slowest:.0f} s), nothing written outside"
    return Row(
        "corpus of bad inputs", f"{passed} of {passed + failed} pass", goal="all", met=failed == 0 and passed > 0, note=note
    )


def main() -> bool:
    """Corpus, then fuzzing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", choices=("corpus", "fuzz", "verbs"))
    parser.add_argument("--seed", type=int, help="make one damaged study again, and stop at its stack trace")
    parser.add_argument("--json", type=Path)  # `table` reads it
    options = parser.parse_args()
    if options.seed is not None:
        os.environ["IATROS_DEBUG"] = "1"
        os.chdir(tempfile.mkdtemp())
        if options.only == "verbs":
            print(Path.cwd(), *trial(options.seed, Path.cwd(), lambda arguments: spoken(arguments, LONGEST_RUN)), sep="\n")
        else:
            print(one_input(options.seed, Path()), Path.cwd(), *spoken(["check", "study.toml"]))
        return True
    rows = []
    if options.only in (None, "corpus"):
        rows.append(run_corpus(corpus_of(options)))
    if options.only in (None, "fuzz"):
        rows.append(told_of(fuzz(options.seconds), options.seconds, "checks", "studies"))
    if options.only in (None, "verbs"):
        rows.append(told_of(fuzz_verbs(options.seconds), options.seconds, "runs", "commands"))
    return report("bad_studies", rows, ["polars", "pydantic", "pyarrow", "pillow", "pydicom", "torch"])


def told_of(found: Fuzzed, seconds: float, what: str, counted: str) -> Row:
    """One row of the table."""
    print(*found.faults, sep="\n", file=sys.stderr)
    ends = ", ".join(f"{count:,} with {status}" for status, count in sorted(found.ends.items()))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.kinds.items()))
    note = f"exits: {ends}; {kinds}; slowest {found.slowest:.1f} s"
    faults = f"{len(found.faults)} faults in {found.ends.total():,} {counted}"
    return Row(f"{seconds:.0f} s of fuzzing {what}", faults, goal="0 faults", met=not found.faults, note=note)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
