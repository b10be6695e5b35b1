"""The letters, or the words, of one case: drawn with what each did to the score, and what other letters would do.

In: the networks of one fold, a case, an input of positions. Out: files in a folder, effects of words, changes of letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from iatros.contracts import Learned, Tokens
from iatros.explain.mutagenesis import Mutations, Score, mutagenesis, ranked
from iatros.explain.sequences import codes_of
from iatros.explain.words import gathered
from iatros.report.draw import key
from iatros.report.figures.logo import logo, told
from iatros.report.figures.passage import passage
from iatros.report.figures.strip import spoken, strip
from iatros.report.standing import page_alone, standing_alone
from iatros.runs import write_atomically
from iatros.workflow.sequence_evidence import case_attributions, strongest_part
from iatros.workflow.subjects import Explained
from iatros.workflow.trials import Shown

AT_ONCE = 128  # changed sequences in a batch
MOST_CHANGED = 2_400  # single changes that are tried, in the stretch where most is said
MOST_ANEW = 400  # where each goes through a pretrained model
MOST_TOLD = 12
DRAWN = 60  # positions of the logo
KEY = key(("raised", "raised the score"), ("lowered", "lowered it"))
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LetterChange:
    """What another letter would do to the score: `after` for `before` at `position` (from 1); limits over several networks."""

    input: str
    position: int
    before: str
    after: str
    effect: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        limits = "" if self.low is None else f" [{self.low:+.3f} to {self.high:+.3f}]"
        return f"{self.effect:+.3f}{limits}  {self.input}: {self.before}{self.position}{self.after}"


@dataclass(frozen=True)
class CaseLetters:
    """effects: of words; changes: of letters, the largest first; files: of pictures and pages."""

    effects: tuple[tuple[str, float], ...]
    changes: tuple[LetterChange, ...]
    files: tuple[Path, ...]


def explain_letters(networks: list[Explained], shown: Shown, source: str, case: int, method: str, stem: Path) -> CaseLetters:
    """networks: of one fold, one a seed; the first is drawn, all of them tell the limits. stem: of the files' names."""
    first = networks[0]
    modality, fitted = first.material.inputs[source], first.fits.inputs[source]
    pieces = modality.spelled(first.material.packs[source], case, fitted)
    attribution, _ = case_attributions(first, shown, source, case, method)
    letters = modality.letters(fitted)
    stem.parent.mkdir(parents=True, exist_ok=True)
    if not letters:
        return _of_words(pieces, attribution, source, stem)
    text, name = "".join(pieces), f"Letters of {source}"
    files = [_svg(f"{stem}-letters.svg", strip(text, name, spoken(attribution, text), attribution))]
    tried = _mutated(networks, shown, source, case, attribution, len(letters))
    files.append(_svg(f"{stem}-changes.svg", _logo(tried, letters), Markup("")))
    signs = f"?{letters}"
    changes = [
        LetterChange(source, one.position + 1, _sign(signs, one.before), signs[one.after], one.effect, _known(one.low),
                     _known(one.high))
        for one in ranked(tried, MOST_TOLD)
    ]  # fmt: skip
    return CaseLetters((), tuple(changes), tuple(files))


def draw_labels(letters: str, truth: str, predicted: str, stem: Path) -> Path:
    """A sequence whose positions are predicted: what was said of each beside what is true."""
    rows = {name: row.replace("?", " ").ljust(len(letters))[: len(letters)] for name, row in _both(truth, predicted)}
    stem.parent.mkdir(parents=True, exist_ok=True)
    drawn = strip(letters, "Letters with their classes", f"Truth: {truth}. Predicted: {predicted}.", rows=rows)
    return _svg(f"{stem}-letters.svg", drawn, key(("differs", "predicted otherwise than it is")))


def scores_of(networks: list[Explained], shown: Shown, source: str, case: int, size: int) -> list[Score]:
    """Each network's score of codes [size, L] of this input, the other inputs as those of the case."""
    return [_score(network, shown, source, case, size) for network in networks]


def _score(network: Explained, shown: Shown, source: str, case: int, size: int) -> Score:
    of, layout = network.subject(shown.name, shown.form, shown.code, source, np.full(size, case, np.int64))
    assert isinstance(layout, Tokens)
    return lambda codes: of.of(network.changed(source, Tokens(layout.mask[: len(codes)], codes)))


def _mutated(networks: list[Explained], shown: Shown, source: str, case: int, attribution: Floats, letters: int) -> Mutations:
    """All single changes of the stretch where most is said."""
    material = networks[0].material
    plan = material.packs[source].plan
    assert isinstance(plan, Learned)
    slow = material.inputs[source].pretrained(plan)
    reach = min(len(attribution), (MOST_ANEW if slow else MOST_CHANGED) // letters)
    begin = strongest_part(attribution, reach)
    size = min(AT_ONCE, 1 + reach * letters)
    layout = networks[0].batch(np.array([case], np.int64)).inputs[source]
    assert isinstance(layout, Tokens)
    codes = codes_of(layout)[0].numpy()
    scores = scores_of(networks, shown, source, case, size)
    return mutagenesis(scores, codes, range(1, letters + 1), begin, begin + reach, size)


def _logo(tried: Mutations, letters: str) -> Markup:
    """The letters that are there, as high as the score falls on average without them."""
    loss = tried.by_position().mean
    begin = strongest_part(loss, DRAWN)
    heights = np.zeros((min(len(loss), DRAWN), len(letters)))
    for row, code in enumerate(tried.codes[begin : begin + DRAWN].tolist()):
        if 0 < code <= len(letters):
            heights[row, code - 1] = loss[begin + row]
    first = tried.begin + begin + 1
    said = told(heights, letters, "units of the score", first)
    return logo(heights, letters, "Loss of the score without each letter", said, "Mean loss by other letters", first)


def _of_words(pieces: list[str], attribution: Floats, source: str, stem: Path) -> CaseLetters:
    """Words by what they did, and the text with its words shaded."""
    words = gathered(pieces, attribution)
    strongest = np.argsort(-np.abs(words.effects), kind="stable")[:MOST_TOLD].tolist()
    effects = tuple((f"{source}: {words.pieces[i].strip()}", float(words.effects[i])) for i in strongest)
    page = page_alone(source, KEY + passage(words.pieces, words.effects))
    path = Path(f"{stem}-words.html")
    write_atomically(path, lambda draft: draft.write_text(page, "utf-8"))
    return CaseLetters(effects, (), (path,))


def _svg(name: str, drawing: Markup, legend: Markup = KEY) -> Path:
    write_atomically(Path(name), lambda draft: draft.write_text(standing_alone(str(legend + drawing)), "utf-8"))
    return Path(name)


def _both(truth: str, predicted: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("truth", truth), ("predicted", predicted)


def _sign(signs: str, code: int) -> str:
    return signs[code] if code < len(signs) else "?"


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
