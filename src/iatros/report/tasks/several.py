"""Several classes. In: a view. Out: cards, warnings and the sections' parts; verdicts are those of the worst class."""

from __future__ import annotations

from markupsafe import Markup

from iatros.predictions import ENSEMBLE
from iatros.report import draw, numbers, verdicts
from iatros.report.figures import multiples
from iatros.report.parts import comparison, wording
from iatros.report.parts.groups import subgroups
from iatros.report.parts.points import points
from iatros.report.parts.sites import by_site, leaving_out
from iatros.report.parts.table import cards as table
from iatros.report.reading import Curve, View
from iatros.report.render import FIGURE, nope, render
from iatros.report.section import NEW_HOSPITAL, Card, Caution, Part
from iatros.results import MetricRow

WORDS = {
    "well": "Well, even the worst class",
    "fairly": "Fairly, even the worst class",
    "weakly": "Weakly for the worst class",
    "not shown": "Not shown for the worst class",
    "withheld": "Cannot be judged",
}


def per_class(view: View, metric: str) -> list[MetricRow]:
    """The figure of each class or label, withheld ones with their reason."""
    found = (verdicts.judged(view.one(metric, class_=name)) for name in view.form.classes)
    return [row for row in found if row is not None]


def short(view: View) -> Markup:
    """How often the first guess is right, and one of the first two."""
    first, two = view.one("accuracy"), view.one("top2_accuracy")
    if first is None or first.value is None:
        return Markup("How often the first guess is right was not measured.")
    second = f", and for {round(100 * two.value)} one of the first two is" if two is not None and two.value is not None else ""
    people = wording.people(view.reading)
    return Markup("Of 100 {} like those studied, the first guess among {} classes is right for {}{}.").format(
        people, len(view.form.classes), round(100 * first.value), second
    )


def cards(view: View) -> list[Card]:
    """Ranking of the worst class, a new hospital, percentages of the worst class, the simple model."""
    return [ranking_card(view, "class"), hospital_card(view), percentages_card(view, "class"), comparison.card(view, "auroc")]


def cautions(view: View) -> list[Caution]:
    """Classes that are told badly or predicted too often, and a simple model that does as well."""
    return [*class_cautions(view, "classes"), *comparison.cautions(view, "auroc")]


def good(view: View) -> Part:
    """Per class, one against the rest, confusion, difference."""
    answer = Markup("AUROC, mean over classes, is {}; the first guess is right in {}.").format(
        numbers.full(view.one("auroc")), numbers.full(view.one("accuracy"))
    )
    body = [
        per_class_table(view, "Class by class", view.form.classes),
        curves(view),
        confusion(view),
        comparison.section(view, ("auroc", "accuracy", "log_loss"), "auroc"),
    ]
    return Part(answer, Markup("").join(body))


def help_(view: View) -> Part:
    """No single threshold."""
    sets, covered = view.one("set_size"), view.one("coverage")
    told = (
        Markup("Prediction sets hold the truth in {} (promised {}) with {} classes on average.").format(
            numbers.full(covered), numbers.percent(view.form.coverage), numbers.full(sets)
        )
        if sets
        else Markup("Not shown: with several classes there is no single threshold.")
    )
    return Part(
        told,
        nope(
            "A decision curve needs one outcome and one threshold; declare the outcome of interest as a target of two classes."
        ),
    )


def hospital(view: View) -> Part:
    """Mean AUROC by hospital and group."""
    body = Markup("<h3>For whom is it better or worse?</h3>") + subgroups(view)
    if not view.reading.sited:
        return Part(Markup("Not examined: the study names no hospitals, so nothing is known about a new one."), body)
    worst = verdicts.worst(by_site(view, "auroc"))
    answer = (
        Markup("At the worst hospital, {}, the AUROC is {}.").format(wording.group(worst.group), numbers.full(worst))
        if worst
        else Markup("No hospital has enough cases to be judged.")
    )
    return Part(answer, leaving_out(view, "auroc", most=1.0) + body)


def ranking_card(view: View, what: str) -> Card:
    """The verdict of the worst class or label, and the mean over all."""
    rows, whole = per_class(view, "auroc"), view.one("auroc")
    worst = verdicts.worst(rows)
    question = f"Does it tell each {what} from the rest?"
    if worst is None:
        return Card(
            question, WORDS["withheld"], "withheld", "", "", Markup("No {} has enough cases to be judged.").format(what), True
        )
    word = verdicts.ranking(worst)
    scarce = sum(row.value is None for row in rows)
    held = (
        f" {numbers.counted(scarce, what, what + 'es' if what == 'class' else what + 's')} cannot be judged." if scarce else ""
    )
    meaning = Markup("{}, {:,} of {:,}. Mean over all: {}.{}").format(
        worst.class_, worst.events or 0, worst.cases, numbers.full(whole), held
    )
    return Card(
        question,
        WORDS[word].replace("class", what),
        numbers.point(worst),
        f"AUROC of the worst {what}",
        numbers.limits(worst),
        meaning,
        word not in ("well", "fairly"),
    )


def hospital_card(view: View) -> Card:
    """The worst hospital."""
    question = NEW_HOSPITAL
    if not view.unseen:
        return Card(question, "Not examined", "not measured", "", "", Markup("The first new hospital will be the first test."))
    worst = verdicts.worst(by_site(view, "auroc"))
    if worst is None:
        return Card(
            question, "Cannot be judged", "withheld", "", "", Markup("No hospital has enough cases to be judged."), True
        )
    word = verdicts.ranking(worst)
    verdict = {"well": "Well, in each hospital judged", "fairly": "Fairly, in each hospital judged"}.get(word, "Not everywhere")
    return Card(
        question,
        verdict,
        numbers.point(worst),
        "AUROC at the worst hospital",
        numbers.limits(worst),
        Markup("{}.").format(wording.group(worst.group)),
        verdict == "Not everywhere",
    )


def percentages_card(view: View, what: str) -> Card:
    """How many classes or labels are predicted too often or too seldom."""
    rows = [row for row in per_class(view, "observed_expected") if row.value is not None]
    question = "Can its percentages be believed?"
    if not rows:
        return Card(question, "Cannot be said", "not measured", "observed / expected", "", Markup("Not measured."), True)
    values = sorted(row.value for row in rows if row.value is not None)
    shifted = [row for row in rows if verdicts.off(row)]
    many = f"{what}es" if what == "class" else f"{what}s"
    meaning = Markup("{} off by more than chance{}.").format(
        wording.capital(wording.of_all(len(shifted), len(rows), what, many)),
        ": " + numbers.joined([row.class_ for row in shifted]) if shifted else "",
    )
    return Card(
        question,
        f"Not for all {many}" if shifted else "Yes, on average",
        f"{numbers.two(values[0])} to {numbers.two(values[-1])}",
        "observed / expected",
        "",
        meaning,
        bool(shifted),
    )


def class_cautions(view: View, many: str) -> list[Caution]:
    """Classes or labels whose ranking is not shown, or that cannot be judged."""
    rows = per_class(view, "auroc")
    weak = [row.class_ for row in rows if row.value is not None and verdicts.ranking(row) in ("weakly", "not shown")]
    scarce = [row.class_ for row in rows if row.value is None]
    shifted = [row.class_ for row in per_class(view, "observed_expected") if verdicts.off(row)]
    told = (
        (weak, f"some {many} are told from the rest only weakly."),
        (scarce, f"some {many} are too rare to judge."),
        (shifted, f"percentages of some {many} are off."),
    )
    return [Caution(title, Markup("{}").format(numbers.joined(names)), "good") for names, title in told if names]


def per_class_table(view: View, title: str, names: tuple[str, ...]) -> Markup:
    """One row a class or label: size, ranking, calibration."""
    metrics = ("auroc", "auprc", "calibration_slope", "observed_expected")
    rows = []
    for name in names:
        sized = view.one("auroc", class_=name)
        size = "not recorded" if sized is None else wording.of_events(view, sized)
        rows.append([name, size, *(numbers.full(verdicts.judged(view.one(metric, class_=name))) for metric in metrics)])
    return table(
        title, "Each against the rest; cases (of it).", ("Name", "Cases", *(wording.METRICS[m] for m in metrics)), rows
    )


def curves(view: View) -> Markup:
    """Small ROC and calibration figures, one a class, on one scale."""
    drawn = [one for name in view.form.classes for one in _small(view, name)]
    if not drawn:
        return nope("Curves of single classes were not kept.")
    legend = draw.key(("model", "Neural network"), ("chance", "chance, or perfect"))
    behind = points({str(one["name"]): curve for one in drawn if isinstance(curve := one["curve"], Curve)})
    return render(
        "multiples.html",
        FIGURE=FIGURE,
        title=f"Each {'label' if view.form.task == 'labels' else 'class'} against the rest",
        subtitle="ROC and calibration, all on one scale.",
        drawn=drawn,
        key=legend,
        points=behind,
    )


def confusion(view: View) -> Markup:
    """True against predicted class, with shares by row."""
    cells = {
        row.class_: row.value for row in view.some("confusion", class_=None) if row.value is not None and row.model == ENSEMBLE
    }
    names = view.form.classes
    if not cells:
        return nope("The confusion matrix was not measured.")
    rows = [[cells.get(f"{true}|{guess}", 0.0) for guess in names] for true in names]
    shown = [
        (
            name,
            [
                (
                    numbers.count(n),
                    numbers.whole_percent(n / sum(row)) if sum(row) else "",
                    round(0.62 * n / sum(row), 3) if sum(row) else 0,
                )
                for n in row
            ],
        )
        for name, row in zip(names, rows, strict=True)
    ]
    return render("confusion.html", names=names, rows=shown)


def _small(view: View, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    area = verdicts.judged(view.one("auroc", class_=name))
    roc, smooth, groups = (view.curve(curve, class_=name) for curve in ("roc", "calibration", "calibration_groups"))
    if roc and not verdicts.held(area):
        found.append(
            {
                "name": f"{name}: ROC",
                "sized": numbers.plain(area),
                "drawing": multiples.roc(name, roc, numbers.plain(area)),
                "ratio": "",
                "off": False,
                "curve": roc,
            }
        )
    if smooth or groups:
        ratio = view.one("observed_expected", class_=name)
        found.append(
            {
                "name": f"{name}: calibration",
                "sized": "",
                "drawing": multiples.calibration(name, smooth, groups, numbers.plain(ratio)),
                "ratio": numbers.full(verdicts.judged(ratio)),
                "off": False,
                "curve": smooth or groups,
            }
        )
    return found
