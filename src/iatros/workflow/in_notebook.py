"""Progress in a notebook: one plain text below the cell, updated in place. In: what a run tells its watch. Out: that text."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from iatros.findings import Finding
from iatros.workflow.watch import STAGE_WIDTH, Silence, Watch, finished_line, moving_line

SECONDS_BETWEEN_UPDATES = 0.2  # each is a message to the browser


class NotebookWatch:
    """Finished stages line by line, the present one below them. No widget: what it shows stays with the saved notebook."""

    def __init__(self, display: Any) -> None:  # Any: IPython.display, which may not be installed
        self.finished: list[str] = []
        self.updated_at = -SECONDS_BETWEEN_UPDATES
        self.handle = display.display({"text/plain": ""}, raw=True, display_id=True)

    def began(self, stage: str, text: str = "") -> None:
        """Show that a stage began."""
        self._show(f"{stage:{STAGE_WIDTH}} {text}")

    def moved(self, stage: str, text: str, done: float) -> None:
        """Show how far a stage is."""
        if time.monotonic() - self.updated_at >= SECONDS_BETWEEN_UPDATES:
            self._show(moving_line(stage, text, done))

    def ended(self, stage: str, text: str, seconds: float) -> None:
        """One line for a finished stage."""
        self.finished.append(finished_line(stage, text, seconds))
        self._show("")

    def found(self, findings: Sequence[Finding], cases: int) -> None:
        """Show what the checks found."""
        from iatros.checks import lines

        self.finished += lines(findings) if findings else []
        self._show("")

    def _show(self, present: str) -> None:
        self.updated_at = time.monotonic()
        self.handle.update({"text/plain": "\n".join([*self.finished, present]).rstrip()}, raw=True)


def fitting_watch() -> Watch:
    """A notebook's watch in a notebook; elsewhere nobody is told, since a library does not print."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is None:  # IPython in a terminal has none
        return Silence()
    from importlib import import_module

    return NotebookWatch(import_module("IPython.display"))
