"""What the pages of dense targets share: no threshold, and how good it is at the worst site.

In: a view and the figure that leads. Out: parts of sections.
"""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.parts.sites import by_site, leaving_out
from iatros.report.reading import View
from iatros.report.render import nope
from iatros.report.section import Part

NO_SITES = "Not examined: the study names no sites."


def undecided(why: str) -> Part:
    """A curve of decisions is not shown, and why not."""
    return Part(Markup("Not shown: {}").format(why), nope("A decision curve needs one outcome a case and one threshold."))


def for_whom(groups: Markup) -> Markup:
    """Results by group under their heading."""
    return Markup("<h3>For whom is it better or worse?</h3>") + groups


def at_sites(view: View, metric: str, said: str, groups: Markup, most: float | None = None) -> Part:
    """The worst site, and results by site and group. said: of a site and its figure, in this order."""
    body = for_whom(groups)
    if not view.reading.sited:
        return Part(Markup(NO_SITES), body)
    worst = verdicts.worst(by_site(view, metric))
    answer = (
        Markup(said).format(wording.group(worst.group), numbers.full(worst))
        if worst
        else Markup("No site has enough cases to be judged.")
    )
    return Part(answer, leaving_out(view, metric, most=most) + body)
