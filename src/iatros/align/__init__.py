"""Pairwise alignment, exact and fast, of proteins and nucleotides; usable alone, with NumPy and Numba.

In: texts. Out: scores, alignments, hits. A gap of n letters costs open + (n - 1) * extend.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Public names and where they live. They are imported when first used: without Numba, what needs it says so then.
_ADDRESSES = {
    "Matrix": "matrices",
    "match": "matrices",
    "named": "matrices",
    "read": "matrices",
    "Sequences": "sequences",
    "encode": "sequences",
    "reverse_complement": "sequences",
    "Free": "scoring",
    "Gaps": "scoring",
    "Scoring": "scoring",
    "score": "scored",
    "scores": "scored",
    "Alignments": "alignments",
    "align_all": "pairs",
    "align_pairs": "pairs",
    "align_banded": "banded",
    "Hits": "hits",
    "Wanted": "hits",
    "align_hits": "hits",
    "all_pairs": "hits",
    "search": "hits",
    "Statistics": "significance",
    "statistics": "significance",
}
__all__ = [*_ADDRESSES]


def __getattr__(name: str) -> Any:  # Any: whatever the public name is
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'iatros.align' has no attribute {name!r}; it has {', '.join(_ADDRESSES)}")
    return getattr(import_module(f"iatros.align.{_ADDRESSES[name]}"), name)
