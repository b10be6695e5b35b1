"""Which model is this, and how will it be used? Told from its settings, tokenizer and files, without its network.

In: what the study says, and the folder. Out: `Identity`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iatros.modalities.embedding.declared import Embedding, Identity
from iatros.modalities.embedding.folder import digest, refuse
from iatros.modalities.embedding.library import config_of, tokenizer_of
from iatros.modalities.embedding.spelling import special

USUAL_WINDOW = 1_024  # tokens of a model that names no limit
NO_LIMIT = 1_000_000  # from which a tokenizer's limit is none
# Positions are counted from behind the padding's number, so that so many fewer are left.
ROBERTAS = ("camembert", "ibert", "longformer", "mpnet", "roberta", "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl")
COUNTED_FROM_PADDING = ("data2vec-text", "esm", "xmod", *ROBERTAS)


def identify(said: Embedding, folder: Path) -> Identity:
    """What the folder holds, and how it will be used. Raises InputError where it gives no vectors."""
    config = config_of(folder, said.name)
    tokenizer = tokenizer_of(folder, said.name)
    width, layers = getattr(config, "hidden_size", None), getattr(config, "num_hidden_layers", None)
    if not isinstance(width, int) or not isinstance(layers, int):
        refuse(f"`{said.name}` ({config.model_type}) gives no vectors for positions", "take a model of sequences or texts")
    if not -layers - 1 <= said.layer <= layers:
        refuse(f"`{said.name}` has {layers} layers, and `layer` says {said.layer}", f"name one of {-layers - 1} to {layers}")
    before, behind = special(tokenizer, said.name)
    window = _limit(config, tokenizer) - len(before) - len(behind)
    return Identity(
        name=said.name,
        architecture=str(config.model_type),
        digest=digest(folder),
        layer=said.layer % (layers + 1),
        width=width,
        window=min(window, said.longest or window),
        codes=int(config.vocab_size),
    )


def _limit(config: Any, tokenizer: Any) -> int:
    """Tokens, special ones among them, that the model was made for."""
    told = getattr(config, "max_position_embeddings", None)
    limits = [tokenizer.model_max_length] if tokenizer.model_max_length < NO_LIMIT else []
    if isinstance(told, int) and told > 0:
        padding = getattr(config, "pad_token_id", None) if config.model_type in COUNTED_FROM_PADDING else None
        limits.append(told if padding is None else told - padding - 1)
    return int(min(limits, default=USUAL_WINDOW))
