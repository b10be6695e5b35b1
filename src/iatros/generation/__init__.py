"""Models that make new cases: sampling from them, and judging what they made."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Public names and where they live. They are imported when first used.
_ADDRESSES = {
    "LanguageModel": "language",
    "Sampled": "language",
    "sample": "language",
    "tempered": "nucleus",
    "within": "nucleus",
    "Judgement": "judging",
    "judge": "judging",
}
__all__ = [*_ADDRESSES]


def __getattr__(name: str) -> Any:  # Any: whatever the public name is
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'iatros.generation' has no attribute {name!r}; it has {', '.join(_ADDRESSES)}")
    return getattr(import_module(f"iatros.generation.{_ADDRESSES[name]}"), name)
