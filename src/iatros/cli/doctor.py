"""`iatros doctor`: what was found on this machine, a line each."""

from __future__ import annotations

from iatros.cli.document import print_json
from iatros.cli.failing import say
from iatros.workflow.doctor import Checkup, Item, doctor

NAME = 20  # width of the column of names, in characters


def examine_machine(*, as_json: bool) -> int:
    """Print the checkup; 1 where something that is needed is broken."""
    found = doctor()
    if as_json:
        print_json(found.as_json())
    else:
        print("\n".join(lines(found)))
    if found.broken:
        say([f"error: {item.name}: {item.found}\n  {item.todo}" for item in found.broken])
    return 1 if found.broken else 0


def lines(found: Checkup) -> list[str]:
    """All items by part; what is not fine says so in words, and what to do."""
    told = []
    for part in dict.fromkeys(item.part for item in found.items):
        told += [part, *(_line(item) for item in found.items if item.part == part), ""]
    return [*told, _last(found)]


def _line(item: Item) -> str:
    state = f"{item.state}: " if item.state != "fine" else ""
    todo = f"  ->  {item.todo}" if item.todo else ""
    return f"  {item.name:{NAME}}{state}{item.found}{todo}"


def _last(found: Checkup) -> str:
    if found.broken:
        return f"{len(found.broken)} broken: {', '.join(item.name for item in found.broken)}"
    missing = [item.name for item in found.items if item.state == "missing"]
    return "all that is needed works" + (f"; extras that are not installed: {', '.join(missing)}" if missing else "")
