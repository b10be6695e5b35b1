"""The engine: device, precision, threads and memory format, chosen once a run by measuring.

In: a network, a batch, what the study asks for. Out: an `Engine`, recorded and used by every fold and seed of the run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from lightning_fabric import Fabric
from torch import nn

from iatros.contracts import Batch, Grid, each

MEASURED_STEPS = 3  # at least, and as many as MEASURED_SECONDS hold: the fastest of few short steps is mostly luck
MEASURED_SECONDS = 0.5
SMALL_BATCH_SECONDS = 0.004  # a step shorter than this is not worth measuring further
WORTH = 0.93  # a candidate must take less than this share of the time to replace the plainer one


@dataclass(frozen=True, slots=True)
class Engine:
    """How to compute."""

    device: str = "cpu"
    precision: Literal["float32", "bfloat16"] = "float32"
    threads: int = 1
    channels_last: bool = False

    def as_record(self) -> dict[str, Any]:  # Any: JSON
        """For the run's record."""
        return asdict(self)

    def fabric(self) -> Fabric:
        """Lightning Fabric set up this way."""
        with _quiet():
            fabric = Fabric(
                accelerator=self.device, devices=1, precision="bf16-mixed" if self.precision == "bfloat16" else "32-true"
            )
            fabric.launch()
        return fabric

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Run with this number of threads; the number before is restored."""
        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)

    def autocast(self) -> AbstractContextManager[Any]:
        """Run a forward pass in this engine's precision."""
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device, dtype=torch.bfloat16)

    def formatted(self, batch: Batch) -> Batch:
        """A batch in this engine's memory format."""
        if not self.channels_last:
            return batch
        inputs = {
            name: each(layout, lambda t: t.contiguous(memory_format=torch.channels_last) if t.ndim == 4 else t)
            for name, layout in batch.inputs.items()
        }
        return batch.with_(inputs=inputs)

    def prepared(self, model: nn.Module) -> nn.Module:
        """A model in this engine's memory format."""
        if not self.channels_last:
            return model
        return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]  # PyTorch's stubs lack it


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the study asks for; "auto" is measured."""

    device: str = "auto"
    precision: str = "auto"
    threads: int | str = "auto"


def choose(step: Callable[[Engine], None], batch: Batch, wanted: Wanted) -> tuple[Engine, dict[str, float]]:
    """The fastest engine for a training step, and the seconds a step that each candidate took.

    Candidates are tried one choice at a time: threads, then memory format, then precision.
    """
    device = _device(wanted.device)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    plain: Literal["float32", "bfloat16"] = "bfloat16" if wanted.precision == "bfloat16" else "float32"
    best = Engine(device, plain, int(wanted.threads) if wanted.threads != "auto" else 1)
    seconds: dict[str, float] = {}
    best_time = _measure(step, best, seconds)
    if best_time < SMALL_BATCH_SECONDS and device == "cpu":
        return best, seconds
    tries: list[dict[str, Any]] = []
    if wanted.threads == "auto" and device == "cpu" and cores > 1:
        tries.append({"threads": cores})
    grids = any(isinstance(layout, Grid) and layout.values.ndim == 4 for layout in batch.inputs.values())
    if grids:
        tries.append({"channels_last": True})
    if wanted.precision == "auto":
        tries.append({"precision": "bfloat16"})
    if grids and wanted.precision == "auto":
        tries.append({"precision": "bfloat16", "channels_last": True})
    for change in tries:
        candidate = Engine(**{**asdict(best), **change})
        taken = _measure(step, candidate, seconds)
        if taken < WORTH * best_time:
            best, best_time = candidate, taken
    return best, seconds


def _measure(step: Callable[[Engine], None], engine: Engine, seconds: dict[str, float]) -> float:
    name = f"{engine.precision}, {engine.threads} threads{', channels last' if engine.channels_last else ''}"
    if name in seconds:
        return seconds[name]
    with engine.in_use():
        step(engine)
        taken = list[float]()
        while len(taken) < MEASURED_STEPS or (min(taken) > SMALL_BATCH_SECONDS and sum(taken) < MEASURED_SECONDS):
            start = time.perf_counter()
            step(engine)
            taken.append(time.perf_counter() - start)
    seconds[name] = round(min(taken), 5)
    return min(taken)


def _device(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def _quiet() -> Iterator[None]:
    """Fabric announces itself through warnings and loggers; a run has its own words."""
    import logging
    import warnings

    names = ("lightning.fabric", "lightning_fabric", "lightning.fabric.utilities.rank_zero")
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
