"""Two classes. In: a view. Out: cards, warnings and the sections' parts: ranking, percentages, use at a threshold."""

from __future__ import annotations

from markupsafe import Markup

from iatros.predictions import UNSEEN
from iatros.report import numbers, verdicts
from iatros.report.parts import comparison, curves, wording
from iatros.report.parts.explorer import at_threshold, explorer, half_up, prevalence
from iatros.report.parts.groups import subgroups
from iatros.report.parts.percentages import by_group, by_hospital
from iatros.report.parts.recalibration import local
from iatros.report.parts.shifts import missed_more, shifts
from iatros.report.parts.sites import by_site, calibrations, leaving_out
from iatros.report.parts.thresholds import thresholds
from iatros.report.reading import View
from iatros.report.render import render
from iatros.report.section import NEW_HOSPITAL, Card, Caution, Part

RANKING_WORDS = {
    "well": "Well, among {people} like these",
    "fairly": "Fairly, among {people} like these",
    "weakly": "Weakly",
    "not shown": "Not shown",
    "withheld": "Cannot be judged",
}
GOOD_WORDS = {
    "well": "Its ranking is good",
    "fairly": "Its ranking is fair",
    "weakly": "Its ranking is weak",
    "not shown": "It is not shown to rank better than chance allows",
    "withheld": "Its ranking cannot be judged",
}


def short(view: View) -> Markup:
    """Natural frequencies at the operating point."""
    share, shown, people = prevalence(view), at_threshold(view), wording.people(view.reading)
    if share is None:
        return Markup("How common {} is was not measured.").format(view.words)
    ill = half_up(100 * share)
    begin = f"Of 100 {people} like those studied, {ill} {'has' if ill == 1 else 'have'} {view.words}."
    if shown is None:
        return Markup("{} No threshold was examined, so what the model would change cannot be said.").format(begin)
    use = f"If everyone with a predicted risk of {wording.threshold(view)} or more is flagged, {shown.flagged} are flagged;"
    found = f"{shown.found} of the {shown.ill} with {view.words} {'is' if shown.found == 1 else 'are'} among them, and"
    found += f" {_missed_of_hundred(view, shown.missed)}."
    return Markup("{} {} {}").format(begin, use, found)


def _missed_of_hundred(view: View, missed: int) -> str:
    """What rounds to none may still be some."""
    told = view.at("false_negatives")
    if missed or told is None or not told.value:
        return f"{missed or 'none'} {'is' if missed < 2 else 'are'} missed"
    return f"fewer than 1 is missed ({numbers.count(told.value)} of the {told.events:,} studied)"


def cards(view: View) -> list[Card]:
    """Ranking, a new hospital, percentages, the simple model."""
    return [_ranking_card(view), _hospital_card(view), _percentages_card(view), comparison.card(view, "auroc")]


def cautions(view: View) -> list[Caution]:
    """Percentages that shift, groups that are missed more often, a simple model that does as well."""
    return [*shifts(view), *missed_more(view), *comparison.cautions(view, "auroc")]


def good(view: View) -> Part:
    """Ranking, distribution, calibration, difference, learning."""
    auroc, slope = verdicts.judged(view.one("auroc")), verdicts.judged(view.one("calibration_slope"))
    extreme = verdicts.extreme(slope)
    percentages = {"not measured": ""}.get(extreme, f" {curves.EXTREME_WORDS[extreme]}.")
    ranking = GOOD_WORDS[verdicts.ranking(auroc)]
    answer = Markup("{}, with an AUROC of {}.{}").format(ranking, numbers.full(auroc), percentages)
    ratio = verdicts.judged(view.one("observed_expected"))
    parts = [
        Markup("<h3>{}</h3>").format(_apart(view)[1]),
        curves.pair(curves.roc(view), curves.precision(view)),
        *_per_patient(view),
        Markup("<h3>Are the percentages right?</h3>"),
        curves.pair(curves.risks(view), curves.calibration(view)),
        render("calibration_read.html", slope=slope, ratio=ratio, people=wording.people(view.reading), words=view.words),
        comparison.section(view, ("auroc", "auprc", "brier"), "auroc"),
    ]
    return Part(answer, Markup("").join(parts))


def help_(view: View) -> Part:
    """Decision curve, explorer, thresholds."""
    sensitivity, specificity = view.at("sensitivity"), view.at("specificity")
    if sensitivity is None or specificity is None:
        answer = Markup("Cannot be said: no threshold was examined.")
    else:
        answer = Markup(
            "At a threshold of {}, using the model finds {} of those with {} and spares {} of those without."
        ).format(wording.threshold(view), numbers.full(sensitivity), view.words, numbers.full(specificity)) + _against(view)
    return Part(answer, curves.decision(view) + explorer(view) + thresholds(view))


def _against(view: View) -> Markup:
    """How that compares with flagging everyone, and with the simple model."""
    ours, everyone = view.at("net_benefit"), curves.everyone(view)
    if ours is None or ours.value is None or everyone is None:
        return Markup("")
    paired = view.difference("net_benefit", threshold=view.threshold)
    simple = {1: "better than the simple model", -1: "worse than the simple model"}
    also = "not shown to be better than the simple model" if paired is not None and paired.value is not None else ""
    also = simple.get(verdicts.side(paired), also)
    told = Markup(" Its net benefit is {}, against {} for flagging everyone{}.")
    return told.format(numbers.full(ours), numbers.three(everyone), f"; {also}" if also else "")


def hospital(view: View) -> Part:
    """One hospital left out, calibration by hospital, groups."""
    groups = Markup("<h3>For whom is it better or worse?</h3>") + subgroups(view) + by_group(view)
    if not view.reading.sited:
        return Part(Markup("Not examined: the study names no hospitals, so nothing is known about a new one."), groups)
    body = (
        Markup("<h3>{}</h3>").format("A hospital it has never seen" if view.unseen else "Hospital by hospital"),
        leaving_out(view, "auroc", most=1.0),
        calibrations(view),
        by_hospital(view),
        local(view),
        groups,
    )
    return Part(_hospital_answer(view), Markup("").join(body))


def _apart(view: View) -> tuple[str, str]:
    """The question and the heading of ranking: patients are sick or well, proteins are not."""
    if wording.unit(view.reading) == "patient":
        return "Does it tell sick from well?", "Telling sick from well"
    return "Does it tell the two apart?", "Telling the two apart"


def _ranking_card(view: View) -> Card:
    row, people = verdicts.judged(view.one("auroc")), wording.people(view.reading)
    word = verdicts.ranking(row)
    verdict = RANKING_WORDS[word].format(people=people)
    bad = word in ("weakly", "not shown", "withheld")
    if row is None or row.value is None:
        return Card(_apart(view)[0], verdict, numbers.point(row), "AUROC", "", numbers.full(row), bad)
    within = verdicts.judged(view.one("auroc_within_sites"))
    same = (
        f"; {round(100 * within.value)} in 100 when both come from the same hospital"
        if within and within.value is not None
        else ""
    )
    one = wording.people(view.reading, one=True)
    often = (
        f"Shown one {one} with and one without {view.words}, it gives the first the higher risk "
        f"{round(100 * row.value)} times in 100{same}."
    )
    return Card(
        _apart(view)[0],
        verdict,
        numbers.point(row),
        "AUROC",
        numbers.limits(row),
        Markup("{} {}.").format(often, wording.size(view, row)),
        bad,
    )


def _hospital_card(view: View) -> Card:
    question = NEW_HOSPITAL
    if view.unseen != UNSEEN:
        why = "The study leaves no hospital out, so the first new hospital will be the first test."
        return Card(question, "Not examined", "not measured", "", "", Markup("{}").format(why))
    rows = by_site(view, "auroc")
    worst, best = verdicts.worst(rows), verdicts.best(rows)
    scarce = [f"{wording.group(row.group)} cannot be judged ({row.withheld})." for row in rows if row.value is None]
    if worst is None or best is None:
        return Card(
            question, "Cannot be judged", "withheld", "", "", Markup("{}").format(" ".join(scarce) or "Not measured."), True
        )
    word = verdicts.ranking(worst)
    verdict = {"well": "Well, in each hospital judged", "fairly": "Fairly, in each hospital judged"}.get(word, "Not everywhere")
    name = f"AUROC at the worst of {numbers.counted(sum(row.value is not None for row in rows), 'hospital')}"
    first = f"{wording.group(worst.group)}, {wording.size(view, worst)}."
    second = f"The best is {wording.group(best.group)}, {numbers.plain(best)}." if best is not worst else ""
    return Card(
        question,
        verdict,
        numbers.point(worst),
        name,
        numbers.limits(worst),
        Markup("{}").format(" ".join([first, second, *scarce])),
        verdict == "Not everywhere",
    )


def _percentages_card(view: View) -> Card:
    question = "Can its percentages be believed?"
    rows = [row for row in by_site(view, "observed_expected") if row.value is not None] if view.reading.sited else []
    whole = verdicts.judged(view.one("observed_expected"))
    if not rows and (whole is None or whole.value is None):
        return Card(question, "Cannot be said", numbers.point(whole), "observed / expected", "", numbers.full(whole), True)
    if not rows:
        return _percentages_overall(view, question)
    shifted = [row for row in rows if verdicts.off(row)]
    values = sorted(row.value for row in rows if row.value is not None)
    number = numbers.two(values[0]) if len(values) == 1 else f"{numbers.two(values[0])} to {numbers.two(values[-1])}"
    place = "In a hospital it has not seen" if view.unseen else "In these hospitals"
    between = number if len(values) == 1 else f"between {numbers.two(values[0])} and {numbers.two(values[-1])}"
    between = f"{place}, {between} {wording.people(view.reading)} had {view.words} for each one predicted. 1.00 would be right."
    off = f"{wording.of_all(len(shifted), len(rows), 'hospital')} off by more than chance."
    verdict = "Not before checking them locally" if shifted else "Yes, on average in each hospital judged"
    return Card(question, verdict, number, "observed / expected", "", Markup("{} {}").format(between, off), bool(shifted))


def _percentages_overall(view: View, question: str) -> Card:
    whole, slope = view.one("observed_expected"), verdicts.judged(view.one("calibration_slope"))
    assert whole is not None
    extreme, shifted = verdicts.extreme(slope), verdicts.off(whole)
    verdict = {1: "No: risks are too low", -1: "No: risks are too high"}.get(shifted, "Yes, on average")
    if not shifted and extreme in ("too extreme", "too timid"):
        verdict = f"On average, but risks are {extreme}"
    meaning = Markup("{} {} had {} for each one predicted; 1.00 would be right. Calibration slope {}; 1 is right.").format(
        numbers.point(whole), wording.people(view.reading), view.words, numbers.full(slope)
    )
    return Card(
        question,
        verdict,
        numbers.point(whole),
        "observed / expected",
        numbers.limits(whole),
        meaning,
        verdict != "Yes, on average",
    )


def _per_patient(view: View) -> list[Markup]:
    row = verdicts.judged(view.one("auroc", group="patient"))
    if row is None:
        return []
    return [
        Markup('<p class="small">Several cases of one patient joined: AUROC {} ({}).</p>').format(
            numbers.full(row), wording.size(view, row)
        )
    ]


def _hospital_answer(view: View) -> Markup:
    rows = by_site(view, "auroc")
    worst, best = verdicts.worst(rows), verdicts.best(rows)
    ratios = [row for row in by_site(view, "observed_expected") if row.value is not None]
    shifted = sum(bool(verdicts.off(row)) for row in ratios)
    if worst is None or best is None:
        return Markup("No hospital has enough {} to be judged.").format(wording.people(view.reading))
    begin = (
        "Only after a local check."
        if shifted or verdicts.ranking(worst) not in ("well",)
        else "So far, yes; check locally all the same."
    )
    place = "In hospitals that the model had never seen" if view.unseen else "In hospitals that were in training too"
    ranged = f"was {numbers.point(best)}" if worst is best else f"ranged from {numbers.point(worst)} to {numbers.point(best)}"
    answer = Markup("{} {}, AUROC {}").format(begin, place, ranged)
    return (
        answer + Markup(", and its average risk was wrong at {} of {}.").format(shifted, len(ratios))
        if ratios
        else answer + "."
    )
