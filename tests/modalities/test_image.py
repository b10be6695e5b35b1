"""The image modality, from cells to batches: planted faults, closed forms, and real arrays' shapes."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image as Pillow

from iatros.contracts import Cells, Grid
from iatros.modalities.image import Image

RNG = np.random.default_rng(0)


def arrays(images):
    return Cells(
        pl.DataFrame({"images": np.arange(len(images))}), np.arange(len(images)) + 1, "a.npz", Path(), {"images": images}
    )


@pytest.fixture
def folder(tmp_path):
    for i in range(6):
        Pillow.fromarray(RNG.integers(0, 255, (20, 30), np.uint8)).save(tmp_path / f"{i}.png")
    Pillow.new("L", (30, 20)).save(tmp_path / "blank.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "0.png").read_bytes()[:200])
    return tmp_path


def cells(folder, names):
    return Cells(pl.DataFrame({"path": names}), np.arange(len(names)) + 2, "cases.csv", folder)


def test_bad_files_are_set_aside_by_row_and_empty_cells_are_missing(folder):
    given = cells(folder, ["0.png", "blank.png", "cut.png", "gone.png", None, "1.png", "../x.png"])
    image = Image(column="path")
    packed = image.pack(given, image.plan(given))
    assert packed.present.tolist() == [True, False, False, False, False, True, False]
    assert sorted(row for finding in packed.findings for row in finding.rows) == [3, 4, 5, 8]
    assert {finding.severity for finding in packed.findings} == {"aside"}


def test_batches_are_standardised_by_the_training_rows_only(folder):
    images = RNG.integers(0, 255, (40, 8, 8, 3), np.uint8)
    image = Image(column="images")
    packed = image.pack(arrays(images), image.plan(arrays(images)))
    fitted = image.fit(packed, np.arange(20))
    batch = image.batch(packed, np.arange(20), fitted)
    assert isinstance(batch, Grid)
    assert batch.values.shape == (20, 3, 8, 8)
    assert torch.allclose(batch.values.mean((0, 2, 3)), torch.zeros(3), atol=1e-4)
    assert torch.allclose(batch.values.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-4)
    assert image.shape(fitted).space == (8, 8)


def test_a_case_without_an_image_is_zeros(folder):
    given = cells(folder, ["0.png", None])
    image = Image(column="path", size=16)
    packed = image.pack(given, image.plan(given))
    values = image.batch(packed, np.arange(2), image.fit(packed, np.arange(2))).values
    assert values[0].abs().sum() > 0
    assert values[1].abs().sum() == 0
    assert np.isnan(image.summary(packed, np.arange(2)).values[1]).all()


@pytest.mark.parametrize(("aspect", "black_rows"), [("pad", 8), ("stretch", 0), ("crop", 0)])
def test_another_shape_is_padded_stretched_or_cut(folder, aspect, black_rows):
    wide = np.full((1, 10, 20), 200, np.uint8)
    wide[0, 0, 0] = 199
    image = Image(column="images", size=16, aspect=aspect)
    packed = image.pack(arrays(wide), image.plan(arrays(wide)))
    assert int((packed["pixels"][0, 0].max(1) == 0).sum()) == black_rows


def test_summaries_are_named_and_right():
    images = RNG.integers(0, 255, (3, 20, 20), np.uint8)
    image = Image(column="images")
    packed = image.pack(arrays(images), image.plan(arrays(images)))
    summary = image.summary(packed, np.arange(3))
    assert summary.values.shape == (3, len(summary.names))
    assert summary.values[:, summary.names.index("grey mean")] == pytest.approx(images.mean((1, 2)) / 255, abs=1e-6)
    assert summary.values[0, summary.names.index("thumbnail grey 1, 2")] == pytest.approx(
        images[0, :2, 2:4].mean() / 255, abs=1e-6
    )


def test_sixteen_bits_stay_and_the_picture_shows_eight():
    images = (RNG.integers(0, 4096, (4, 9, 9))).astype(np.uint16)
    images[0, 0, 0], images[0, 0, 1] = 0, 4095
    image = Image(column="images")
    packed = image.pack(arrays(images), image.plan(arrays(images)))
    assert packed["pixels"].dtype == np.uint16
    assert packed["pixels"].max() == 65_535
    picture = image.picture(packed, 0).image
    assert picture.dtype == np.uint8
    assert (picture.min(), picture.max()) == (0, 255)


def test_a_short_name_is_read_where_the_study_says_its_file_lies(tmp_path):
    (tmp_path / "films").mkdir()
    for name in ("a", "b"):
        Pillow.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(tmp_path / "films" / f"{name}.png")
    short = cells(tmp_path, ["a", "b", ""])
    modality = Image(column=short.frame.columns[0], path="films/{}.png")
    found = modality.located(short)
    assert found.frame.to_series().to_list() == ["films/a.png", "films/b.png", None]
    assert modality.pack(found, modality.plan(found)).present.tolist() == [True, True, False]


def test_a_path_without_a_place_for_the_cell_is_refused():
    with pytest.raises(ValueError, match="path"):
        Image(column="film", path="films/")
