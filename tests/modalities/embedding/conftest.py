"""Tiny pretrained models with random weights, saved as `transformers` saves them, and a cache of their own."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer, EsmConfig, EsmModel, EsmTokenizer

SPECIAL = ["<cls>", "<pad>", "<eos>", "<unk>"]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "fever", "no", "cough", "##s", "since", "two", "days", ","]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache for each test."""
    monkeypatch.setenv("IATROS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("IATROS_MODELS", raising=False)
    return tmp_path / "cache"


def save_esm(folder, letters, seed=0, **settings):
    """A model of the ESM family, 16 wide, of two layers; weights large enough that each position matters to the others."""
    folder.mkdir(parents=True)
    tokens = [*SPECIAL, *letters, "<mask>"]
    (folder / "vocab.txt").write_text("\n".join(tokens), "utf-8")
    torch.manual_seed(seed)
    config = EsmConfig(
        vocab_size=len(tokens), mask_token_id=len(tokens) - 1, pad_token_id=1, hidden_size=16, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=32, initializer_range=0.5, token_dropout=True,
        **{"max_position_embeddings": 1_026, "position_embedding_type": "rotary"} | settings,
    )  # fmt: skip
    EsmModel(config).eval().save_pretrained(folder)
    EsmTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture
def esm(tmp_path):
    """Proteins, a token a letter."""
    return save_esm(tmp_path / "esm2_tiny", list("LAGVSERTIDPKQNFYMHWCXBUZO.-"))


@pytest.fixture
def nucleotides(tmp_path):
    """DNA in words of three letters, single letters where none fits."""
    words = ["".join(word) for word in product("ATCG", repeat=3)]
    return save_esm(tmp_path / "nt_tiny", [*words, *"ATCGN"], position_embedding_type="absolute")


@pytest.fixture
def bert(tmp_path):
    """Texts in word pieces, 32 of them at most."""
    folder = tmp_path / "bert_tiny"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(WORDS), max_position_embeddings=32, initializer_range=0.5, **sizes)
    BertModel(config).eval().save_pretrained(folder)
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture
def another(tmp_path):
    """A function that saves a further model of proteins, of other weights or settings, in a folder of this name."""

    def saved(name="another", letters="LAGVSERTIDPKQNFYMHWCXBUZO.-", seed=1, **settings):
        return save_esm(tmp_path / name, list(letters), seed, **settings)

    return saved
