"""How the program ends: its exit status, and what it says when something is wrong.

In: a command. Out: 0 done, 1 the study or the data are at fault, 2 the command line is, 130 interrupted, 70 a fault of ours.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from iatros.findings import Finding, InputError, place, printable

INTERRUPTED = 130  # as shells say it: 128 and the number of SIGINT
BUG = 70  # EX_SOFTWARE of sysexits.h
BUG_FILE = "iatros-fault.txt"
# Typer carries its own copy of Click and does not export the base class of the command line's faults.
USAGE_FAULT: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


class Stopped(Exception):
    """Ctrl-C, with where the work stood: "train, fold 2 of 5, epoch 7"."""


def guarded(command: Callable[[], Any], again: str = "", *, kept: bool = False) -> int:
    """Run a command and turn whatever happens into an exit status and words.

    again: the command line itself, to be repeated after an interruption; kept: it then goes on where it was stopped.
    """
    try:
        status = command()
    except typer.Exit as ended:
        return int(ended.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _stopped(again, kept)
    except Stopped as at:
        return _stopped(again, kept, str(at))
    except USAGE_FAULT as wrong:
        wrong.show()
        return 2
    except InputError as fault:
        say(fault_lines(fault))
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except MemoryError:
        say(["error: not enough memory", "  try smaller images, a smaller batch, or a machine with more memory"])
        return 1
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as fault:  # the last door, also for panics of Rust: a fault of ours, and must not look like the user's
        if os.environ.get("IATROS_DEBUG"):
            raise
        return _our_fault(fault)
    if status == INTERRUPTED:  # Typer's word for Ctrl-C
        return _stopped(again, kept)
    return int(status) if isinstance(status, int) else 0


def fault_lines(fault: InputError) -> list[str]:
    """An error as the screen shows it: what, where, the line itself, what to do."""
    finding = fault.finding
    where = place(finding.file, finding.rows, finding.column)
    shown = list(fault.detail) or ([where] if where else [])
    source = f"{finding.source}: " if finding.source else ""
    return [
        printable(line) for line in (f"error: {source}{finding.what}", *(f"  {line}" for line in shown), f"  {finding.todo}")
    ]


def lines_of(findings: list[Finding]) -> list[str]:
    """Several errors, each with its place and remedy."""
    return [line for finding in findings for line in fault_lines(InputError(finding))]


def say(lines: list[str]) -> None:
    """Print lines for the person, on stderr."""
    print("\n".join(lines), file=sys.stderr, flush=True)


def _stopped(again: str, kept: bool, at: str = "") -> int:
    """The last line names the command that goes on."""
    where = f"stopped at {at}" if at else "stopped"
    what = f"{where}; `{again}` goes on from there" if kept else f"{where}, nothing is half-written; `{again}` does it anew"
    say(["", printable(what) if again else where])
    return INTERRUPTED


def _our_fault(fault: BaseException) -> int:
    frames = traceback.extract_tb(fault.__traceback__)
    told = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    lines = ["A fault inside Iatros. This file holds no patient data: only where the program was.", "",
             f"{type(fault).__module__}.{type(fault).__qualname__}", *told]  # fmt: skip
    path = Path(BUG_FILE)
    try:
        path.write_text("\n".join(lines) + "\n", "utf-8")
        kept = f"please send {path.resolve().name} (it holds no patient data) with what you did"
    except OSError:
        kept = "please tell us: " + " <- ".join(reversed(told[-4:]))
    say([f"error: a fault of Iatros itself, not of your data ({type(fault).__name__})", f"  {kept}"])
    return BUG
