"""What must it not be used for? In: a reading. Out: what the data show, by rule, and what only the author can say."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.parts.groups import too_small
from iatros.report.parts.shifts import missed
from iatros.report.parts.sites import by_site
from iatros.report.reading import Reading, View
from iatros.report.render import render
from iatros.report.section import Section

AUTHOR = (
    "intended user and moment of use",
    "what happens to a patient who is flagged, and to one who is not",
    "who may override it, and how that is recorded",
    "ethical approval and how patients were involved",
    "when results will be checked again after introduction",
)


def section(reading: Reading) -> Section:
    """Limits of use."""
    shown = [limit for view in reading.views for limit in limits(view)]
    shown += ["Not as a sum of causes: changing an input does not change the disease."]
    purpose = str(reading.record.get("purpose") or "")
    answer = Markup(
        "It must not decide about a patient on its own, and it must not be used where the data do not reach ({} limits below)."
    ).format(len(shown))
    return Section("notfor", answer, render("notfor.html", shown=shown, author=AUTHOR, purpose=purpose))


def limits(view: View) -> list[str]:
    """What the figures forbid, one sentence each."""
    said = [f"Not for people unlike those studied: {wording.size(view, view.one('auroc') or view.one('mae'))}."]
    said += [
        f"Not for {wording.group(row.group)} ({verdicts.column_of(row.group)}): too few to judge, {row.cases:,} were studied."
        for row in too_small(view)
    ]
    if view.form.binary:
        rows = [
            row for row in (verdicts.judged(view.at("sensitivity", group=group)) for group in view.groups()) if row is not None
        ]
        worse = {gap.worse.group: gap.worse for gap in verdicts.gaps(rows)}
        said += [
            (
                f"Not to rule out {view.words} in group {wording.group(group)} at the {wording.threshold(view)} "
                f"threshold: it missed {missed(view, row)}."
            )
            for group, row in worse.items()
        ]
    shifted = sum(bool(verdicts.off(row)) for row in by_site(view, "observed_expected"))
    if shifted:
        said.append(
            f"Not in a new hospital without a local check of its percentages: {numbers.counted(shifted, 'hospital')} "
            "of those studied were off."
        )
    elif not view.unseen:
        said.append("Not in a new hospital without a local check: none was left out to learn how it does there.")
    return said
