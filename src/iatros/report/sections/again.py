"""How to reproduce it. In: a reading. Out: study, command, fingerprints, seeds, versions, what was tuned, methods in words."""

from __future__ import annotations

from markupsafe import Markup

from iatros.report import numbers
from iatros.report.methods import paragraphs
from iatros.report.numbers import NOT_MEASURED
from iatros.report.paper import PAPER
from iatros.report.parts import wording
from iatros.report.parts.table import lines
from iatros.report.parts.training import training
from iatros.report.reading import Reading
from iatros.report.render import render
from iatros.report.section import Section


def section(reading: Reading) -> Section:
    """Study, commands, record."""
    try:
        study = reading.folder.study.read_text("utf-8")
    except OSError:
        study = ""
    command = str(reading.record.get("command") or "iatros run STUDY.toml")
    looks = reading.record.get("looks_at_test")
    times = "once" if looks == 1 else f"{looks} times"
    looked = f" The test part was looked at {times}." if isinstance(looks, int) else ""
    answer = Markup(
        "One declaration, one command. The numbers above come from the run’s own record and from nowhere else.{}"
    ).format(looked)
    words = {"units": wording.units(reading), "methods": paragraphs(reading), "PAPER": PAPER}
    asked = render("again.html", study=study, command=command, **words)
    table = lines("Record of the run", "", ("What", "Value"), facts(reading))
    return Section("again", answer, asked + training(reading) + table)


def facts(reading: Reading) -> list[tuple[str, str]]:
    """Name and value of what the record holds; what it lacks is said."""
    record, data, split, machine, engine = (
        reading.part("record", *keys) for keys in ((), ("data",), ("split",), ("machine",), ("engine",))
    )
    tuned = [
        " ".join(str(part) for part in entry.values()) if isinstance(entry, dict) else str(entry)
        for entry in reading.listed("record", "tuned")
    ]
    seconds = reading.part("record", "seconds")
    found = {
        "Data, SHA-256": data.get("fingerprint"),
        "Folds, SHA-256": split.get("fingerprint"),
        "Split": _split(split),
        "Tuned on these data": "; ".join(tuned) or "nothing that the run knows of",
        "Looks at the test part": record.get("looks_at_test"),
        "Seeds": ", ".join(str(seed) for seed in reading.listed("record", "seeds")),
        "Versions": _pairs(reading.part("record", "versions")),
        "Machine": _pairs(machine),
        "Arithmetic": _pairs(engine),
        "Started": record.get("started"),
        "Time": ", ".join(f"{stage} {spent:,.1f} s" for stage, spent in seconds.items() if isinstance(spent, int | float)),
        "Peak memory": f"{record['peak_mb']:,} MB" if isinstance(record.get("peak_mb"), int | float) else None,
        "Licence of the data": data.get("licence") or "not stated",
    }
    return [(name, NOT_MEASURED if value in (None, "") else str(value)) for name, value in found.items()]


def _pairs(found: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in found.items() if not isinstance(value, dict | list))


def _split(split: dict[str, object]) -> str:
    schemes, sizes = split.get("schemes"), []
    for name in ("fold", "repeat"):
        number = split.get(f"{name}s")
        sizes += [numbers.counted(number, name)] if isinstance(number, int) else []
    named = list(schemes) if isinstance(schemes, dict | list) else []
    words = [name if isinstance(name, str) else str(name.get("kind", "")) for name in named]
    return "; ".join(part for part in (", then ".join(words), ", ".join(sizes)) if part) if words else ""
