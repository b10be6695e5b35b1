"""Predicted structures: errors along the chain, what the confidence is worth, and single chains beside the truth.

In: a view, whose evidence holds them. Out: figures and warnings.
"""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from iatros.evidence import ChainEvidence, Line, ShapeEvidence
from iatros.metrics.geometry import distances
from iatros.metrics.structure import APART, CONTACT
from iatros.predictions import ENSEMBLE
from iatros.report import numbers
from iatros.report.draw import key
from iatros.report.figures import backbone, contacts, scatter, separation
from iatros.report.parts import wording
from iatros.report.parts.points import points
from iatros.report.reading import Curve, View
from iatros.report.render import figure, nope
from iatros.report.section import Caution

TELLING = ((0.6, "shows well"), (0.3, "shows in part"), (0.0, "shows little of"))  # lower limit of the rank correlation
SCALE = (
    ("surest", "90 and over"),
    ("sure", "70 to 90"),
    ("unsure", "50 to 70"),
    ("least", "under 50"),
    ("measured", "measured"),
)
MAP = (
    ("guess", f"predicted, from {numbers.whole_percent(contacts.STEPS[0])} on, darker where likelier"),
    ("fact", "true: CA nearer than 8 Å"),
)
NAMES = {"best": "Best", "median": "Median", "worst": "Worst", "asked": "This"}


def of(view: View) -> ShapeEvidence | None:
    """What was found of this target's structures; None in runs of before it was kept."""
    return next((one for one in view.reading.evidence.shapes if one.target == view.name), None)


def lines(view: View) -> Markup:
    """Error by separation, and confidence against what was right."""
    found = of(view)
    if found is None:
        return nope("Errors along the chain and the worth of the confidence were not measured.")
    drawn = ([_errors(view, found)] if found.errors else []) + [_trust(found)]
    return Markup('<div class="figs">\n{}</div>').format(Markup("").join(drawn))


def chains(view: View) -> Markup:
    """The best, the median and the worst chain: contact map and backbone of each."""
    found = of(view)
    if found is None or not found.shown:
        return Markup("")
    rule = (
        f"<p>Chosen by rule: of the {found.chains:,} test chains those with the highest, the middle and the lowest lDDT-CA. "
        "Predicted chains are laid over the measured ones (Kabsch) and can be turned.</p>"
    )
    rows = [Markup('<div class="figs">\n{}{}</div>').format(contact_map(one), turning(one)) for one in found.shown]
    return Markup("<h3>Best, median and worst chain</h3>" + rule) + Markup("").join(rows)


def cautions(view: View) -> list[Caution]:
    """A confidence that says nothing, or promises more than is kept."""
    found, warned = of(view), []
    if found is not None and found.rank is not None and found.rank[1] <= 0:
        said = f"Rank correlation with each residue’s lDDT-CA {_limits(found.rank)}"
        warned.append(Caution("the confidence does not show which residues are right.", Markup("{}").format(said), "good"))
    if found is not None and found.excess is not None and found.excess[1] > 0:
        said = f"On average it is above the real lDDT-CA by {_limits(found.excess)}"
        warned.append(Caution("the confidence promises too much.", Markup("{}").format(said), "good"))
    return warned


def _errors(view: View, found: ShapeEvidence) -> Markup:
    curves = {name: _curve(line) for name, line in found.errors.items()}
    beside = [name for name in curves if name not in (ENSEMBLE, view.baseline)]
    at = separation.told(curves, APART)
    title = f"Of residues about {APART} apart, distances are off by {at[ENSEMBLE]:.1f} Å"
    if view.baseline in at:
        title += f"; {wording.model(view.baseline)}: {at[view.baseline]:.1f} Å"
    marks = [("model", "neural network"), ("band", "95% interval")]
    marks += [("baseline", wording.model(view.baseline))] if view.baseline in curves else []
    marks += [("other", wording.model(name)) for name in beside]
    baseline = curves.get(view.baseline, Curve([], [], [], [], []))
    drawing = separation.separation(curves[ENSEMBLE], baseline, [curves[name] for name in beside], title)
    subtitle = f"Mean over {numbers.counted(found.chains, 'test chain')} of the error of CA distances."
    read = "Lower is better. Near neighbours are easy; what is far along the chain makes the fold."
    named = {wording.model(name): curve for name, curve in curves.items()}
    return figure(title, subtitle, key(*marks), drawing, read, points(named))


def _trust(found: ShapeEvidence) -> Markup:
    curve, rank = _curve(found.trust), found.rank
    verdict = next((words for least, words in TELLING if rank is not None and rank[1] > least), "does not show")
    title = f"The confidence {verdict} which residues are right"
    told = "" if rank is None else f"Rank correlation {_limits(rank)}. "
    told += "" if found.excess is None else f"Confidence less lDDT-CA: {_limits(found.excess)}."
    subtitle = f"{found.residues:,} residues of {numbers.counted(found.chains, 'test chain')}, in groups of equal size."
    drawing = scatter.diagonal(curve, "", told or title, ("Confidence", "Real lDDT-CA"), "Confidence against real lDDT-CA")
    marks = key(("dot", "group of residues, 95% interval"), ("chance", "as promised"))
    return figure(title, subtitle, marks, drawing, f"Below the line it promises too much. {told}", points({"residues": curve}))


def contact_map(one: ChainEvidence) -> Markup:
    """Predicted contacts above the diagonal, true ones below it."""
    size = len(one.truth)
    probability = np.full((size, size), np.nan)
    for i, j, value in one.contacts:
        probability[i, j] = value
    truth = distances(_places(one.truth)) < CONTACT
    title = f"{NAMES[one.role]} chain: no pairs {APART} residues apart"
    if one.precision is not None:
        title = f"{NAMES[one.role]} chain: {numbers.percent(one.precision)} of the likeliest far contacts are right"
    drawing = contacts.contacts(probability, truth, f"Contact map, case {one.case}", contacts.told(probability, truth))
    subtitle = f"Contact map, case {one.case}, {_sized(one)}. Far: {APART} residues apart or more, as many pairs as residues."
    drawn = any(value >= contacts.STEPS[0] for *_, value in one.contacts)
    return figure(title, subtitle, key(*MAP), drawing, "" if drawn else "The network thinks no pair of residues so likely.")


def turning(one: ChainEvidence) -> Markup:
    """The predicted backbone over the measured one, coloured by confidence."""
    trust = np.array(one.confidence)
    figures = [f"TM-score {numbers.two(one.tm_score)}"] if one.tm_score is not None else []
    figures += [f"RMSD {numbers.in_units(one.rmsd)} Å"] if one.rmsd is not None else []
    title = f"{NAMES[one.role]} chain: lDDT-CA {numbers.two(one.lddt)}"
    subtitle = f"Backbone, case {one.case}, {_sized(one)}. {', '.join(figures)}. Colours: confidence of 100."
    drawing = backbone.backbone(
        _places(one.predicted), trust, f"Backbone, case {one.case}", backbone.told(trust), _places(one.truth)
    )
    return figure(title, subtitle, key(*SCALE), drawing)


def _sized(one: ChainEvidence) -> str:
    kept = len(one.truth)
    return f"{one.length:,} residues" if kept == one.length else f"the first {kept:,} of {one.length:,} residues"


def _places(cells: tuple[tuple[float, float, float] | None, ...]) -> backbone.Floats:
    """[L, 3], NaN where not known."""
    return np.array([(np.nan,) * 3 if cell is None else cell for cell in cells], np.float64)


def _curve(line: Line) -> Curve:
    return Curve(list(line.x), list(line.y), list(line.low), list(line.high), list(line.n))


def _limits(found: tuple[float, float, float]) -> str:
    value, low, high = (numbers.two(number) for number in found)
    return f"{value} [{low} to {high}]"
