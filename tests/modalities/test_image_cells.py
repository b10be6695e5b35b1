"""Paths and arrays to packed pixels: what is planned, what is set aside, what is noted."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from iatros.cases.pictures import Header, PictureError
from iatros.contracts import Cells
from iatros.findings import InputError
from iatros.modalities.image_cells import AUTO_LONGEST, auto_size, check_cells, over_positions, pack_cells, plan_cells

RNG = np.random.default_rng(1)


def paths(folder, names):
    return Cells(pl.DataFrame({"path": pl.Series(names, dtype=pl.String)}), np.arange(len(names)) + 2, "cases.csv", folder)


def array(images):
    return Cells(
        pl.DataFrame({"images": np.arange(len(images))}), np.arange(len(images)) + 1, "a.npz", arrays={"images": images}
    )


def saved(folder, count, size=(20, 30), mode="L", name="{}.png"):
    names = []
    for i in range(count):
        pixels = RNG.integers(0, 255, (*size, 3) if mode == "RGB" else size).astype(np.uint16 if mode == "I;16" else np.uint8)
        Image.fromarray(pixels).save(folder / name.format(i))
        names.append(name.format(i))
    return names


def packed(cells, column="path", side=None, channels=None):
    plan = plan_cells(cells, column, side, channels, None)
    return pack_cells(cells, column, plan, "pad", 1, None)


@given(st.lists(st.tuples(st.integers(3, 3000), st.integers(3, 3000)), min_size=1, max_size=9))
def test_the_size_chosen_is_the_median_or_its_shape_at_the_largest_side(sizes):
    height, width = (float(np.median(side)) for side in zip(*sizes, strict=True))
    found = auto_size([Header(h, w, 1, 8) for h, w in sizes])
    zoom = min(1, AUTO_LONGEST / max(height, width))
    assert found == (max(3, round(height * zoom)), max(3, round(width * zoom)))
    assert max(found) <= AUTO_LONGEST


def test_grey_saved_as_colour_is_planned_as_grey_and_colour_as_colour(tmp_path):
    for i in range(4):
        grey = RNG.integers(0, 255, (9, 9), np.uint8)
        Image.fromarray(np.stack([grey] * 3, 2)).save(tmp_path / f"{i}.png")
    cells = paths(tmp_path, [f"{i}.png" for i in range(4)])
    assert plan_cells(cells, "path", None, None, None).channels == 1
    assert plan_cells(cells, "path", None, 3, None).channels == 3
    names = saved(tmp_path, 4, mode="RGB", name="c{}.png")
    assert plan_cells(paths(tmp_path, names), "path", None, None, None).channels == 3


def test_twelve_bits_in_sixteen_have_their_white_at_twelve(tmp_path):
    for i in range(3):
        Image.fromarray(RNG.integers(0, 4096, (9, 9)).astype(np.uint16)).save(tmp_path / f"{i}.png")
    plan = plan_cells(paths(tmp_path, ["0.png", "1.png", "2.png"]), "path", None, None, None)
    assert (plan.depth, plan.high) == (16, 4095)


def test_every_reason_is_told_once_with_all_its_rows(tmp_path):
    names = saved(tmp_path, 2)
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "none.png").write_bytes(b"no picture at all")
    given_names = [names[0], "empty.png", "gone.png", names[1], "none.png", "empty.png", "gone2.png"]
    found = check_cells(paths(tmp_path, given_names), "path", None)
    told = {f.what.partition(": ")[2]: f.rows for f in found if f.severity == "aside"}
    assert told == {"the file is empty": (3, 7), "no such file": (4, 8), "the file is no image that can be read": (6,)}


def test_notes_name_the_odd_ones_out(tmp_path):
    names = saved(tmp_path, 5)
    odd = saved(tmp_path, 1, size=(12, 12), name="small{}.png")
    colour = saved(tmp_path, 1, mode="RGB", name="colour{}.png")
    found = check_cells(paths(tmp_path, [*names, *odd, *colour]), "path", None)
    assert {f.what: f.rows for f in found} == {"1 image of another size": (7,), "1 image in colour among grey": (8,)}
    assert {f.severity for f in found} == {"note"}


def test_no_image_at_all_is_an_error_of_the_column(tmp_path):
    cells = paths(tmp_path, ["a.png", "b.png"])
    assert check_cells(cells, "path", None)[-1].severity == "error"
    with pytest.raises(InputError, match="no image can be read"):
        plan_cells(cells, "path", None, None, None)


def test_images_lie_in_the_order_of_the_cells_however_many_threads_read_them(tmp_path):
    for i in range(30):
        pixels = np.full((8, 8), 8 * i, np.uint8)
        pixels[0, 0] = 8 * i + 1
        Image.fromarray(pixels).save(tmp_path / f"{i}.png")
    order = np.random.default_rng(0).permutation(30)
    found = packed(paths(tmp_path, [f"{i}.png" for i in order]))
    assert found["pixels"][:, 0, 4, 4].tolist() == (8 * order).tolist()


@given(st.lists(st.booleans(), max_size=30))
def test_results_and_faults_keep_their_positions(fine):
    def look(at):
        if not fine[at]:
            raise PictureError(f"fault {at}", "mend")
        return at * at

    seen = over_positions(range(len(fine)), look)
    assert seen.results == {i: i * i for i, ok in enumerate(fine) if ok}
    assert {i: fault.fault for i, fault in seen.faults.items()} == {i: f"fault {i}" for i, ok in enumerate(fine) if not ok}


def test_what_is_no_fault_of_a_picture_is_not_swallowed():
    def look(at):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        over_positions([0], look)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((4, 9)), "no set of images"),
        (np.zeros((4, 9, 9, 2)), "no set of images"),
        (np.zeros((4, 9, 9), "S3"), "images of type"),
        (np.zeros((4, 2, 9)), "too small"),
        (np.zeros((4, 9, 9), complex), "images of type"),
    ],
)
def test_arrays_that_are_no_images_are_errors_before_anything_is_planned(images, words):
    (finding,) = check_cells(array(images), "images", None)
    assert finding.severity == "error"
    assert words in finding.what
    with pytest.raises(InputError, match=words):
        plan_cells(array(images), "images", None, None, None)


@pytest.mark.parametrize(
    ("dtype", "low", "high", "depth"), [(np.uint8, 0, 255, 8), (np.int16, -1000, 3000, 16), (float, -1, 1, 16)]
)
def test_arrays_of_any_number_are_spread_from_black_to_white(dtype, low, high, depth):
    images = np.random.default_rng(0).uniform(low, high, (5, 9, 9)).astype(dtype)
    images[0, 0, 0], images[0, 0, 1] = low, high
    found = packed(array(images), "images")
    assert found.plan.depth == depth
    assert (found["pixels"].min(), found["pixels"].max()) == (0, found.plan.white)
    assert found.present.all()


def test_a_blank_array_is_set_aside_by_its_row():
    images = RNG.integers(0, 255, (4, 9, 9), np.uint8)
    images[2] = 7
    found = packed(array(images), "images")
    assert found.present.tolist() == [True, True, False, True]
    assert [f.rows for f in found.findings] == [(3,)]


def test_images_with_values_that_are_no_numbers_are_set_aside_and_do_not_stretch_the_others():
    images = RNG.uniform(0, 1, (5, 9, 9))
    images[0, 0, :2] = 0, 1
    images[3, 4, 4], images[1, 0, 0] = np.nan, np.inf
    found = packed(array(images), "images")
    assert (found.plan.low, found.plan.high) == (0, 1)
    assert found.present.tolist() == [True, False, True, False, True]
    assert [f.rows for f in found.findings] == [(2, 4)]
    assert "no numbers" in found.findings[0].what


def test_an_array_without_any_number_is_an_error():
    with pytest.raises(InputError, match="no numbers"):
        plan_cells(array(np.full((3, 9, 9), np.nan)), "images", None, None, None)
