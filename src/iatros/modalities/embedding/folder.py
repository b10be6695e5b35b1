"""Where a pretrained model lies, whether it can be read without running anything of its own, and its fingerprint.

In: what the study says. Out: a folder with config.json and safetensors, or an InputError that says what is missing. Files of
pickles (.bin, .pt) are never opened: they can run programs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from iatros.findings import Finding, InputError, quote
from iatros.modalities.embedding.declared import Embedding

WORDS = ("tokenizer*", "vocab*", "merges.txt", "spiece.model", "special_tokens_map.json", "added_tokens.json")
READ = ("config.json", "*.safetensors", "*.safetensors.index.json", *WORDS)
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
BLOCK = 2**20
LARGEST_SETTINGS = 2**24  # bytes of a file of JSON


def located(said: Embedding) -> Path:
    """The model's folder, looked at. Raises InputError where there is none, or none that can be read."""
    folder = _own(said)
    if folder is None:
        folder = _downloaded(said.hub, said.revision) if said.hub is not None else _nowhere(said.folder or Path())
    _look(folder)
    return folder


def digest(folder: Path) -> str:
    """SHA-256 over names and contents of all files that are read; reckoned once as long as none of them changes."""
    files = tuple(_read_of(folder))
    return _digest(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in files))


def refuse(what: str, todo: str) -> NoReturn:
    """Raise the InputError of a model that cannot be used."""
    raise InputError(Finding("error", what, todo, check="embedding"))


@lru_cache(maxsize=16)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    told = hashlib.sha256()
    for path, size, _ in files:
        told.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                told.update(block)
    return told.hexdigest()


def _read_of(folder: Path) -> Iterator[Path]:
    found = {path for pattern in READ for path in folder.glob(pattern) if path.is_file()}
    yield from sorted(found, key=lambda path: path.name)


def _own(said: Embedding) -> Path | None:
    """The folder as it is named, or by its name among the user's models; None where there is none."""
    models = os.environ.get("IATROS_MODELS")
    places = [] if said.folder is None else [said.folder.expanduser()]
    places += [Path(models) / said.name.rpartition("/")[2]] if models else []
    return next((place for place in places if place.is_dir()), None)


def _nowhere(folder: Path) -> NoReturn:
    refuse(
        f"there is no folder {quote(folder)} with a pretrained model",
        "give its path in `embedding.folder`, or put it below the folder that $IATROS_MODELS names; it can be fetched with "
        "`hf download NAME --local-dir FOLDER` where there is a network",
    )


def _look(folder: Path) -> None:
    config = folder / "config.json"
    if not config.is_file():
        refuse(f"{quote(folder)} holds no config.json", "give the folder of a model as `transformers` saves it")
    weights = sorted(folder.glob("*.safetensors"))
    pickled = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    if not weights and pickled:
        refuse(
            f"{quote(folder)} holds its weights as {quote(pickled[0])}, a pickle, which can run programs when it is opened",
            'take a copy with model.safetensors, or, if you trust it, convert it once: python -c "from transformers import '
            "AutoModel; AutoModel.from_pretrained('FOLDER').save_pretrained('NEW')\", and copy the tokenizer's files",
        )
    if not weights:
        refuse(f"{quote(folder)} holds no .safetensors file", "give the folder of a model with its weights")
    for listed in (config, *folder.glob("*.safetensors.index.json")):
        _read_settings(listed)


def _read_settings(path: Path) -> None:
    """Refuse settings that are no JSON, and lists of weights that lead out of the folder."""
    try:
        if path.stat().st_size > LARGEST_SETTINGS:
            raise ValueError
        told = json.loads(path.read_text("utf-8"))
        shards = set(told.get("weight_map", {}).values())
    except (ValueError, AttributeError, TypeError):
        refuse(f"{quote(path)} is not a file of settings", "fetch the model anew")
    if any(not isinstance(name, str) or Path(name).name != name for name in shards):
        refuse(f"{quote(path)} names weights outside its folder", "take the model from a place that you trust")


def _downloaded(name: str, revision: str | None) -> Path:
    """A snapshot from the hub's cache, or from the hub."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ImportError:
        not_installed()
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(READ), local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        pass
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(READ)))
    except (OSError, ValueError, RuntimeError, HfHubHTTPError) as wrong:
        what = f"`{name}` is not in the hub's cache on this machine and cannot be fetched ({type(wrong).__name__})"
        todo = f"fetch it where there is a network, `hf download {name} --local-dir FOLDER`, and give `embedding.folder`"
        raise InputError(Finding("error", what, todo, check="embedding")) from wrong


def not_installed() -> NoReturn:
    """Raise the InputError of a missing library."""
    refuse("pretrained models are read by `transformers`, which is not installed", 'pip install "iatros[pretrained]"')
