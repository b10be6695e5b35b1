"""Who is told how a run goes: the terminal's progress, a notebook's, or nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from iatros.findings import Finding


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
