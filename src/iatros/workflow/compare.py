"""Compare: paired differences between runs, or between a run and another program, on the cases that both judged.

In: two or more runs' folders or tables of predictions, the first being the one to beat. Out: `Comparison`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from iatros.evaluation.paired import Pair, paired
from iatros.findings import Finding, InputError
from iatros.workflow.meeting import meetings
from iatros.workflow.sides import Columns, Side, side
from iatros.workflow.unlike import Differing, cautions, differing


@dataclass(frozen=True)
class Comparison:
    """sides: what was compared, the first being the one to beat; differing: keys of the studies; findings: what to mind."""

    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    differing: tuple[Differing, ...]
    findings: tuple[Finding, ...]
    resamples: int

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        """For `--json`."""
        names = [one.name for one in self.sides if one.is_run]
        return {
            "compared": [{"name": one.name, "path": str(one.path), "matched_by": one.by} for one in self.sides],
            "pairs": [
                {
                    **{
                        name: getattr(pair, name)
                        for name in ("first", "second", "target", "scheme", "cases", "patients", "events")
                    },
                    "metrics": [row.model_dump(mode="json") for row in pair.rows],
                }
                for pair in self.pairs
            ],
            "study": [{"key": one.key, "values": dict(zip(names, one.values, strict=True))} for one in self.differing],
            "warnings": [{"what": f.what, "todo": f.todo, "where": f.file, "check": f.check} for f in self.findings],
            "resamples": self.resamples,
        }


def compare(
    *runs: str | Path, resamples: int = 2000, truth: str | None = None, score: str | None = None, positive: str | None = None
) -> Comparison:
    """Compare the first run with each of the others, for every target that both have.

    runs: folders of finished runs, or tables of another program's predictions with a column `row` (the case's row in the
    study's file); truth, score, positive: columns of such a table, where they are not found by their names.
    Patients are resampled whole, and both sides share the resamples, so that the differences are paired.
    Raises InputError where two have no target or no case in common.
    """
    if len(runs) < 2:
        raise ValueError("two runs at least are compared")
    columns = Columns(truth, score, positive)
    sides = _named([side(path, columns) for path in runs])
    met = [(other, meeting) for other in sides[1:] for meeting in meetings(sides[0], other)]
    pairs = [
        paired(meeting.table, meeting.form, sides[0].name, other.name, meeting.target, resamples=resamples)
        for other, meeting in met
    ]
    findings = [*cautions(sides), *(finding for _, meeting in met for finding in meeting.findings)]
    told = dict.fromkeys(one for one in findings if one.severity in ("warning", "aside"))
    return Comparison(tuple(sides), tuple(pairs), tuple(differing(sides)), tuple(told), resamples)


def _named(sides: Sequence[Side]) -> list[Side]:
    """Sides with names of their own: the whole path where two folders are called alike. Raises InputError for twins."""
    paths = [one.path.resolve() for one in sides]
    for number, path in enumerate(paths):
        if path in paths[:number]:
            what, todo = "a run cannot be compared with itself", "name another run; `iatros runs` lists those that are here"
            raise InputError(Finding("error", what, todo, file=str(sides[number].path)))
    names = [one.name for one in sides]
    return [one if names.count(one.name) == 1 else replace(one, name=str(one.path)) for one in sides]
