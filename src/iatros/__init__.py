"""Iatros: deep learning in medicine, from raw data to a model that its user can defend."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public names and where they live. They are imported when first used: `import iatros` loads neither torch nor the kinds.
_ADDRESSES = {
    "Study": "iatros.study",
    "load": "iatros.study",
    "Finding": "iatros.findings",
    "InputError": "iatros.findings",
    "new": "iatros.drafting",
    "check": "iatros.workflow.examine",
    "run": "iatros.workflow.run",
    "open": "iatros.workflow.open_",
    "declare": "iatros.workflow.declare",
    "predict": "iatros.workflow.predict",
    "predicted": "iatros.workflow.predict",
    "evaluate": "iatros.workflow.evaluate",
    "explain_case": "iatros.workflow.explain",
    "compare": "iatros.workflow.compare",
    "generate": "iatros.workflow.generate",
    "log_likelihood": "iatros.workflow.generate",
    "IatrosClassifier": "iatros.estimator",
    "IatrosRegressor": "iatros.estimator",
}
__all__ = ["__version__", *_ADDRESSES]


def __getattr__(name: str) -> Any:  # Any: whatever the public name is
    if name not in _ADDRESSES:
        raise AttributeError(f"module 'iatros' has no attribute {name!r}; it has {', '.join(_ADDRESSES)}")
    return getattr(import_module(_ADDRESSES[name]), name)
