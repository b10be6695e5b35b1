"""Image files to pixels: every way of storing the same picture, and every way of breaking it."""

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from iatros.cases.pictures import PictureError, decode, header, locate

GREY = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16)
COLOUR = np.stack([GREY, GREY[::-1], 255 - GREY], 2)


def saved(folder, pixels, name="picture.png", **options):
    path = folder / name
    (Image.fromarray(pixels) if isinstance(pixels, np.ndarray) else pixels).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "gif"])
def test_lossless_grey_comes_back(tmp_path, suffix):
    path = saved(tmp_path, GREY, f"a.{suffix}")
    assert np.array_equal(decode(path), GREY)
    assert (header(path).height, header(path).width, header(path).channels) == (12, 16, 1)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_lossless_colour_comes_back(tmp_path, suffix):
    path = saved(tmp_path, COLOUR, f"a.{suffix}")
    assert np.array_equal(decode(path), COLOUR)
    assert header(path).channels == 3


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_kept(tmp_path, suffix):
    deep = GREY.astype(np.uint16) * 257
    path = saved(tmp_path, deep, f"a.{suffix}")
    assert np.array_equal(decode(path), deep)
    assert header(path).bits == 16


def test_white_is_zero_in_a_tiff_is_turned_round_at_both_depths(tmp_path):
    for depth, white in ((np.uint8, 255), (np.uint16, 65_535)):
        plain = Image.fromarray(GREY.astype(depth) * (white // 255))
        path = saved(tmp_path, plain, "a.tif", tiffinfo={262: 0})
        with Image.open(path) as stored:
            assert stored.tag_v2[262] in (0, 1)
            expected = 0 if stored.tag_v2[262] == 0 and depth == np.uint16 else None
        if expected == 0:
            assert np.array_equal(decode(path), white - GREY.astype(depth) * 257)


def test_what_is_transparent_lies_over_black(tmp_path):
    veil = np.dstack([COLOUR, np.full((12, 16), 128, np.uint8)])
    assert np.abs(decode(saved(tmp_path, veil)).astype(float) - COLOUR.astype(float) * 128 / 255).max() <= 0.5


def test_a_palette_of_greys_is_grey_and_one_of_colours_is_not(tmp_path):
    greys = Image.fromarray(GREY).quantize(256)
    assert decode(saved(tmp_path, greys, "grey.png")).ndim == 2
    assert decode(saved(tmp_path, Image.fromarray(COLOUR).quantize(64), "colour.png")).shape == (12, 16, 3)


def test_ink_becomes_light(tmp_path):
    ink = Image.merge("CMYK", [Image.new("L", (16, 12), value) for value in (0, 255, 255, 0)])
    assert np.array_equal(decode(saved(tmp_path, ink, "a.tif"))[0, 0], [255, 0, 0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_as_pillow_does(tmp_path, orientation):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, COLOUR, "a.jpg", exif=exif, quality=95)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(decode(path), expected)
    assert (header(path).height, header(path).width) == expected.shape[:2]


def test_of_an_animation_the_first_frame_is_read(tmp_path):
    path = saved(tmp_path, Image.fromarray(GREY), "a.gif", save_all=True, append_images=[Image.fromarray(GREY[::-1])])
    assert np.array_equal(decode(path), GREY)
    assert header(path).frames == 2


@pytest.mark.parametrize(("name", "keep"), [("a.jpg", 0.6), ("a.png", 0.6), ("a.tif", 0.6), ("a.bmp", 0.6)])
def test_a_file_that_breaks_off_is_a_fault(tmp_path, name, keep):
    path = saved(tmp_path, np.random.default_rng(0).integers(0, 255, (96, 96), np.uint8), name)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(PictureError):
        decode(path)


@pytest.mark.parametrize(("content", "word"), [(b"", "empty"), (b"Dear colleague, no image today.\n", "no image")])
def test_what_is_no_image_is_said_to_be_none(tmp_path, content, word):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=word):
        header(path)


@pytest.mark.parametrize("side", [10_000, 50_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_huge_claim_is_refused_before_decoding(tmp_path, side):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    ihdr = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + ihdr + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b""))
    for read in (header, decode):
        with pytest.raises(PictureError, match="80 million"):
            read(path)


def test_paths_stay_in_the_folder(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out.png"
    inside.mkdir()
    outside.write_bytes(b"x")
    (inside / "a.png").write_bytes(b"x")
    (inside / "link.png").symlink_to(outside)
    assert locate("a.png", inside) == locate(str(inside / "a.png"), inside)
    for cell in ("../out.png", str(outside), "link.png", "/etc/hostname"):
        with pytest.raises(PictureError, match="leaves"):
            locate(cell, inside)
    for cell, word in (("b.png", "no such file"), (".", "folder"), ("a\0b", "no path"), ("a" * 5000, "no path")):
        with pytest.raises(PictureError, match=word):
            locate(cell, inside)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["PNG", "JPEG", "TIFF", "GIF", "BMP"]), st.integers(0, 300), st.binary(min_size=1, max_size=8))
@pytest.mark.filterwarnings("ignore")
def test_damaged_bytes_give_pixels_or_a_fault_and_nothing_else(tmp_path, form, at, junk):
    path = Path(tmp_path / "a")
    Image.fromarray(GREY).save(path, form)
    content = bytearray(path.read_bytes())
    content[at : at + len(junk)] = junk
    path.write_bytes(bytes(content))
    for read in (header, decode):
        with suppress(PictureError):
            read(path)
