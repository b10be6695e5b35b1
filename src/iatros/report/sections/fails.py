"""Where does it fail?

In: a reading. Out: how many were sure and wrong, the worst cases, and a gallery of pictures with their maps.
"""

from __future__ import annotations

import base64

from markupsafe import Markup

from iatros.evidence import CaseEvidence
from iatros.report import numbers
from iatros.report.parts.table import cards
from iatros.report.reading import Reading, View
from iatros.report.render import nope, render
from iatros.report.section import Part, Section, assemble

MOST_FIELDS = 6
LARGEST_PICTURE = 60_000  # bytes of one PNG; the page must stay small
ALL_PICTURES = 330_000
WORDS = {"worst": "Sure and wrong", "best": "Sure and right", "typical": "Typical, right"}


def section(reading: Reading) -> Section:
    """One part a target."""
    return assemble("fails", [_part(view) for view in reading.views], [view.title for view in reading.views])


def _part(view: View) -> Part:
    found = [case for case in view.reading.evidence.cases if case.target == view.name]
    sure = view.reading.evidence.sure_and_wrong.get(view.name)
    answer = Markup("How many were sure and wrong was not measured.")
    if sure:
        answer = Markup("It is sure and wrong about {:,} of {:,} (sure: a score of at least {}).").format(
            sure[0], sure[1], numbers.in_units(sure[2])
        )
    if not found:
        return Part(answer, nope("Worst cases were not kept."))
    worst = [case for case in found if case.role == "worst"]
    return Part(answer, (_table(view, worst) if worst else Markup("")) + _gallery(view, found))


def _table(view: View, worst: list[CaseEvidence]) -> Markup:
    names = list(dict.fromkeys(name for case in worst for name, _ in case.fields))[:MOST_FIELDS]
    rows = [
        [
            str(case.case),
            case.site or "not given",
            *(dict(case.fields).get(name, "missing") for name in names),
            score(view, case.score),
            case.truth,
        ]
        for case in worst
    ]
    subtitle = "Case numbers are positions in the study, not hospital numbers."
    return cards(
        f"The {numbers.counted(len(worst), 'worst prediction')}",
        subtitle,
        ("Case", "Hospital", *names, "Predicted", "Truth"),
        rows,
        "dense",
    )


def score(view: View, value: float) -> str:
    """A score as the reader knows it: in percent, or in the value's unit."""
    return numbers.percent(value) if view.form.task != "value" else f"{numbers.in_units(value)} {view.form.unit}".strip()


def _gallery(view: View, found: list[CaseEvidence]) -> Markup:
    room, shown = ALL_PICTURES, []
    for case in found:
        pictures = [(name, _picture(view, name)) for name in (case.image, case.map, case.map_randomised) if name]
        cost = sum(len(picture) for _, picture in pictures)
        if pictures and cost <= room and all(picture for _, picture in pictures):
            room -= cost
            shown.append(
                {"case": case, "role": WORDS[case.role], "score": score(view, case.score), "pictures": _labelled(case, view)}
            )
    failed = [check for check in view.reading.evidence.checks if check.target == view.name and not check.passed]
    return render("gallery.html", shown=shown, failed=failed) if shown else Markup("")


def _labelled(case: CaseEvidence, view: View) -> list[tuple[str, str]]:
    named = (
        (case.image, f"Case {case.case}"),
        (case.map, f"Raised the score ({case.method.replace('_', ' ')})"),
        (case.map_randomised, "Same method, untrained network"),
    )
    return [(_picture(view, name), label) for name, label in named if name]


def _picture(view: View, name: str) -> str:
    path = view.reading.folder.path / "figures" / name
    if (
        path.parent.resolve() != (view.reading.folder.path / "figures").resolve()
        or not path.is_file()
        or path.stat().st_size > LARGEST_PICTURE
    ):
        return ""
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()
