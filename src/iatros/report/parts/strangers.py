"""How well does it do on sequences that resemble none in training? What a new hospital is to patients.

In: a view of a study whose cases are proteins or nucleic acids, of no hospital. Out: a verdict, and an answer.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from iatros.predictions import NO_HOMOLOG
from iatros.report import numbers, verdicts
from iatros.report.parts import wording
from iatros.report.reading import Reading, View
from iatros.report.section import Card
from iatros.results import MetricRow

JUDGED = ("protein", "sequence")  # units whose relatives alignment finds
METRICS = {"value": "mae", "residues": "accuracy", "next": "perplexity", "structure": "lddt"}
TODO = "keep families together by the split “homology”, or name the column as “identity” in [evaluation]"
VERDICTS = {"well": "Well", "fairly": "Fairly", "weakly": "Weakly", "not shown": "Not shown", "withheld": "Cannot be judged"}


def concern(reading: Reading) -> bool:
    """Are cases proteins or nucleic acids, and of no hospital?"""
    return not reading.sited and wording.unit(reading) in JUDGED


def question(reading: Reading) -> str:
    """The section's question."""
    return f"Can I trust it on {wording.units(reading)} unlike those in training?"


def card(view: View) -> Card:
    """The figure of tested sequences without a homolog in training."""
    told, row = f"And on {wording.units(view.reading)} unlike any it has seen?", apart(view)
    if row is None:
        return Card(told, "Not examined", "not measured", "", "", Markup("{}.").format(wording.capital(why_not(view))))
    ranked = row.metric == "auroc"
    word = verdicts.ranking(verdicts.judged(row)) if ranked else "withheld" if row.value is None else "well"
    verdict = VERDICTS[word] if ranked or row.value is None else "Measured apart"
    name = f"{wording.METRICS.get(row.metric, row.metric)} without a homolog in training"
    limits = "" if row.value is None else numbers.limits(row)
    return Card(told, verdict, numbers.point(row), name, limits, _share(view, row), word not in ("well", "fairly"))


def answer(view: View) -> Markup:
    """The same as a sentence."""
    row = apart(view)
    if row is None:
        return Markup("Not examined: {}.").format(why_not(view))
    return Markup("On those without a homolog (E up to 0.001): {} {}, on all {}. {}").format(
        wording.METRICS.get(row.metric, row.metric), numbers.full(row), numbers.full(view.one(row.metric)), _share(view, row)
    )


def apart(view: View) -> MetricRow | None:
    """The headline figure of tested sequences without a homolog in training, under the first scheme that tells it."""
    metric = METRICS.get(view.form.task, "auroc")
    for scheme, told in _nearness(view):
        row = view.one(metric, scheme=scheme, group=f"{told.get('name')}={NO_HOMOLOG}")
        if row is None and set(told.get("cases") or ()) == {NO_HOMOLOG}:
            row = view.one(metric, scheme=scheme)  # all of them
        if row is not None:
            return row
    return None


def why_not(view: View) -> str:
    """Why there is no such figure."""
    units, told = wording.units(view.reading), [told.get("cases") or {} for _, told in _nearness(view)]
    if not told:
        return f"relatives of those tested may have been in training: {TODO}"
    if not any(NO_HOMOLOG in cases for cases in told):
        return f"each of the {units} tested has a homolog in training, so nothing is known of others"
    return f"{units} without a homolog in training were tested, and have no figure of their own: see the groups of section 4"


def _nearness(view: View) -> list[tuple[str, dict[str, Any]]]:
    """What is known of the tested cases' nearness, by scheme, the main one first."""
    told = view.reading.part("record", "nearness")
    return [(name, told[name]) for name in dict.fromkeys((view.main, *view.schemes)) if name in told]


def _share(view: View, row: MetricRow) -> Markup:
    whole = view.one(row.metric, scheme=row.scheme)
    of = "" if whole is None else f" of {whole.cases:,}"
    held = f" ({row.withheld})" if row.withheld else ""
    return Markup("{}").format(f"{row.cases:,}{of} {wording.units(view.reading)} tested have no homolog in training{held}.")
