"""TRIPOD+AI, abridged, item by item.

In: a reading. Out: where the report answers it, and whether the run, the author or both must.

Source: Collins et al. 2024, BMJ 385:e078378; names of items are shortened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from iatros.report.reading import Reading

State = Literal["run", "part", "author"]


@dataclass(frozen=True)
class Item:
    """One item: its name, the section that holds it, and who answers it."""

    name: str
    where: str
    state: State


ITEMS: tuple[tuple[str, str, State], ...] = (
    ("1. Title", "top", "run"),
    ("2. Abstract", "in short", "run"),
    ("3. Background: context, purpose, known inequalities", "", "author"),
    ("4. Objectives", "section 8", "author"),
    ("5. Data: source and dates", "section 9; dates missing", "part"),
    ("6. Participants: setting, eligibility, treatments", "section 1", "part"),
    ("7. Preparation of the data", "section 1", "run"),
    ("8. Outcome: definition, how and by whom assessed", "in short", "part"),
    ("9. Predictors: choice, definition, assessment", "section 6", "part"),
    ("10. Sample size", "section 1, 2", "part"),
    ("11. Missing data", "section 1", "run"),
    ("12. Methods of analysis", "section 2, 9", "run"),
    ("13. Class imbalance", "section 1", "run"),
    ("14. Fairness", "section 4", "part"),
    ("15. Output of the model", "section 3", "run"),
    ("16. Differences between training and evaluation", "section 4", "run"),
    ("17. Ethical approval", "", "author"),
    ("18. Open science: funding, protocol, data, code", "section 9", "part"),
    ("19. Patient and public involvement", "", "author"),
    ("20. Participants: flow and characteristics", "section 1", "run"),
    ("21. Model development: numbers in each analysis", "section 2", "run"),
    ("22. Model specification", "run folder", "run"),
    ("23. Performance, with intervals and by group", "section 2 to 4", "run"),
    ("24. Model updating", "section 4", "part"),
    ("25. Interpretation", "", "author"),
    ("26. Limitations", "section 8", "part"),
    ("27. Usability in current care", "section 8", "author"),
)
WORDS: dict[State, str] = {"run": "From this run", "part": "In part: author to complete", "author": "Author to complete"}


def items(reading: Reading) -> list[Item]:
    """The items with their state in this run: what the record lacks goes back to the author."""
    lacking = {
        "1.": not reading.rows,
        "2.": not reading.rows,
        "23.": not reading.rows,
        "21.": not reading.rows,
        "11.": not reading.part("record", "missing_by_site"),
        "20.": not reading.listed("record", "flow"),
        "16.": not any(view.unseen for view in reading.views),
    }
    found = []
    for name, where, state in ITEMS:
        number = name.split()[0]
        worse: State = "part" if lacking.get(number) and state == "run" else state
        if number == "4." and reading.record.get("purpose"):
            worse = "part"
        found.append(Item(name, where or "not in this report", worse))
    return found
