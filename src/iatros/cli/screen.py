"""What a person sees while a run works: one line a finished stage, a moving line where there is a terminal.

In: what the workflow tells its watch. Out: lines on stderr; results go to stdout elsewhere.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from iatros.cli.failing import Stopped
from iatros.findings import Finding
from iatros.workflow.watch import STAGE_WIDTH, finished_line, moving_line

SECONDS_BETWEEN_DRAWS = 0.1


class Screen:
    """A watch that prints. In a pipe or a log there is no moving line, and no colour anywhere."""

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.moving = sys.stderr.isatty() and not quiet and os.environ.get("TERM") != "dumb"
        self.drawn_at = 0.0
        self.standing = ""

    def began(self, stage: str, text: str = "") -> None:
        """Show that a stage began, where lines can move."""
        self.standing = stage
        self._draw(f"{stage:{STAGE_WIDTH}} {text}")

    def moved(self, stage: str, text: str, done: float) -> None:
        """Show how far a stage is."""
        self.standing = f"{stage}, {text}"
        if time.monotonic() - self.drawn_at < SECONDS_BETWEEN_DRAWS:
            return
        self._draw(moving_line(stage, text, done))

    def ended(self, stage: str, text: str, seconds: float) -> None:
        """One line for a finished stage."""
        if self.quiet:
            return
        self._clear()
        print(finished_line(stage, text, seconds), file=sys.stderr, flush=True)

    def found(self, findings: Sequence[Finding], cases: int) -> None:
        """Show what the checks found."""
        if self.quiet or not findings:
            return
        from iatros.checks import lines

        self._clear()
        print("\n".join(["", *lines(findings), ""]), file=sys.stderr, flush=True)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work that may be stopped: the line that moves is cleared at its end, and Ctrl-C says where the work stood."""
        try:
            yield
        except KeyboardInterrupt as stopped:
            raise Stopped(self.standing) from stopped
        finally:
            self._clear()

    def _draw(self, line: str) -> None:
        if self.moving:
            self.drawn_at = time.monotonic()
            sys.stderr.write(f"\r\x1b[2K{line[: _width()]}")
            sys.stderr.flush()

    def _clear(self) -> None:
        if self.moving:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns - 1
