"""What the networks made of sequences and texts: motifs, words, and the letters of single cases. In: evidence. Out: HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2

import numpy as np
from markupsafe import Markup

from iatros.evidence import CaseEvidence, MethodCheck, MotifEvidence, WordEvidence
from iatros.metrics.information import frequencies, information, logo_heights
from iatros.report import numbers
from iatros.report.draw import key, scrolled
from iatros.report.figures.logo import logo
from iatros.report.figures.logo import told as highest
from iatros.report.figures.strip import spoken, strip
from iatros.report.parts import wording
from iatros.report.parts.table import lines
from iatros.report.reading import View
from iatros.report.render import figure, render

CLEAR = 0.5  # share and bits from which a position of a motif is named by its letter
MOST_SHARE = 0.5  # of the cases, from which a motif is what they have in common
EACH = {"worst": 2, "best": 1, "typical": 1}  # cases whose letters are shown
SHADED = (("raised", "raised the score"), ("lowered", "lowered it"))
LABELLED = (("helix", "helix (H)"), ("strand", "strand (E)"), ("differs", "predicted otherwise than it is"))


def motifs(found: Sequence[MotifEvidence], checks: Sequence[MethodCheck]) -> Markup:
    """Logos of what the attributions of many cases share, under the verdict on the method that made them."""
    if not found:
        return Markup("")
    drawn = [
        {
            "name": f"{consensus(one)} {'raises' if one.raises else 'lowers'} the score",
            "sized": f"by {numbers.in_units(abs(_effect(one)))} on average, in {one.cases:,} of {one.of:,} cases",
            "drawing": _logo(one),
            "ratio": "",
            "off": False,
        }
        for one in found
    ]
    subtitle = (
        "Stretches of high attribution in test cases with the outcome, laid over each other. The height of a letter is its "
        "share of the position’s information; the effect is on the network’s own scale."
    )
    return _warned(found[0].method, checks) + render(
        "multiples.html", title=_shared(found), subtitle=subtitle, key="", drawn=drawn, points=""
    )


def words(found: Sequence[WordEvidence], checks: Sequence[MethodCheck]) -> Markup:
    """Words with their mean effect over the cases that hold them."""
    if not found:
        return Markup("")
    rows = [(one.word, f"{one.cases:,}", f"{numbers.signed(one.value)} {_limits(one)}") for one in found]
    sure = sum(one.low > 0 or one.high < 0 for one in found)
    title = f"Words that move the score: {numbers.counted(sure, 'word')} of the {len(found)} strongest by more than chance"
    subtitle = (
        "Mean effect of a word in the test cases that hold it, on the network’s own scale, with its 95% interval. Words of "
        "fewer than ten cases are left out."
    )
    return _warned(found[0].method, checks) + lines(title, subtitle, ("Word", "Cases", "Effect"), rows)


def strips(
    view: View, found: Sequence[CaseEvidence], checks: Sequence[MethodCheck], titled: Callable[[CaseEvidence], str]
) -> Markup:
    """Letters of a few cases: the most wrong ones, one right and one typical; beside an untrained network."""
    chosen = [one for role, most in EACH.items() for one in [c for c in found if c.role == role and c.letters][:most]]
    if not chosen:
        return Markup("")
    warned = _warned(chosen[0].method, checks) if chosen[0].attribution else Markup("")
    drawn = Markup("").join(_strip(view, one, titled(one)) for one in chosen)
    return Markup('{}<div class="strips">{}</div>').format(warned, drawn)


def consensus(motif: MotifEvidence) -> str:
    """A motif as a word: a letter where it is clear, a dot elsewhere."""
    counts = np.array(motif.counts)
    clear = (frequencies(counts).max(axis=1) >= CLEAR) & (information(counts) >= CLEAR)
    named = "".join(motif.letters[k] if ok else "·" for k, ok in zip(counts.argmax(axis=1), clear, strict=True))
    return named.strip("·") or "no clear letter"


def _shared(found: Sequence[MotifEvidence]) -> str:
    common = [one for one in found if one.cases >= MOST_SHARE * one.of]
    if not common:
        return "No pattern of letters is shared by most cases with the outcome"
    return f"Most cases with the outcome share {numbers.joined([consensus(one) for one in common])}"


def _effect(one: MotifEvidence) -> float:
    """What the whole motif does to the score."""
    return float(np.array(one.contributions).sum())


def _logo(one: MotifEvidence) -> Markup:
    heights = logo_heights(np.array(one.counts))
    said = highest(heights, one.letters, "bits")
    return logo(heights, one.letters, f"Motif {consensus(one)}", said, "bits", scale=(0, log2(len(one.letters))), small=True)


def _strip(view: View, case: CaseEvidence, title: str) -> Markup:
    """One case, with what each letter did, or with the labels of its positions."""
    of_positions = view.form.task == "residues"
    part = slice(case.first - 1, case.first - 1 + len(case.letters))
    rows = {"truth": case.truth[part].replace("?", " "), "predicted": case.predicted[part]} if of_positions else {}
    padded = {name: row.ljust(len(case.letters)) for name, row in rows.items()}
    trained, untrained = (np.array(each) if each else None for each in (case.attribution, case.attribution_randomised))
    said = spoken(trained, case.letters, case.first) if trained is not None else "Letters with their classes beneath."
    name = f"Letters of case {case.case}"
    drawing = scrolled(strip(case.letters, name, said, trained, padded, case.first), name)
    if untrained is not None:
        other = strip(case.letters, f"{name}, untrained network", spoken(untrained, case.letters, case.first), untrained,
                      first=case.first)  # fmt: skip
        drawing += Markup('<p class="small">The same method, untrained network:</p>') + scrolled(other, f"{name}, untrained")
    subtitle = said if case.first == 1 else f"From position {case.first:,} on. {said}"
    helices = of_positions and set("HE") <= set(view.form.classes)
    marks = (*(SHADED if trained is not None else ()), *(LABELLED if helices else LABELLED[2:] if of_positions else ()))
    return figure(title, subtitle, key(*marks), drawing)


def _warned(method: str, checks: Sequence[MethodCheck]) -> Markup:
    """The failed check of a method stands where its result is shown."""
    failed = [check for check in checks if check.method == method and not check.passed]
    return Markup("").join(
        Markup('<p class="warn1"><b class="wtext">Warning: {} failed their check.</b> {}</p>').format(
            wording.METHODS.get(check.method, check.method), wording.capital(wording.why(check))
        )
        for check in failed
    )


def _limits(one: WordEvidence) -> str:
    return f"[{numbers.signed(one.low)} to {numbers.signed(one.high)}]"
