"""Vectors kept on disk: a file for each sequence that went through a model, in a folder for each model.

In: a model's identity, tokens. Out: vectors [T, D] in half precision, or None where there are none. File names are fingerprints
and files hold nothing but numbers; still, vectors of patients' texts tell of patients, so nobody else may read them (0600).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from iatros.modalities.embedding.declared import Identity
from iatros.packed import cache_folder

VERSION = 1  # of what is kept
Floats = NDArray[np.float16]
Integers = NDArray[np.int64]


def place(identity: Identity, tokens: Integers) -> Path:
    """Where the vectors of these tokens lie: by the model's files, layer and window, then by the tokens."""
    told = f"{VERSION} {identity.digest} {identity.layer} {identity.window} {identity.width} float16"
    of = hashlib.sha256(told.encode()).hexdigest()
    name = hashlib.sha256(f"{of} ".encode() + np.ascontiguousarray(tokens, np.int64).tobytes()).hexdigest()
    return cache_folder() / "embeddings" / of / name[:2] / f"{name}.npy"


def kept(path: Path, length: int, width: int) -> Floats | None:
    """The vectors [length, width] of a file; None where there is none, or it is not one of ours (cut off, of another shape)."""
    try:
        if path.stat().st_size > 2 * length * width + 4_096:
            return None
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if isinstance(found, np.ndarray) and found.dtype == np.float16 and found.shape == (length, width) else None


def keep(path: Path, vectors: Floats) -> None:
    """Write the vectors, for the user's eyes only, whole or not at all."""
    (cache_folder() / "embeddings").mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)  # of mode 0600
    try:
        with os.fdopen(number, "wb") as file:
            np.save(file, vectors, allow_pickle=False)
        os.replace(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
