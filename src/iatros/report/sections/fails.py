"""Where does it fail?

In: a reading. Out: how many were sure and wrong, the worst cases, and a gallery of pictures with their maps.
"""

from __future__ import annotations

import base64

from markupsafe import Markup

from iatros.evidence import CaseEvidence
from iatros.report import numbers
from iatros.report.parts import letters, shapes, wording
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
    if view.form.task == "value":
        answer = _furthest(view, found)
    elif view.form.task == "residues":
        answer = _most_wrong(found)
    elif view.form.task == "next":
        answer = _least_foretold(found)
    elif view.form.task == "structure":
        answer = _farthest_off(found)
    elif sure:
        answer = Markup("It is sure and wrong about {:,} of {:,} (sure: at least {} for what it predicted).").format(
            sure[0], sure[1], numbers.percent(sure[2])
        )
    if not found:
        return Part(answer, nope("Worst cases were not kept."))
    worst = [case for case in found if case.role == "worst"]
    checks = [check for check in view.reading.evidence.checks if check.target == view.name]
    shown = _gallery(view, found) + letters.strips(view, found, checks, lambda case: _titled(view, case))
    shown += shapes.chains(view)
    return Part(answer, (_table(view, worst) if worst else Markup("")) + shown)


def _table(view: View, worst: list[CaseEvidence]) -> Markup:
    sited = any(case.site for case in worst)
    names = list(dict.fromkeys(name for case in worst for name, _ in case.fields))[:MOST_FIELDS]
    rows = [
        [
            str(case.case),
            *([case.site or "not given"] if sited else []),
            *(dict(case.fields).get(name, "missing") for name in names),
            _predicted(view, case),
            truth(view, case.truth),
        ]
        for case in worst
    ]
    subtitle = "Case numbers are positions in the study, not hospital numbers."
    return cards(
        f"The {numbers.counted(len(worst), 'worst prediction')}",
        subtitle,
        ("Case", *(["Hospital"] if sited else []), *names, "Predicted", "Truth"),
        rows,
        "dense",
    )


def score(view: View, value: float) -> str:
    """A score as the reader knows it: in percent, or in the value's unit."""
    return numbers.risk(value) if view.form.task != "value" else f"{numbers.in_units(value)} {view.form.unit}".strip()


def truth(view: View, named: str) -> str:
    """What was true, in the words of the page: `with pneumonia` for class 1 of two."""
    if view.form.task == "residues":
        known = sum(sign in view.form.classes for sign in named)
        return f"{known:,} of {numbers.counted(len(named), 'position')} known"
    return dict(zip(view.form.classes, view.classes, strict=True)).get(named, numbers.bare(named))


def _predicted(view: View, case: CaseEvidence) -> str:
    """The score, with the class that was guessed where there are several; of positions, the share that is right."""
    if view.form.task == "residues":
        return f"{numbers.percent(case.score)} right"
    if view.form.task in ("next", "structure"):
        return case.predicted
    guess = f"{case.predicted}, " if view.form.task == "class" and not view.form.binary and case.predicted else ""
    return guess + score(view, case.score)


def _titled(view: View, case: CaseEvidence) -> str:
    """What was said of a case, and what was true."""
    if view.form.task == "residues":
        return f"Case {case.case}: {numbers.percent(case.score)} of its positions are right"
    return f"{WORDS[case.role]}, case {case.case}: predicted {_predicted(view, case)}, truth: {truth(view, case.truth)}"


def _farthest_off(found: list[CaseEvidence]) -> Markup:
    """The chain that is least like the truth."""
    worst = next((case for case in found if case.role == "worst"), None)
    if worst is None:
        return Markup("How badly single chains are predicted was not measured.")
    return Markup("The chain that is predicted worst keeps {} of its distances below 15 Å (lDDT-CA).").format(
        numbers.percent(worst.score)
    )


def _least_foretold(found: list[CaseEvidence]) -> Markup:
    """The sequence whose letters were the least expected."""
    worst = next((case for case in found if case.role == "worst"), None)
    if worst is None:
        return Markup("How badly single sequences are foretold was not measured.")
    return Markup("Of the sequence foretold worst, each letter takes {:.2f} bits.").format(worst.score)


def _furthest(view: View, found: list[CaseEvidence]) -> Markup:
    """A value is never sure: the worst error instead."""
    worst = next((case for case in found if case.role == "worst"), None)
    if worst is None:
        return Markup("The largest errors were not kept.")
    return Markup("At worst it predicted {} where {} was measured.").format(score(view, worst.score), _unit(view, worst.truth))


def _most_wrong(found: list[CaseEvidence]) -> Markup:
    """Of positions: the case with the fewest right."""
    worst = next((case for case in found if case.role == "worst"), None)
    if worst is None:
        return Markup("The worst cases were not kept.")
    return Markup("In the worst case, {} of the positions are right.").format(numbers.percent(worst.score))


def _unit(view: View, value: str) -> str:
    return f"{value} {view.form.unit}".strip()


def _gallery(view: View, found: list[CaseEvidence]) -> Markup:
    room, shown = ALL_PICTURES, []
    for case in found:
        pictures = [(name, _picture(view, name)) for name in (case.image, case.map, case.map_randomised) if name]
        cost = sum(len(picture) for _, picture in pictures)
        if pictures and cost <= room and all(picture for _, picture in pictures):
            room -= cost
            shown.append(
                {
                    "case": case,
                    "role": WORDS[case.role],
                    "score": _predicted(view, case),
                    "truth": truth(view, case.truth),
                    "pictures": _labelled(case, view),
                }
            )
    drawn = {case.method for case in found}
    failed = [
        {"title": wording.explanations(check.method), "why": wording.capital(wording.why(check))}
        for check in view.reading.evidence.checks
        if check.target == view.name and not check.passed and check.method in drawn
    ]
    return render("gallery.html", shown=shown, failed=failed) if shown else Markup("")


def _labelled(case: CaseEvidence, view: View) -> list[tuple[str, str]]:
    named = (
        (case.image, f"Case {case.case}"),
        (case.map, f"Raised the score ({wording.METHODS.get(case.method, case.method)})"),
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
