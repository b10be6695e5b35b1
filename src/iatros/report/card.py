"""The model card. In: a reading. Out: Markdown, with gaps left for the author."""

from __future__ import annotations

from iatros.report import tasks
from iatros.report.methods import methods
from iatros.report.reading import Reading
from iatros.report.sections.notfor import AUTHOR, limits
from iatros.report.warnings import cautions

OPEN = "**Author to complete**"


def model_card(reading: Reading) -> str:
    """A model card in Markdown: use, figures, groups, warnings, limits."""
    purpose = str(reading.record.get("purpose") or "") or OPEN
    lines = [
        f"# Model card: {reading.name}",
        "",
        "Research use only. Not a medical device.",
        "",
        "## Use",
        f"- Purpose: {purpose}",
        *(f"- {item}: {OPEN}" for item in AUTHOR),
    ]
    lines += ["", "## Results on test parts"]
    for view in reading.views:
        for card in tasks.cards(view):
            lines.append(
                f"- {view.title}. {card.question} **{card.verdict}**: "
                f"{' '.join(part for part in (card.number, card.name, card.interval) if part)}. {card.meaning.striptags()}"
            )
    lines += ["", "## Warnings", *(f"- {caution.title} {caution.text.striptags()}." for caution in cautions(reading))]
    lines += ["", "## Limits", *(f"- {limit}" for view in reading.views for limit in limits(view))]
    return "\n".join([*lines, "", "## Methods", methods(reading), ""])
