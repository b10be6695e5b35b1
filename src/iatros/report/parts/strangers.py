"""How well does it do on sequences that resemble none in training? What a new hospital is to patients.

In: a view of a study whose cases are proteins, nucleic acids or pairs of them, of no hospital. Out: a verdict, and an answer.
Strangers to pairs are pairs of things that training has not met: those that the split `partners` tests.
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

PAIR = "pair"
JUDGED = ("protein", "sequence", PAIR)  # units whose relatives alignment finds, or whose things are known again
METRICS = {"value": "mae", "residues": "accuracy", "next": "perplexity", "structure": "lddt"}
TODO = "keep families together by the split “homology”, or name the column as “identity” in [evaluation]"
VERDICTS = {"well": "Well", "fairly": "Fairly", "weakly": "Weakly", "not shown": "Not shown", "withheld": "Cannot be judged"}


def concern(reading: Reading) -> bool:
    """Are cases proteins or nucleic acids, or pairs, and of no hospital?"""
    return not reading.sited and wording.unit(reading) in JUDGED


def question(reading: Reading) -> str:
    """The section's question."""
    unlike = "of things that training has not met" if wording.unit(reading) == PAIR else "unlike those in training"
    return f"Can I trust it on {wording.units(reading)} {unlike}?"


def card(view: View) -> Card:
    """The figure of tested sequences without a homolog in training."""
    of_pairs = wording.unit(view.reading) == PAIR
    unlike = "of things it has never met" if of_pairs else "unlike any it has seen"
    told, row = f"And on {wording.units(view.reading)} {unlike}?", apart(view)
    if row is None:
        return Card(told, "Not examined", "not measured", "", "", Markup("{}.").format(wording.capital(why_not(view))))
    ranked = row.metric == "auroc"
    word = verdicts.ranking(verdicts.judged(row)) if ranked else "withheld" if row.value is None else "well"
    verdict = VERDICTS[word] if ranked or row.value is None else "Measured apart"
    where = _met(view) if of_pairs else "without a homolog in training"
    name = f"{wording.METRICS.get(row.metric, row.metric)} {where}"
    limits = "" if row.value is None else numbers.limits(row)
    return Card(told, verdict, numbers.point(row), name, limits, _share(view, row), word not in ("well", "fairly"))


def answer(view: View) -> Markup:
    """The same as a sentence."""
    row = apart(view)
    if row is None:
        return Markup("Not examined: {}.").format(why_not(view))
    if wording.unit(view.reading) == PAIR:
        told = (wording.METRICS.get(row.metric, row.metric), _met(view), numbers.full(row), _share(view, row))
        return Markup("{} {}: {}. {}").format(*told)
    return Markup("On those without a homolog (E up to 0.001): {} {}, on all {}. {}").format(
        wording.METRICS.get(row.metric, row.metric), numbers.full(row), numbers.full(view.one(row.metric)), _share(view, row)
    )


def apart(view: View) -> MetricRow | None:
    """The headline figure of tested sequences without a homolog in training, under the first scheme that tells it."""
    metric = METRICS.get(view.form.task, "auroc")
    if wording.unit(view.reading) == PAIR:
        return view.one(metric, scheme="partners") if "partners" in view.schemes else None
    for scheme, told in _nearness(view):
        row = view.one(metric, scheme=scheme, group=f"{told.get('name')}={NO_HOMOLOG}")
        if row is None and set(told.get("cases") or ()) == {NO_HOMOLOG}:
            row = view.one(metric, scheme=scheme)  # all of them
        if row is not None:
            return row
    return None


def why_not(view: View) -> str:
    """Why there is no such figure."""
    if wording.unit(view.reading) == PAIR:
        return "the things of tested pairs were met in training: hold them out by the split “partners”"
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


def _met(view: View) -> str:
    """Of which pairs the split `partners` tells."""
    split = view.reading.part("study", "split")
    all_splits = [split, *(one for one in split.get("also") or () if isinstance(one, dict))]
    new = next((one.get("new", "both") for one in all_splits if one.get("kind") == "partners"), "both")
    return "where training has met neither thing" if new == "both" else "where training has met one of both things"


def _share(view: View, row: MetricRow) -> Markup:
    if wording.unit(view.reading) == PAIR:
        cases = view.reading.part("record", "data").get("cases")
        return Markup("{}").format(f"{row.cases:,}{f' of {cases:,}' if cases else ''} pairs were tested so.")
    whole = view.one(row.metric, scheme=row.scheme)
    of = "" if whole is None else f" of {whole.cases:,}"
    held = f" ({row.withheld})" if row.withheld else ""
    return Markup("{}").format(f"{row.cases:,}{of} {wording.units(view.reading)} tested have no homolog in training{held}.")
