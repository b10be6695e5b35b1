"""In what two runs differ, apart from their figures: keys of their studies, data, splits, looks at the test part.

In: sides. Out: keys that differ, and findings that say what a difference may come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iatros.findings import Finding
from iatros.runs import RunFolder, read_json
from iatros.workflow.sides import Side

LOOKS = 3  # looks at one test part from which its figures flatter
TRIED = 5  # runs on one test part from which the best of them flatters
NAMES = ("name", "title")  # keys in which every two runs differ
ABSENT = "not there"


@dataclass(frozen=True)
class Differing:
    """A key of the study and its value on each side, as TOML would write it."""

    key: str
    values: tuple[str, ...]


def differing(sides: Sequence[Side]) -> list[Differing]:
    """Keys whose values are not the same in all runs, in the order of the studies. Another program has no study."""
    runs = [one for one in sides if one.is_run]
    flat = [dict(_flat(one.study)) | _table_of(one) for one in runs]
    keys = dict.fromkeys(key for told in flat for key in told if key not in NAMES)
    found = [Differing(key, tuple(told.get(key, ABSENT) for told in flat)) for key in keys]
    return [one for one in found if len(set(one.values)) > 1]


def cautions(sides: Sequence[Side]) -> list[Finding]:
    """What makes a comparison less than fair: other data, other splits, a test part that was looked at often."""
    runs = [one for one in sides if one.is_run]
    found = [finding for one in sides for finding in one.findings]
    for other in runs[1:]:
        found += [*_data(runs[0], other), *_splits(runs[0], other), *_thresholds(runs[0], other)]
    return found + [finding for one in runs for finding in (*_leaks(one), *_looks(one))] + _tried(runs)


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", json.dumps(value, ensure_ascii=False)


def _table_of(one: Side) -> dict[str, str]:
    """The table by its name alone: two runs may reach the same file by different ways."""
    table = one.study.get("cases", {}).get("table")
    return {"cases.table": json.dumps(Path(str(table)).name, ensure_ascii=False)} if table else {}


def _data(first: Side, other: Side) -> Iterator[Finding]:
    ours, theirs = (one.record.get("data", {}) for one in (first, other))
    parts = [one.get("sources", {}) for one in (ours, theirs)]
    both = [name for name in parts[0].keys() & parts[1].keys() if _reads(first, name) == _reads(other, name)]
    changed = sorted(name for name in both if parts[0][name] != parts[1][name])
    if changed:
        named = ", ".join(f"`{name}`" for name in changed)
        what = f"the data of {named} are not the same in {first.name} and {other.name}"
        yield _warning(what, "a difference may come from the data; compare runs of the same file", other, "data_differ")
    elif not all(parts) and ours.get("fingerprint") != theirs.get("fingerprint"):
        what = f"the data of {first.name} and {other.name} have different fingerprints"
        yield _warning(what, "a difference may come from the data; compare runs of the same file", other, "data_differ")


def _reads(one: Side, name: str) -> dict[str, Any]:
    """What a source reads, as the study says: other columns are other data by intention."""
    said = {**one.study.get("inputs", {}), **one.study.get("targets", {})}.get(name, {})
    return {key: value for key, value in said.items() if key != "encoder"}


def _splits(first: Side, other: Side) -> Iterator[Finding]:
    prints = [one.record.get("split", {}).get("fingerprint") for one in (first, other)]
    if prints[0] != prints[1]:
        what = f"{first.name} and {other.name} were split differently: each case was judged by networks trained on other cases"
        todo = "a difference may come from the split; give both studies the same [split] and the same cases"
        yield _warning(what, todo, other, "splits_differ")


def _thresholds(first: Side, other: Side) -> Iterator[Finding]:
    for name in first.forms.keys() & other.forms.keys():
        ours, theirs = first.forms[name], other.forms[name]
        if ours.binary and theirs.binary and ours.threshold != theirs.threshold:
            what = f"the declared thresholds of `{name}` differ; both are judged at that of {first.name}"
            yield _warning(what, "declare the same `threshold` to compare at it", other, "thresholds_differ")


def _leaks(one: Side) -> Iterator[Finding]:
    if one.record.get("leak"):
        yield _warning("this run was forced on a leaking split", "its figures say nothing about new patients", one, "leak")


def _looks(one: Side) -> Iterator[Finding]:
    looks = one.record.get("looks_at_test", 0)
    if looks > LOOKS:
        what = f"the test part was looked at {looks} times"
        yield _warning(what, "what was chosen after looking flatters; judge the choice on new cases", one, "looks")


def _tried(runs: Sequence[Side]) -> list[Finding]:
    """Warn where many runs lie beside these that were judged on the same test part."""
    prints = {one.record.get("split", {}).get("fingerprint") for one in runs} - {None}
    beside = {path.parent for one in runs for path in one.path.resolve().parent.glob("*/manifest.json")}
    alike = sum(_fingerprint(path) in prints for path in beside)
    if alike < TRIED:
        return []
    what = f"{alike} runs here were judged on the same test part"
    return [Finding("warning", what, "the best of many flatters itself; judge the choice on new cases", check="many_runs")]


def _fingerprint(path: Path) -> str | None:
    try:
        found: str | None = read_json(RunFolder(path).record).get("split", {}).get("fingerprint")
    except (OSError, ValueError):
        return None
    return found


def _warning(what: str, todo: str, one: Side, check: str) -> Finding:
    return Finding("warning", what, todo, file=str(one.path), check=check)
