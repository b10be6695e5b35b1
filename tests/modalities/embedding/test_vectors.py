"""Vectors of sequences that were put side by side, in windows and on disk, against the model called on each alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from pydantic import ValidationError
from transformers import AutoModel, AutoTokenizer

from iatros.contracts import Cells
from iatros.findings import InputError
from iatros.modalities.alphabets import spelled
from iatros.modalities.embedding import frozen as frozen_module
from iatros.modalities.embedding.frozen import Frozen
from iatros.modalities.sequence import Sequence

PROTEINS = ["MKTAYIAKQR", "", "GAVLIPFWMSTCYNQDEKRHU", "MX", "MKTAYIAKQR", "W" * 40]


def cells(letters):
    return Cells(pl.DataFrame({"letters": letters}, {"letters": pl.String}), np.arange(len(letters)) + 2, "cases.csv")


def packed_by(folder, letters, **said):
    embedding = {"folder": str(folder)} | said.pop("embedding", {})
    modality = Sequence(column="letters", embedding=embedding, **said)
    return modality, modality.pack(cells(letters), modality.plan(cells(letters)))


def vectors_of(packed, row):
    begin, length = int(packed["vector_starts"][row]), int(packed["vector_lengths"][row])
    return np.asarray(packed["vectors"][begin : begin + length], np.float32)


def alone(folder, text, layer=-1):
    """The model's own vectors of one text, without padding; special tokens cut away by hand."""
    tokenizer, network = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        found = network(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    return found.hidden_states[layer][0, 1:-1].numpy()


@pytest.fixture
def counted(monkeypatch):
    """How many sequences went through a model."""
    seen = []
    through = Frozen.vectors

    def noted(self, several):
        seen.extend(several)
        return through(self, several)

    monkeypatch.setattr(Frozen, "vectors", noted)
    return seen


@pytest.mark.parametrize("layer", [-1, 0, 1])
def test_each_residue_has_the_vector_that_the_model_gives_its_sequence_alone(esm, layer):
    _, packed = packed_by(esm, PROTEINS, alphabet="protein", embedding={"layer": layer})
    assert packed["vector_lengths"].tolist() == [len(text) for text in PROTEINS]
    for row, text in enumerate(PROTEINS):
        if text:
            assert vectors_of(packed, row) == pytest.approx(alone(esm, text, layer), rel=1e-3, abs=1e-3)
    assert not packed["vectors"][-1].any()


def test_few_tokens_at_once_give_the_same_vectors(esm, monkeypatch):
    _, whole = packed_by(esm, PROTEINS, alphabet="protein")
    monkeypatch.setattr(frozen_module, "AT_ONCE", 30)
    monkeypatch.setenv("IATROS_CACHE", str(esm.parent / "elsewhere"))
    _, apart = packed_by(esm, PROTEINS, alphabet="protein")
    assert np.asarray(apart["vectors"], np.float32) == pytest.approx(
        np.asarray(whole["vectors"], np.float32), rel=1e-3, abs=1e-3
    )


def test_every_letter_of_dna_has_the_vector_of_its_word(nucleotides):
    text = "ACGTTTNACGGAT"  # ACG TTT N ACG GAT
    _, packed = packed_by(nucleotides, [text], alphabet="dna")
    words = alone(nucleotides, text)
    assert len(words) == 5
    assert vectors_of(packed, 0) == pytest.approx(words[[0, 0, 0, 1, 1, 1, 2, 3, 3, 3, 4, 4, 4]], rel=1e-3, abs=1e-3)


def test_rna_is_read_by_a_model_of_dna(nucleotides):
    _, dna = packed_by(nucleotides, ["ACGTTTA"], alphabet="dna")
    _, rna = packed_by(nucleotides, ["ACGUUUA"], alphabet="rna")
    assert np.array_equal(vectors_of(dna, 0), vectors_of(rna, 0))


def test_word_pieces_of_a_text_are_its_positions(bert):
    text = "No fever, coughs since days"
    modality, packed = packed_by(bert, [text, ""], alphabet="text")
    assert vectors_of(packed, 0) == pytest.approx(alone(bert, text), rel=1e-3, abs=1e-3)
    fitted = modality.fit(packed, np.array([0]))
    assert modality.spelled(packed, 0, fitted) == ["No", " fever", ",", " cough", "s", " since", " days"]
    assert packed.present.tolist() == [True, False]


def test_only_the_first_positions_of_a_text_are_read(bert):
    _, packed = packed_by(bert, ["no fever, no cough"], alphabet="text", longest=2)
    assert packed["vector_lengths"].tolist() == [2]
    assert vectors_of(packed, 0) == pytest.approx(alone(bert, "no fever"), rel=1e-3, abs=1e-3)


def test_what_is_longer_than_the_model_reads_goes_through_in_overlapping_windows(esm):
    text = "".join(np.random.default_rng(0).choice(list("ACDEFGHIKLMNPQRSTVWY"), 20))
    _, packed = packed_by(esm, [text, "MKT"], alphabet="protein", embedding={"longest": 8})
    found = vectors_of(packed, 0)
    assert len(found) == 20
    assert found[:7] == pytest.approx(alone(esm, text[:8])[:7], rel=1e-3, abs=1e-3)
    assert found[7:13] == pytest.approx(alone(esm, text[6:14])[1:7], rel=1e-3, abs=1e-3)
    assert found[13:] == pytest.approx(alone(esm, text[12:])[1:], rel=1e-3, abs=1e-3)
    (told,) = packed.findings
    assert (told.check, told.rows) == ("windows", (2,))


def test_a_sequence_goes_through_the_model_once_and_then_comes_from_the_cache(esm, counted, cache):
    _, first = packed_by(esm, PROTEINS, alphabet="protein")
    assert len(counted) == 4  # two are equal, one is empty
    _, again = packed_by(esm, [*reversed(PROTEINS), "MKV"], alphabet="protein")
    assert [len(tokens) for tokens in counted[4:]] == [3]
    assert np.array_equal(vectors_of(first, 2), vectors_of(again, 3))
    files = list((cache / "embeddings").rglob("*.npy"))
    assert len(files) == 5
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (cache / "embeddings").stat().st_mode & 0o077 == 0


def test_another_layer_or_another_window_is_kept_apart(esm, counted):
    for embedding in ({}, {"layer": 1}, {"longest": 9}):
        packed_by(esm, ["MKTAYIAKQRQISF"], alphabet="protein", embedding=embedding)
    assert len(counted) == 3


def test_a_damaged_file_of_the_cache_is_made_anew(esm, counted, cache):
    _, whole = packed_by(esm, ["MKTAY", "GAV"], alphabet="protein")
    files = sorted((cache / "embeddings").rglob("*.npy"))
    files[0].write_bytes(files[0].read_bytes()[:-7])
    np.save(files[1], np.zeros((5, 3), np.float64))
    _, mended = packed_by(esm, ["MKTAY", "GAV"], alphabet="protein")
    assert len(counted) == 4
    assert np.array_equal(whole["vectors"], mended["vectors"])


def test_cases_without_letters_need_no_model(esm, counted):
    modality, packed = packed_by(esm, ["MKT"], alphabet="protein")
    empty = modality.pack(cells([None, ""]), packed.plan)
    assert empty.present.tolist() == [False, False]
    assert empty["vectors"].shape == (3, 16)
    assert len(counted) == 1


def test_another_model_in_the_same_place_is_refused(esm, another):
    _, packed = packed_by(esm, ["MKT"], alphabet="protein")
    other = Sequence(column="letters", embedding={"folder": str(another())})
    with pytest.raises(InputError, match=r"is another \(SHA-256 \w{12}\) than the one of this run, esm2_tiny \(esm, SHA"):
        other.pack(cells(["MKT"]), packed.plan)


def test_a_model_that_moved_is_found_among_the_users_models(esm, tmp_path, monkeypatch):
    modality, packed = packed_by(esm, ["MKT"], alphabet="protein")
    (tmp_path / "models").mkdir()
    esm.rename(tmp_path / "models" / esm.name)
    with pytest.raises(InputError, match="there is no folder"):
        modality.pack(cells(["MKT"]), packed.plan)
    monkeypatch.setenv("IATROS_MODELS", str(tmp_path / "models"))
    assert np.array_equal(modality.pack(cells(["MKT"]), packed.plan)["vectors"], packed["vectors"])


def test_a_batch_holds_scaled_vectors_and_the_letters_that_stand_there(esm):
    modality, packed = packed_by(esm, PROTEINS, alphabet="protein")
    fitted = modality.fit(packed, np.array([0, 2, 5]))
    layout = modality.batch(packed, np.array([0, 1, 2]), fitted)
    assert layout.mask.sum(1).tolist() == [10, 0, 21]
    assert not layout.values[~layout.mask].any()
    assert "".join(modality.letters(fitted)[code - 1] for code in layout.codes[0][layout.mask[0]]) == PROTEINS[0]
    learned = modality.batch(packed, np.array([0, 2, 5]), fitted)
    known = learned.values[learned.mask]
    assert known.mean(0).numpy() == pytest.approx(0, abs=1e-3)
    assert known.std(0, correction=0).numpy() == pytest.approx(1, abs=1e-2)
    shape = modality.shape(fitted)
    assert (shape.numbers, shape.categories) == (16, ())


def test_vectors_move_with_their_letters_and_hidden_ones_are_zero(esm):
    modality, packed = packed_by(esm, ["MKTAYIAKQR"], alphabet="protein", shift=2, masked=0.5)
    layout = modality.batch(packed, np.array([0]), modality.fit(packed, np.array([0])))
    moved, motion = modality.move(layout, torch.Generator().manual_seed(1))
    for place, source in enumerate(motion.places[0].tolist()):
        hidden = source < 0 or not moved.codes[0, place]
        assert torch.equal(moved.values[0, place], torch.zeros(16) if hidden else layout.values[0, source])


def test_changed_letters_have_the_vectors_of_the_changed_sequence(esm, cache):
    modality, packed = packed_by(esm, ["MKTAY", "GAV"], alphabet="protein")
    fitted = modality.fit(packed, np.array([0, 1]))
    layout = modality.batch(packed, np.array([0, 1]), fitted)
    files = len(list(cache.rglob("*.npy")))
    other = modality.read_anew(replace(layout, codes=layout.codes.flip(0) * layout.mask), packed, fitted)
    changed = spelled(other.codes[1][other.mask[1]].numpy(), "protein")
    alone_scaled = (alone(esm, changed) - np.array(fitted.centre)) / np.array(fitted.spread)
    assert other.values[1, :3].numpy() == pytest.approx(alone_scaled, rel=2e-3, abs=4e-3)
    assert len(list(cache.rglob("*.npy"))) == files
    assert torch.allclose(modality.read_anew(layout, packed, fitted).values, layout.values)


def test_a_model_reads_one_strand():
    with pytest.raises(ValidationError, match="a pretrained model reads one strand"):
        Sequence(column="letters", alphabet="dna", reverse_complement=True, embedding={"folder": "anywhere"})
