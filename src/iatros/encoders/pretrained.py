"""Start a network from weights on disk. In: a module and a safetensors file or folder. Out: what was loaded, what was not."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from iatros.findings import Finding, InputError, quote

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Start:
    """What became of the weights: names loaded, of another shape, only in the file, only in the module."""

    loaded: tuple[str, ...]
    reshaped: tuple[str, ...]
    unused: tuple[str, ...]
    fresh: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"{len(self.loaded)} tensors loaded"]
        for what, names in (("of another shape", self.reshaped), ("not used", self.unused), ("start afresh", self.fresh)):
            if names:
                parts.append(f"{len(names)} {what} ({', '.join(names[:3])}{', …' if len(names) > 3 else ''})")
        return "; ".join(parts)


def start_from(module: nn.Module, path: Path | None) -> Start | None:
    """Copy the tensors of a safetensors file, or of the files of a folder, into the module wherever name and shape agree.

    None: nothing to start from. What does not fit starts afresh and is named in the log.
    Raises InputError if there is no such file, it cannot be read, or nothing in it fits.
    """
    if path is None:
        return None
    weights = read(path)
    own = module.state_dict()
    fits = {name: tensor for name, tensor in weights.items() if name in own and own[name].shape == tensor.shape}
    start = Start(
        loaded=tuple(fits),
        reshaped=tuple(name for name in weights if name in own and name not in fits),
        unused=tuple(name for name in weights if name not in own),
        fresh=tuple(name for name in own if name not in weights),
    )
    if not fits:
        raise InputError(
            Finding("error", f"no tensor of {quote(path)} fits this network ({start})", "name weights of the same network")
        )
    module.load_state_dict(fits, strict=False)
    log.info("%s: %s", path, start)
    return start


def read(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file or folder. A prefix that all names share (`model.`) is taken off.

    Raises InputError if there is nothing to read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    files = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise InputError(
            Finding("error", f"no .safetensors file at {quote(path)}", "give the path of the file or of its folder")
        )
    weights: dict[str, Tensor] = {}
    for file in files:
        try:
            weights |= load_file(file)
        except SafetensorError as wrong:
            raise InputError(
                Finding("error", f"{quote(file)} is not a safetensors file", "save the weights with safetensors")
            ) from wrong
    return _without_prefix(weights)


def _without_prefix(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    for prefix in ("model.", "module.", "encoder."):
        if weights and all(name.startswith(prefix) for name in weights):
            weights = {name.removeprefix(prefix): tensor for name, tensor in weights.items()}
    return weights
