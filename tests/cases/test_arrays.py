from __future__ import annotations

import contextlib

import numpy as np
import pytest

from iatros.cases import arrays, read
from iatros.findings import InputError


def medmnist(**changes):
    rng = np.random.default_rng(0)
    sizes = {"train": 6, "val": 2, "test": 3}
    found = {f"{part}_images": rng.integers(0, 256, (n, 4, 4)).astype(np.uint8) for part, n in sizes.items()}
    found |= {f"{part}_labels": rng.integers(0, 2, (n, 1)) for part, n in sizes.items()}
    return {**found, **changes}


def test_parts_are_joined_in_order(tmp_path):
    found = medmnist()
    np.savez(tmp_path / "a.npz", **found)
    cases = read("a.npz", tmp_path)
    assert cases.frame["part"].to_list() == ["train"] * 6 + ["validation"] * 2 + ["test"] * 3
    assert (
        cases.frame["labels"].to_list()
        == np.concatenate([found[f"{p}_labels"][:, 0] for p in ("train", "val", "test")]).tolist()
    )
    assert np.array_equal(cases.cells(["images"]).arrays["images"][6:8], found["val_images"])


def test_arrays_of_one_length_are_columns(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", imgs=np.zeros((3, 2, 2)), y=np.array([0, 1, 0]), many=np.eye(3, dtype=int))
    cases = read("a.npz", tmp_path)
    assert cases.frame.columns == ["imgs", "y", "many", "many_0", "many_1", "many_2"]
    assert cases.frame["many_1"].to_list() == [0, 1, 0]
    with pytest.raises(InputError, match="imgs"):
        cases.cells(["images"])


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (medmnist(train_labels=np.zeros((5, 1))), r"train_labels` \[5, 1\]"),
        (medmnist(val_images=np.zeros((2, 3, 4))), r"val_images` \[2, 3, 4\]"),
        ({"images": np.zeros((3, 2)), "y": np.zeros(2)}, r"`y` \[2\]"),
        ({"images": np.array([None, {}])}, "pickled"),
        ({}, "no arrays"),
    ],
)
def test_arrays_that_do_not_match_are_named_with_their_shapes(found, words, tmp_path):
    np.savez(tmp_path / "a.npz", **found)
    with pytest.raises(InputError, match=words):
        read("a.npz", tmp_path)


def test_a_bomb_is_not_unpacked(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", images=np.zeros((1000, 1000)))
    with pytest.raises(InputError, match="limit"):
        arrays.read(tmp_path / "a.npz", "a.npz", limit=10**6)


@pytest.mark.parametrize("raw", [b"", b"no zip at all", b"PK\x03\x04broken"])
def test_a_file_that_is_no_npz_is_refused(raw, tmp_path):
    (tmp_path / "a.npz").write_bytes(raw)
    with pytest.raises(InputError, match="cannot be read"):
        read("a.npz", tmp_path)


def test_bytes_are_read_as_text(tmp_path):
    np.savez(tmp_path / "b.npz", sex=np.array([b"F", b"M"]), age=np.array([1.0, 2.0]))
    assert read("b.npz", tmp_path).frame["sex"].to_list() == ["F", "M"]


def test_damaged_archives_are_findings(tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, age=np.arange(100.0), sex=np.array(["F", "M"] * 50))
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + b"\xff\xff" + whole[at + 2 :])
        with contextlib.suppress(InputError):
            read(path)
