"""What unfinished training needs to go on, and finished weights: safetensors files with JSON beside the tensors, written whole.

A run that is killed at any moment finds here either the old file or the new one, never half of one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from iatros.runs import write_atomically


@dataclass(frozen=True)
class Saved:
    """Named tensors, and plain facts beside them."""

    tensors: dict[str, Tensor]
    facts: dict[str, Any]  # Any: JSON

    def group(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose name starts with `prefix/`, without it."""
        return {name.removeprefix(f"{prefix}/"): t for name, t in self.tensors.items() if name.startswith(f"{prefix}/")}


def prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under `prefix/`."""
    return {f"{prefix}/{name}": t for name, t in tensors.items()}


def save(path: Path, saved: Saved) -> None:
    """Write tensors (copied: two names may not share memory) and facts."""
    tensors = {name: t.detach().cpu().clone().contiguous() for name, t in saved.tensors.items()}
    write_atomically(path, lambda draft: save_file(tensors, draft, {"facts": json.dumps(saved.facts)}))


def read(path: Path) -> Saved:
    """Read what `save` wrote."""
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() or {}
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
    return Saved(tensors, json.loads(metadata.get("facts", "{}")))
