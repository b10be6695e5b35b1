"""The verbs: check, run, predict, evaluate, explain. Importing a verb imports what it needs, and naming it nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ADDRESSES = {
    "check": "iatros.workflow.examine",
    "run": "iatros.workflow.run",
    "open": "iatros.workflow.open_",
    "predict": "iatros.workflow.predict",
    "evaluate": "iatros.workflow.evaluate",
    "explain": "iatros.workflow.explain",
    "sweep": "iatros.workflow.sweep",
}
__all__ = list(_ADDRESSES)


def __getattr__(name: str) -> Any:  # Any: whatever the verb is
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'iatros.workflow' has no attribute {name!r}")
    return getattr(import_module(_ADDRESSES[name]), name)
