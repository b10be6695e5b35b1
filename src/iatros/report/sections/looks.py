"""What does it look at? In: a reading. Out: importances against made-up inputs, and the checks of the maps."""

from __future__ import annotations

from markupsafe import Markup

from iatros.evidence import Importance, MethodCheck
from iatros.predictions import OF_POSITIONS
from iatros.report import numbers
from iatros.report.figures.deletion import deletion
from iatros.report.figures.forest import Mark, Scale, axis, row, scale
from iatros.report.figures.shape import shape
from iatros.report.parts import letters, wording
from iatros.report.parts.table import PICTURE, Forest, Row, forest, lines
from iatros.report.reading import Reading, View
from iatros.report.render import nope
from iatros.report.section import Part, Section, assemble

MOST = 30
NULL = "no more than made-up inputs"


def section(reading: Reading) -> Section:
    """One part a target."""
    return assemble("looks", [_part(view) for view in reading.views], [view.title for view in reading.views])


def _part(view: View) -> Part:
    if view.form.task in OF_POSITIONS:
        why = "Importances and attributions explain one score of a case. This target has many in each; see section 5."
        return Part(Markup("Not examined: a case has no one score to explain."), nope(why))
    own = [one for one in view.reading.evidence.importances if one.target == view.name]
    found = sorted(own, key=lambda one: -one.value)[:MOST]
    checks = [check for check in view.reading.evidence.checks if check.target == view.name]
    body = (_importances(view, found) if found else nope("Importance of inputs was not measured.")) + Markup(
        "<h3>Can these explanations be trusted?</h3>"
    )
    body += _checks(checks) if checks else nope("No maps: no input of this study is a picture, or they were not made.")
    told = view.reading.evidence
    body += letters.motifs([one for one in told.motifs if one.target == view.name], checks)
    body += letters.words([one for one in told.words if one.target == view.name], checks)
    return Part(_answer(found, checks), body)


def idle(one: Importance) -> bool:
    """Does it matter no more than a made-up input?"""
    return one.null_high is not None and one.value <= one.null_high


def _answer(found: list[Importance], checks: list[MethodCheck]) -> Markup:
    if not found:
        passed = sum(check.passed for check in checks)
        return (
            Markup("{} of {} methods of explanation passed their check.").format(passed, len(checks))
            if checks
            else Markup("Not measured.")
        )
    if all(idle(one) for one in found):
        return Markup("At nothing in particular: no input matters more than made-up inputs do.")
    same = [one.column for one in found if idle(one)]
    rest = (
        f" {len(same)} of {len(found)} inputs {'matters' if len(same) == 1 else 'matter'} {NULL} do: {numbers.joined(same)}."
        if same
        else ""
    )
    return Markup("Above all at {} ({} lost without it).{}").format(found[0].column, numbers.three(found[0].value), rest)


def _importances(view: View, found: list[Importance]) -> Markup:
    nulls = [Mark(v, None, None) for one in found for v in (one.null_low, one.null_high) if v is not None]
    on = scale([*(Mark(one.value, one.low, one.high) for one in found), *nulls], hold=0.0)
    subtitle = (
        "Loss of the headline measure when the values of one input are shuffled among cases. Grey: the range "
        "of made-up inputs, shuffled copies given to the same model. Effect: average push on the score (Shapley value), on "
        "the network’s own scale; above 0 raises it."
    )
    around = Forest(
        "How much each input matters, and in which direction",
        subtitle,
        ("Input", "Loss", PICTURE, "Effect along its values"),
        (),
        ("Effect",),
        kind="d",
    )
    table = forest(around, [_row(one, on) for one in found], axis(on))
    return table + Markup(
        '<p class="warn1"><b class="wtext">Warning: this is what the model uses, not what causes disease.</b></p>'
    )


def _row(one: Importance, on: Scale) -> Row:
    grey = None if one.null_low is None or one.null_high is None else (one.null_low, one.null_high)
    limits = f" [{numbers.three(one.low)} to {numbers.three(one.high)}]" if one.low is not None and one.high is not None else ""
    number = Markup('{}&nbsp;<span class="cit">{}</span>').format(numbers.three(one.value), limits.strip())
    if idle(one):
        number += Markup('<br><span class="cit">as a made-up input</span>')
    drawing = row(f"{one.column} {numbers.three(one.value)}{limits}", [Mark(one.value, one.low, one.high)], on, 0.0, grey)
    return Row(one.column, (), number, drawing, (shape(one),))


def _checks(checks: list[MethodCheck]) -> Markup:
    rows = [
        (
            wording.capital(wording.METHODS.get(check.method, check.method.replace("_", " "))),
            _likeness(check),
            _area(check),
            Markup('<span class="{}">{}</span>').format(
                "oktext" if check.passed else "wtext", "Passed" if check.passed else "Warning: not passed"
            ),
            wording.capital(wording.why(check)),
        )
        for check in checks
    ]
    table = lines(
        "Checks of the explanations",
        (
            "An explanation that shows what the network uses must differ from that of an untrained network, and removing what "
            "it marks must change the score faster than removing anything else."
        ),
        ("Method", "Likeness to untrained networks", "Area over the deletion curve", "Verdict", "Why"),
        rows,
    )
    return table + Markup('<div class="figs">\n{}</div>').format(
        Markup("").join(deletion(check) for check in checks if check.curve)
    )


def _likeness(check: MethodCheck) -> str:
    if check.correlation is None:
        return numbers.NOT_MEASURED
    limits = (
        ""
        if check.correlation_low is None or check.correlation_high is None
        else f" [{numbers.two(check.correlation_low)} to {numbers.two(check.correlation_high)}]"
    )
    return f"{numbers.two(check.correlation)}{limits}, {check.draws} draws"


def _area(check: MethodCheck) -> str:
    limits = (
        ""
        if check.deletion_low is None or check.deletion_high is None
        else f" [{numbers.three(check.deletion_low)} to {numbers.three(check.deletion_high)}]"
    )
    named = (
        (f"this method {{}}{limits}", check.deletion),
        ("untrained {}", check.deletion_randomised),
        ("random order {}", check.deletion_random),
    )
    return ", ".join(words.format(numbers.three(value)) for words, value in named if value is not None) or numbers.NOT_MEASURED
