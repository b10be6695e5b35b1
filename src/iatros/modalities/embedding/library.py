"""What `transformers` reads of a model's folder: settings, tokenizer, weights. Nothing of the folder is run.

In: a folder that was looked at. Out: the library's objects, or an InputError. `trust_remote_code` is never set, only
safetensors are opened, and a network of which a part would be drawn at random is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from iatros.modalities.embedding.folder import not_installed, refuse

log = logging.getLogger(__name__)

UNUSED = ("pooler", "contact_head", "lm_head", "decoder", "cls.")  # parts that give no vectors; a file may lack them


def transformers() -> ModuleType:
    """The library, imported when it is needed and not before. Raises InputError where it is not installed."""
    try:
        import transformers as library
    except ImportError:
        not_installed()
    module: ModuleType = library
    return module


def config_of(folder: Path, name: str) -> Any:  # Any: of transformers
    """The model's settings. Raises InputError where the architecture is not known."""
    library = transformers()
    try:
        with _quiet(library):
            return library.AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (ValueError, OSError, KeyError, TypeError) as wrong:
        log.debug("no settings", exc_info=wrong)
        refuse(
            f"`{name}` is of an architecture that the installed transformers {library.__version__} does not know",
            "take another model, or a newer transformers; a model with code of its own is not run",
        )


def tokenizer_of(folder: Path, name: str) -> Any:  # Any: of transformers
    """The model's tokenizer. Raises InputError where there is none."""
    library = transformers()
    try:
        with _quiet(library):
            return library.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (ValueError, OSError, KeyError, TypeError, AttributeError, ImportError) as wrong:
        log.debug("no tokenizer", exc_info=wrong)
        refuse(f"`{name}` has no tokenizer that can be read", "fetch the model with its tokenizer's files")


def network_of(folder: Path, config: Any, name: str) -> nn.Module:  # Any: of transformers
    """The network, whole, in single precision. Raises InputError where the weights do not make it."""
    library = transformers()
    kind = library.AutoModelForTextEncoding if getattr(config, "is_encoder_decoder", False) else library.AutoModel
    try:
        with _quiet(library):
            network, told = kind.from_pretrained(
                folder, config=config, local_files_only=True, use_safetensors=True, trust_remote_code=False,
                dtype=torch.float32, output_loading_info=True,
            )  # fmt: skip
    except (ValueError, OSError, KeyError, TypeError, RuntimeError) as wrong:
        log.debug("no weights", exc_info=wrong)
        refuse(
            f"the weights of `{name}` are not those of the {config.model_type} that its config.json describes",
            "fetch it anew; a model that brings code of its own is not run",
        )
    lacking = sorted(key for key in told["missing_keys"] if not any(part in key for part in UNUSED))
    if lacking or told["mismatched_keys"]:
        refuse(
            f"the file of `{name}` lacks weights of its network ({', '.join(lacking[:2])}), which would be drawn at random",
            "fetch it anew; a model that brings code of its own is not run",
        )
    found: nn.Module = network
    return found


@contextmanager
def _quiet(library: ModuleType) -> Iterator[None]:
    """Without the library's own bars and notes."""
    settings: Any = library.utils.logging
    level, bars = settings.get_verbosity(), settings.is_progress_bar_enabled()
    settings.set_verbosity_error()
    settings.disable_progress_bar()
    try:
        yield
    finally:
        settings.set_verbosity(level)
        if bars:
            settings.enable_progress_bar()
