"""What a shell may offer for the word being typed: keys of a study, kinds, data sets, runs.

In: the beginning of a word. Out: words that begin so. Whatever goes wrong, nothing is offered: a shell must not stumble.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def schema_keys(incomplete: str) -> list[str]:
    """Sections and registered kinds ("inputs.image"), and below a section or kind its keys ("training.rate")."""
    from iatros.cli.keys import SECTION_GROUPS, keys_of, section
    from iatros.findings import InputError
    from iatros.registry import addresses
    from iatros.study import Study

    known = set(Study.model_fields) | {f"{name}.{kind}" for name, group in SECTION_GROUPS.items() for kind in addresses(group)}
    above = incomplete.rpartition(".")[0]
    if above:
        with suppress(InputError):
            known |= {f"{above}.{key}" for key in keys_of(section(above))}
    return begins(known, incomplete)


def data_sets(incomplete: str) -> list[str]:
    """Names of data sets."""
    from iatros.cases.datasets import listing

    return begins((one.name for one in listing()), incomplete)


def run_folders(incomplete: str) -> list[str]:
    """Folders of runs: what lies below runs/, or below what was typed."""
    typed = Path(incomplete)
    place = typed if incomplete.endswith("/") else typed.parent
    place = Path("runs") if incomplete in ("", "r", "ru", "run", "runs") else place
    found = (path.parent.as_posix() for path in _looked(place, "*/study.toml"))
    return begins(found, incomplete)


def studies(incomplete: str) -> list[str]:
    """Study files in the working folder, or below what was typed."""
    place = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
    return begins((path.as_posix() for path in _looked(place, "*.toml")), incomplete)


def begins(words: Iterable[str], incomplete: str) -> list[str]:
    """Those that begin so, in order."""
    return sorted({word for word in words if word.startswith(incomplete)})


def _looked(place: Path, pattern: str) -> list[Path]:
    try:
        return sorted(place.glob(pattern))
    except OSError:
        return []
