"""Vectors of a pretrained language model in place of letters: what a study says, and what a run keeps of it."""

from iatros.modalities.embedding.declared import Embedding, Identity

__all__ = ["Embedding", "Identity"]
