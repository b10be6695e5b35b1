from __future__ import annotations

import pytest

from iatros.cases import read
from iatros.findings import InputError


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def test_a_subfolder_is_a_class(tmp_path):
    make(tmp_path, "set/sick/b.png", "set/sick/deep/a.JPG", "set/well/c.tif", "set/readme.txt", "set/well/.DS_Store")
    cases = read("set", tmp_path)
    assert cases.frame.rows() == [("sick/b.png", "sick"), ("sick/deep/a.JPG", "sick"), ("well/c.tif", "well")]
    assert (cases.folder / cases.frame["path"][0]).is_file()
    assert cases.findings[0].count == 1


def test_folders_of_parts_give_the_part(tmp_path):
    make(tmp_path, "train/sick/a.png", "val/well/b.png", "test/sick/c.png")
    cases = read(tmp_path)
    assert cases.frame["part"].to_list() == ["test", "train", "validation"]
    assert cases.frame["label"].to_list() == ["sick", "sick", "well"]


def test_a_folder_without_classes_is_refused(tmp_path):
    make(tmp_path, "a.png", "b.png", "notes/c.txt")
    with pytest.raises(InputError, match="2 images lie in it directly"):
        read(tmp_path)
