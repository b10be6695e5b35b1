"""Compile a function with Numba, once a machine: the code is kept on disk, beside the source or in the user's cache folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from iatros.findings import Finding, InputError

try:
    from numba import njit
except ImportError as missing:
    raise InputError(Finding("error", "alignment needs Numba", 'pip install "iatros[sequences]"')) from missing

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The function, compiled at its first call, without Python's lock; where no folder is writable, anew in every process."""
    try:
        made: F = njit(function, cache=True, nogil=True)
    except RuntimeError:  # Numba: "no locator available"
        made = njit(function, nogil=True)
    return made
