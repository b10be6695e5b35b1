"""What is installed: the packages that Iatros needs, and those that its extras would add.

In: the package's own metadata. Out: `Package`s. Nothing is imported, so a broken package cannot break this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

NAME = re.compile(r"^[\w.-]+")
EXTRA = re.compile(r"""extra\s*==\s*['"]([\w.-]+)['"]""")
BOUND = re.compile(r"(>=|<=|==|!=|<|>)\s*([\w.*+-]+)")
BUNDLES = ("all", "dev")  # extras made of others


@dataclass(frozen=True)
class Package:
    """A requirement and what is there. installed: its version, "" if it is not there; extra: the extra it belongs to, or ""."""

    name: str
    wanted: str
    installed: str
    extra: str = ""

    @property
    def fits(self) -> bool:
        """Is it there, in a version that is wanted?"""
        return bool(self.installed) and all(_holds(self.installed, sign, bound) for sign, bound in BOUND.findall(self.wanted))


def packages(distribution: str = "iatros") -> list[Package]:
    """Requirements of a distribution, those of its extras included; bundles of extras are left out."""
    return [package for line in requires(distribution) or () for package in _package(line, distribution)]


def _package(line: str, own: str) -> Iterator[Package]:
    wanted, _, condition = line.partition(";")
    found = NAME.match(wanted.strip())
    extra = EXTRA.search(condition)
    if found is None or found.group() == own or (extra and extra.group(1) in BUNDLES):
        return
    name = found.group()
    bounds = ",".join(sorted(f"{sign}{bound}" for sign, bound in BOUND.findall(wanted)))
    yield Package(name, bounds, _version(name), extra.group(1) if extra else "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _holds(installed: str, sign: str, bound: str) -> bool:
    """Compare the numbers at the start of two versions: "2.13.0+cpu" is 2.13.0."""
    a, b = _numbers(installed), _numbers(bound)
    length = max(len(a), len(b))
    a, b = (numbers + (0,) * (length - len(numbers)) for numbers in (a, b))
    return {">=": a >= b, "<=": a <= b, "==": a == b, "!=": a != b, "<": a < b, ">": a > b}[sign]


def _numbers(text: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()
