"""The methods paragraph and the model card. In: a reading. Out: plain text and Markdown, with gaps left for the author."""

from __future__ import annotations

from iatros.report import numbers, tasks
from iatros.report.parts import wording
from iatros.report.reading import Reading
from iatros.report.sections.notfor import AUTHOR, limits
from iatros.report.warnings import cautions

OPEN = "**Author to complete**"


def methods(reading: Reading) -> str:
    """One paragraph for a manuscript, from the record alone."""
    data, split = reading.part("record", "data"), reading.part("record", "split")
    cases, patients = data.get("cases"), data.get("patients")
    inputs = [
        f"{name} ({told.get('kind')}, {told.get('encoder', 'encoder not recorded')})"
        for name, told in reading.part("record", "inputs").items()
    ]
    schemes = split.get("schemes") or {}
    said = [
        (f"We analysed {cases:,} cases of {patients:,} patients." if cases != patients else f"We analysed {cases:,} patients.")
        if isinstance(cases, int) and isinstance(patients, int)
        else "",
        f"Inputs were {numbers.joined(inputs)}." if inputs else "",
        _split(list(schemes), split.get("folds")) if schemes else "",
        (
            "Weights were fitted on training parts, thresholds chosen on validation parts, calibrators on calibration "
            "parts; test parts served evaluation only."
        ),
        f"{len(reading.listed('record', 'seeds'))} networks a fold were averaged."
        if len(reading.listed("record", "seeds")) > 1
        else "",
        *(
            f"For {view.title}, the baseline was {wording.model(view.baseline)}, on the same folds."
            for view in reading.views
            if view.baseline
        ),
        "Intervals are 95% intervals that respect patients.",
        "Reporting follows TRIPOD+AI (Collins et al., BMJ 2024).",
    ]
    return " ".join(part for part in said if part)


def _split(schemes: list[str], folds: object) -> str:
    named = f"{'schemes were' if len(schemes) > 1 else 'the scheme was'} {numbers.joined(schemes)}"
    counted = f", with {numbers.counted(folds, 'fold')}" if isinstance(folds, int) else ""
    return f"Cases of one patient never straddled a split; {named}{counted}."


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
        for card in tasks.of(view.form).cards(view):
            lines.append(
                f"- {view.title}. {card.question} **{card.verdict}**: "
                f"{' '.join(part for part in (card.number, card.name, card.interval) if part)}. {card.meaning.striptags()}"
            )
    lines += ["", "## Warnings", *(f"- {caution.title} {caution.text.striptags()}." for caution in cautions(reading))]
    lines += ["", "## Limits", *(f"- {limit}" for view in reading.views for limit in limits(view))]
    return "\n".join([*lines, "", "## Methods", methods(reading), ""])
