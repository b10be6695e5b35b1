"""Folders that hold no model, or one that must not be opened: each is refused in one line that says what to do."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from iatros.findings import InputError
from iatros.modalities.embedding import Embedding
from iatros.modalities.embedding.folder import digest, located
from iatros.modalities.embedding.frozen import frozen
from iatros.modalities.embedding.identity import identify
from iatros.modalities.embedding.vectors import told

NAME = "iatros-tests/tiny"


def said(folder, **more):
    return Embedding(folder=folder, **more)


def settings(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"there is no folder .* give its path in `embedding.folder`.*hf download"):
        located(said(tmp_path / "nowhere"))


def test_a_folder_without_settings(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no config\.json"):
        located(said(tmp_path / "empty"))


def test_settings_that_are_none(esm):
    (esm / "config.json").write_text("{")
    with pytest.raises(InputError, match="is not a file of settings"):
        located(said(esm))


def test_a_pickle_is_not_opened_and_its_conversion_is_told(esm):
    (esm / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"holds no \.safetensors"):
        located(said(esm))
    (esm / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(InputError, match=r"pytorch_model\.bin\", a pickle, which can run programs.*save_pretrained"):
        located(said(esm))


def test_weights_outside_the_folder(esm):
    (esm / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../../other.safetensors"}}))
    with pytest.raises(InputError, match="names weights outside its folder"):
        located(said(esm))


def test_an_architecture_that_is_not_known(esm):
    settings(esm, model_type="tomorrows")
    with pytest.raises(InputError, match="architecture that the installed transformers"):
        identify(said(esm), esm)


def test_code_of_a_models_own_is_not_run(esm):
    proof = esm / "was_run"
    (esm / "own.py").write_text(f"open({str(proof)!r}, 'w')")
    settings(esm, model_type="tomorrows", auto_map={"AutoConfig": "own.Config", "AutoModel": "own.Model"})
    with pytest.raises(InputError, match="code of its own is not run"):
        identify(said(esm), esm)
    assert not proof.exists()


def test_a_model_without_a_tokenizer(esm):
    (esm / "vocab.txt").unlink()
    (esm / "tokenizer_config.json").unlink()
    with pytest.raises(InputError, match="`esm2_tiny` has no tokenizer that can be read"):
        identify(said(esm), esm)


def test_a_layer_that_is_not_there(esm):
    with pytest.raises(InputError, match="has 2 layers, and `layer` says 7; name one of -3 to 2"):
        identify(said(esm, layer=7), esm)


def test_weights_that_would_be_drawn_at_random(esm):
    weights = load_file(esm / "model.safetensors")
    save_file({name: t for name, t in weights.items() if "layer.1.attention" not in name}, esm / "model.safetensors")
    with pytest.raises(InputError, match=r"lacks weights of its network .* would be drawn at random"):
        frozen(esm, identify(said(esm), esm))


def test_weights_of_another_shape(esm):
    settings(esm, intermediate_size=48)
    with pytest.raises(
        InputError, match=r"the weights of `esm2_tiny` are not those of the esm that its config\.json describes"
    ):
        frozen(esm, identify(said(esm), esm))


def test_vectors_that_are_no_numbers(esm):
    weights = load_file(esm / "model.safetensors")
    save_file({name: torch.full_like(t, torch.nan) for name, t in weights.items()}, esm / "model.safetensors")
    model = frozen(esm, identify(said(esm), esm))
    with pytest.raises(InputError, match="no finite numbers"):
        model.vectors([torch.tensor([5, 6]).numpy()])


def test_a_vocabulary_without_the_alphabets_letters(nucleotides, bert):
    with pytest.raises(InputError, match=r"the vocabulary of `nt_tiny` has no D, E, F, H, I, …: it reads no protein"):
        told(said(nucleotides), "protein")
    with pytest.raises(InputError, match="the vocabulary of `bert_tiny` has no A, C, G, T: it reads no DNA"):
        told(said(bert), "dna")


def test_a_tokenizer_that_does_not_tell_where_its_pieces_stand(esm):
    with pytest.raises(InputError, match="does not tell where in a text its pieces stand"):
        told(said(esm), "text")


def test_without_the_library_its_extra_is_named(esm, monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(InputError, match=r'not installed; pip install "iatros\[pretrained\]"'):
        identify(said(esm), esm)


def test_a_fingerprint_changes_with_any_file_that_is_read_and_with_no_other(esm, tmp_path):
    first = digest(esm)
    (esm / "README.md").write_text("words")
    copy = shutil.copytree(esm, tmp_path / "copy")
    assert digest(esm) == digest(copy) == first
    settings(copy, layer_norm_eps=1e-4)
    assert digest(copy) != first


def test_a_name_on_the_hub_is_read_from_the_hubs_cache(esm, tmp_path, monkeypatch):
    import huggingface_hub.constants

    place = tmp_path / "hub" / f"models--{NAME.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("a" * 40)
    shutil.copytree(esm, place / "snapshots" / ("a" * 40))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    found = located(Embedding(hub=NAME))
    assert digest(found) == digest(esm)
    assert identify(Embedding(hub=NAME), found).name == NAME


def test_a_name_on_the_hub_that_cannot_be_fetched(tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(
        InputError, match=f"`{NAME}` is not in the hub's cache on this machine and cannot be fetched .*hf download"
    ):
        located(Embedding(hub=NAME))


@pytest.mark.parametrize(
    "wrong", [{}, {"folder": "a", "hub": NAME}, {"folder": "a", "revision": "main"}, {"hub": "../secret"}, {"hub": "a b/c"}]
)
def test_a_declaration_names_one_place(wrong):
    with pytest.raises(ValidationError):
        Embedding(**wrong)


def test_a_relative_folder_is_told_from_the_study(esm):
    assert Embedding(folder=esm.name).rooted(esm.parent).folder == esm
    assert Embedding(folder="elsewhere").rooted(esm.parent).folder.as_posix() == "elsewhere"
