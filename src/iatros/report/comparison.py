"""The page of a comparison: which model is better, in what they differ, how they were compared. One file, like the report.

In: pairs of models judged on the same cases, keys in which their studies differ, warnings. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from iatros.evaluation.paired import Pair
from iatros.findings import Finding
from iatros.report import numbers, verdicts
from iatros.report.figures.forest import axis, row, symmetric
from iatros.report.page import STATUS, margins, numbered, policy
from iatros.report.paper import PAPER, bound
from iatros.report.parts import wording
from iatros.report.parts.difference import mark, turned
from iatros.report.parts.table import PICTURE, Forest, Row, cards, forest
from iatros.report.render import asset, nope, render
from iatros.report.section import Card, Caution
from iatros.results import MetricRow

HOW = """Cases are matched by their row of the study’s file; only those that both judged count. Each figure is computed as in
the report: scores of folds are pooled, those of seeds averaged, repeats averaged over. Differences are paired: both models
share {resamples:,} resamples of whole patients, of families where a split kept them together, or of both things where cases
are pairs of things that a split held out; with one case in each and no weights, the interval of an AUROC difference is
DeLong’s. Nothing is corrected for several models or measures."""


@dataclass(frozen=True)
class Contest:
    """What the page shows. The first of `names` is the one to beat.

    kinds: what each is, in words; differing: (key, value on each side that has a study); studied: names of those sides
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    pairs: tuple[Pair, ...]
    differing: tuple[tuple[str, ...], ...]
    studied: tuple[str, ...]
    cautions: tuple[Finding, ...]
    resamples: int
    version: str


@dataclass(frozen=True)
class Question:
    """A section of this page."""

    key: str
    number: str
    title: str
    answer: Markup
    body: Markup


def comparison(contest: Contest) -> str:
    """The whole page."""
    title = " and ".join(contest.names)
    script = asset("report.js")
    html = numbered(
        render(
            "page.html",
            kind="Comparison",
            name=title,
            status=STATUS,
            lede=f"The paired difference of {numbers.joined(list(contest.names))}, on the cases that both judged.",
            meta=list(zip(contest.names, contest.kinds, strict=True)),
            leaks=[],
            sections=[_short(contest), *_figures(contest), _unlike(contest), _how(contest)],
            style=Markup(asset("report.css") + margins(title)),
            script=Markup(script),
            policy=policy(script),
            credit=f"{STATUS} Made by Iatros {contest.version} from the predictions of both.",
        )
    )
    return bound(html, "comparison of " + title, {}).html


def verdict(pair: Pair) -> tuple[str, str]:
    """(Question, words) by rule: the paired interval of the headline metric excludes 0, or it does not."""
    found = pair.difference(pair.sided[0]) if pair.sided else None
    words = {1: "Yes, by more than chance", -1: f"No: {pair.first} is better", 0: "No difference shown"}
    measured = found is not None and found.value is not None
    return f"Is {pair.second} better than {pair.first}?", words[verdicts.side(found)] if measured else "Not measured"


def sentence(pair: Pair) -> str:
    """One sentence with the number, for the screen and the page."""
    found = pair.difference(pair.sided[0]) if pair.sided else None
    if found is None or found.value is None:
        why = found.withheld if found is not None and found.withheld else "not measured"
        return f"the difference of {pair.second} to {pair.first} is withheld: {why}"
    name, said = wording.METRICS.get(found.metric, found.metric), numbers.plain(found)
    better = {1: pair.second, -1: pair.first, 0: ""}[verdicts.side(found)]
    told = f"{better} is better by more than chance" if better else "no difference shown"
    return f"{name} of {pair.second} less that of {pair.first}: {said}; {told}"


def metric_name(found: MetricRow) -> str:
    """`Sensitivity at 30%`."""
    name = wording.METRICS.get(found.metric, found.metric)
    return f"{name} at {wording.percent_of(found.threshold)}" if found.threshold is not None else name


def counted(pair: Pair) -> str:
    """`300 cases of 150 patients, 162 with the outcome`."""
    sizes = numbers.counted(pair.cases, "case")
    sizes += f" of {numbers.counted(pair.patients, 'patient')}" if pair.patients != pair.cases else ""
    return sizes if pair.events is None else f"{sizes}, {pair.events:,} with the outcome"


def _short(contest: Contest) -> Question:
    shown = [_card(pair, len(contest.pairs) > 1) for pair in contest.pairs]
    rows = [("", shown[i : i + 2]) for i in range(0, len(shown), 2)]
    cautions = [Caution(f"{finding.what}.", Markup("{}").format(wording.capital(finding.todo))) for finding in contest.cautions]
    around = {"resamples": contest.resamples, "units": "patients", "single": all(p.cases == p.patients for p in contest.pairs)}
    body = render("short.html", rows=rows, cautions=cautions, **around)
    return Question("short", "", "In short", _answer(contest.pairs), body)


def _answer(pairs: Sequence[Pair]) -> Markup:
    return Markup(" ").join(Markup("{}: {}.").format(pair.target.replace("_", " "), sentence(pair)) for pair in pairs)


def _card(pair: Pair, several: bool) -> Card:
    asked, words = verdict(pair)
    found = pair.difference(pair.sided[0]) if pair.sided else None
    asked = f"{pair.target.replace('_', ' ')}: {asked}" if several else asked
    if found is None or found.value is None:
        why = found.withheld if found is not None else "no metric that both have"
        return Card(asked, words, "withheld", "", "", Markup("{}").format(wording.capital(why)), True)
    name = f"{wording.METRICS.get(found.metric, found.metric)} difference"
    meaning = f"{pair.second} minus {pair.first}: {counted(pair)}, {wording.scheme(pair.scheme, False)}."
    bad = verdicts.side(found) < 0
    return Card(asked, words, numbers.point(found), name, numbers.limits(found), Markup("{}").format(meaning), bad)


def _figures(contest: Contest) -> list[Question]:
    found = [Markup("").join(_tables(pair)) for pair in contest.pairs]
    headed = [
        Markup("<h3>{}</h3>{}").format(f"{pair.target.replace('_', ' ')}: {pair.second} against {pair.first}", body)
        for pair, body in zip(contest.pairs, found, strict=True)
    ]
    better = sum(_sides(pair).count(1) for pair in contest.pairs)
    worse = sum(_sides(pair).count(-1) for pair in contest.pairs)
    whole = sum(len(pair.sided) for pair in contest.pairs)
    first = contest.names[0]
    answer = (
        f"Of {numbers.counted(whole, 'measure')}, {better} {'is' if better == 1 else 'are'} better than in {first} by more "
        f"than chance, {worse} worse; the others show no difference."
    )
    return [Question("better", "1", "Which is better, and by how much?", Markup("{}").format(answer), Markup("").join(headed))]


def _sides(pair: Pair) -> list[int]:
    return [verdicts.side(pair.difference(metric)) for metric in pair.sided]


def _tables(pair: Pair) -> list[Markup]:
    differences = [pair.difference(metric) for metric in pair.sided]
    shown = [turned(found) for found in differences if found is not None and found.value is not None]
    if not shown:
        return [nope("No difference could be measured on the cases that both judged.")]
    on = symmetric([mark(found) for found in shown])
    around = Forest(
        f"Same cases: {pair.second} minus {pair.first}",
        f"{wording.capital(counted(pair))}, {wording.scheme(pair.scheme, False)}. Right of the line {pair.second} is better.",
        ("Measure", pair.first, pair.second, "Difference [95% interval]", PICTURE),
        (pair.first, pair.second),
        arrows=f"← {pair.first} better\u2003{pair.second} better →",
        kind="d",
    )
    made = [forest(around, [_row(pair, found, on) for found in shown], axis(on))]
    return [*made, _beside(pair)] if pair.beside else made


def _row(pair: Pair, shown: MetricRow, on: object) -> Row:
    name = metric_name(shown) + (" (sign turned)" if shown.metric in verdicts.SMALLER_IS_BETTER else "")
    values = tuple(numbers.point(pair.figure(shown.metric, model)) for model in (pair.first, pair.second))
    drawing = row(f"{name} difference {numbers.plain(shown)}", [mark(shown)], on, line=0.0)  # type: ignore[arg-type]
    note = f"{pair.second} worse" if shown.high is not None and shown.high < 0 else ""
    return Row(name, values, numbers.full(shown), drawing, note=note)


def _beside(pair: Pair) -> Markup:
    """Calibration and coverage, which should be at one value: of these a difference would say nothing."""
    rows = [
        [model, *(numbers.full(verdicts.judged(pair.figure(metric, model))) for metric in pair.beside)]
        for model in (pair.first, pair.second)
    ]
    title = "Calibration of both" if pair.form.binary else "Errors and intervals of both"
    subtitle = (
        "On the same cases. A slope and a ratio should be 1, an intercept 0." if pair.form.binary else "On the same cases."
    )
    return cards(title, subtitle, ("Model", *(wording.METRICS[metric] for metric in pair.beside)), rows)


def _unlike(contest: Contest) -> Question:
    number = len(contest.differing)
    if len(contest.studied) < 2:
        some = "Only one side has" if contest.studied else "No side has"
        body = nope(f"{some} a study: what another program did is not known.")
        return Question("unlike", "2", "In what do they differ?", Markup("Not known."), body)
    answer = (
        f"The studies differ in {numbers.counted(number, 'key')}." if number else "The studies are the same but for their name."
    )
    table = cards(
        "Keys of the studies that differ", "As the run’s study.toml has them.", ("Key", *contest.studied), _coded(contest)
    )
    return Question("unlike", "2", "In what do they differ?", Markup("{}").format(answer), table if number else Markup(""))


def _coded(contest: Contest) -> list[list[Markup]]:
    return [[Markup("<code>{}</code>").format(cell) for cell in cells] for cells in contest.differing]


def _how(contest: Contest) -> Question:
    told = HOW.format(resamples=contest.resamples)
    body = Markup('<p>{}</p><p class="noprint">Every table of this page as CSV: {}.</p>').format(told, PAPER)
    return Question("how", "3", "How were they compared?", Markup("On the same cases, patient by patient."), body)
