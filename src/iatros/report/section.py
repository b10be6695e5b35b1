"""A section of the page: a question, one sentence that answers it with a number, and what supports the answer."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

TITLES = {
    "short": "In short",
    "patients": "Who were the patients?",
    "good": "How good is it, and how certain is that?",
    "help": "Would using it help?",
    "hospital": "Can I trust it in my hospital?",
    "fails": "Where does it fail?",
    "looks": "What does it look at?",
    "artefact": "Could the result be an artefact?",
    "notfor": "What must it not be used for?",
    "again": "How to reproduce it",
    "lists": "Reporting checklist and words",
}


NOTHING = Markup("")
NEW_HOSPITAL = "And in a hospital it has never seen?"  # the question of a card that stands in every task


@dataclass(frozen=True)
class Section:
    """key: anchor of the section; answer: its first sentence; body: the rest; question: instead of the usual one."""

    key: str
    answer: Markup
    body: Markup
    question: str = ""

    @property
    def title(self) -> str:
        """The question, in its own words where it has some."""
        return self.question or TITLES[self.key]

    @property
    def number(self) -> str:
        """Its place in the contents; the first has none."""
        place = list(TITLES).index(self.key)
        return str(place) if place else ""


@dataclass(frozen=True)
class Part:
    """What one target contributes to a section."""

    answer: Markup
    body: Markup


@dataclass(frozen=True)
class Card:
    """A verdict: question, words by rule, the number with its name and interval, what it means; `bad` news are red."""

    question: str
    verdict: str
    number: str
    name: str
    interval: str
    meaning: Markup
    bad: bool = False


@dataclass(frozen=True)
class Caution:
    """A warning: what, why, and the section that shows it."""

    title: str
    text: Markup
    section: str = ""


def assemble(key: str, parts: list[Part], names: list[str], extra: Markup = NOTHING, question: str = "") -> Section:
    """One section of all targets; with several, each part stands under its target's name."""
    if len(parts) == 1:
        return Section(key, parts[0].answer, parts[0].body + extra, question)
    answer = Markup(" ").join(
        Markup("<b>{}:</b> {}").format(name, part.answer) for name, part in zip(names, parts, strict=True)
    )
    titled = [Markup("<h3>{}</h3>{}").format(f"Target: {name}", part.body) for name, part in zip(names, parts, strict=True)]
    return Section(key, answer or Markup("Not measured."), Markup("").join(titled) + extra, question)
