"""Who is told how a run goes: the terminal's progress, a notebook's, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from iatros.findings import Finding

STAGE_WIDTH = 9
BAR_WIDTH = 24
TEXT_WIDTH = 64


class Watch(Protocol):
    """What a run tells while it works. Every method may do nothing."""

    def began(self, stage: str, text: str = "") -> None:
        """A stage began."""

    def moved(self, stage: str, text: str, done: float) -> None:
        """A stage stands at `done` (0 to 1)."""

    def ended(self, stage: str, text: str, seconds: float) -> None:
        """A stage ended."""

    def found(self, findings: Sequence[Finding], cases: int) -> None:
        """Checks found this among so many cases."""


class Silence:
    """Tells nobody."""

    def began(self, stage: str, text: str = "") -> None:
        """Say nothing."""

    def moved(self, stage: str, text: str, done: float) -> None:
        """Say nothing."""

    def ended(self, stage: str, text: str, seconds: float) -> None:
        """Say nothing."""

    def found(self, findings: Sequence[Finding], cases: int) -> None:
        """Say nothing."""


def moving_line(stage: str, text: str, done: float) -> str:
    """How far a stage is, as a bar and words."""
    full = int(done * BAR_WIDTH)
    return f"{stage:{STAGE_WIDTH}} {'━' * full}{'─' * (BAR_WIDTH - full)}  {text}"


def finished_line(stage: str, text: str, seconds: float) -> str:
    """What a stage did and how long it took."""
    return f"{stage:{STAGE_WIDTH}} {text:{TEXT_WIDTH}} {human(seconds):>8}"


def human(seconds: float) -> str:
    """A time as people say it: "0.2 s", "41 s", "3 min", "2.5 h"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5940 else f"{seconds / 3600:.1f} h"
