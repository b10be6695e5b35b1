"""Would more patients help? In: a view. Out: the learning curve of the simple model, with what its last step brought.

The network is too dear to be trained again on parts of its cases; its own figure stands at the curve's end.
"""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import draw, numbers, verdicts
from iatros.report.figures import learning as figures
from iatros.report.parts import wording
from iatros.report.parts.difference import turned
from iatros.report.parts.points import points
from iatros.report.reading import Curve, View
from iatros.report.render import figure, nope
from iatros.results import MetricRow

PREFIX = "learning:"


def section(view: View, metric: str) -> Markup:
    """The figure, or why there is none."""
    units = wording.units(view.reading)
    gain = next((row for row in view.rows if row.model.startswith(PREFIX) and row.metric == metric), None)
    if gain is None:
        return nope(f"Learning curve: not measured, so whether more of the same {units} would help is not known.")
    name = gain.model.removeprefix(PREFIX)
    curve = view.curve("learning", model=name)
    if gain.value is None or len(curve.x) < 2:
        return nope(f"Learning curve: not drawn, so whether more of the same {units} would help is not known: {gain.withheld}.")
    measure = wording.METRICS.get(metric, metric)
    people = wording.people(view.reading)
    network = verdicts.judged(view.one(metric))
    subtitle = (
        f"{measure} of {name} by the number of {people} that it learned from; the dot is the network, at all of them. "
        f"{wording.capital(wording.setting(view.reading, gain.scheme))}; {wording.size(view, gain)}."
    )
    told = _told(curve, gain, name, measure, people)
    drawn = figures.learning(curve, network, measure, told)
    key = draw.key(("ring", wording.capital(name)), ("null", "95% interval"), ("dot", "Neural network"))
    return Markup('<div class="figs one">\n{}<p class="read">{}</p></div>').format(
        figure(title(gain, people), subtitle, key, drawn, points=points({name: curve})), told
    )


def title(gain: MetricRow, people: str) -> str:
    """By the paired interval of the last step: did more cases still help?"""
    found = verdicts.side(gain)
    if found > 0:
        return f"More {people} of the same kind would probably help"
    return f"More {people} of the same kind: no gain shown"


def _told(curve: Curve, gain: MetricRow, name: str, measure: str, people: str) -> str:
    before, whole = (numbers.count(round(cases)) for cases in (curve.x[-2], curve.x[-1]))
    sign = ", sign turned" if gain.metric in verdicts.SMALLER_IS_BETTER else ""
    return (
        f"From {before} to {whole} {people}, the {measure} of {name} changed by {numbers.plain(turned(gain))}{sign}. "
        f"One random order of the {people}, smaller parts within larger ones. The network was not trained again; its curve may "
        "be another one."
    )
