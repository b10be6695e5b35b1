"""Files as no exporter should write them: each is a picture whose header told the truth, or a fault in plain words."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from iatros.cases.pictures import PictureError, decode, header

PIXELS = np.random.default_rng(0).integers(0, 255, (12, 16), np.uint8)
QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def encoded(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def dicom(drop=(), **tags):
    """A small grey file, without some tags and with others told otherwise."""
    told = Dataset()
    told.file_meta = FileMetaDataset()
    told.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    told.Rows, told.Columns, told.SamplesPerPixel, told.PixelRepresentation = 12, 16, 1, 0
    told.BitsAllocated, told.BitsStored, told.HighBit, told.PhotometricInterpretation = 8, 8, 7, "MONOCHROME2"
    told.add_new("PixelData", "OB", PIXELS.tobytes())
    for name in drop:
        del told[name]
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, value in tags.items():
            setattr(told, name, value)
        pydicom.dcmwrite(file, told, enforce_file_format=False, implicit_vr=False, little_endian=True)
    raw = file.getvalue()
    return raw if raw[128:132] == b"DICM" else bytes(128) + b"DICM" + raw


GREY, COLOUR = Image.fromarray(PIXELS), Image.fromarray(np.stack([PIXELS, PIXELS[::-1], 255 - PIXELS], 2))
SOUND = {
    "png": encoded(GREY, "PNG"),
    "jpg": encoded(COLOUR, "JPEG"),
    "tif": encoded(GREY, "TIFF"),
    "bmp": encoded(COLOUR, "BMP"),
    "gif": encoded(GREY, "GIF"),
    "webp": encoded(COLOUR, "WEBP", lossless=True),
    "dcm": dicom(),
}


def read(path):
    """Header and pixels, or None where there is a fault in words."""
    try:
        return header(path), decode(path)
    except PictureError as raised:
        fault = raised
    assert fault.fault
    assert fault.todo
    assert path.name not in str(fault)
    return None


def agree(said, pixels):
    assert pixels.dtype in (np.uint8, np.uint16)
    assert pixels.shape[:2] == (said.height, said.width)
    assert pixels.ndim == (3 if said.channels == 3 else 2)
    assert pixels.ndim == 2 or pixels.shape[2] == 3


@pytest.mark.parametrize("suffix", SOUND)
@QUICK
@given(places=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_whatever_bytes_are_changed_there_is_a_picture_or_a_fault(tmp_path, suffix, places):
    raw = bytearray(SOUND[suffix])
    for at, value in places:
        raw[at % len(raw)] = value
    path = tmp_path / f"patient-0815.{suffix}"
    path.write_bytes(bytes(raw))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = read(path)
    if found:
        agree(*found)


@pytest.mark.parametrize("suffix", SOUND)
@QUICK
@given(share=st.floats(0, 0.999))
def test_wherever_a_file_breaks_off_there_is_a_fault_or_the_whole_picture(tmp_path, suffix, share):
    path = tmp_path / f"patient-0815.{suffix}"
    path.write_bytes(SOUND[suffix])
    whole = decode(path)
    path.write_bytes(SOUND[suffix][: int(share * len(SOUND[suffix]))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = read(path)
    if found:
        assert np.array_equal(found[1], whole)


ODD = {
    "several pages": ("tif", encoded(GREY, "TIFF", save_all=True, append_images=[COLOUR])),
    "animation": ("gif", encoded(GREY, "GIF", save_all=True, append_images=[GREY.rotate(90)])),
    "palette": ("png", encoded(COLOUR.quantize(7), "PNG")),
    "palette with holes": ("png", encoded(COLOUR.quantize(7), "PNG", transparency=bytes(range(7)))),
    "black and white": ("png", encoded(GREY.convert("1"), "PNG")),
    "grey with a veil": ("png", encoded(GREY.convert("LA"), "PNG")),
    "ink": ("tif", encoded(COLOUR.convert("CMYK"), "TIFF")),
    "sixteen bits": ("png", encoded(Image.fromarray(PIXELS.astype(np.uint16) * 200), "PNG")),
}
REFUSED = {
    "floats": ("tif", encoded(Image.fromarray(PIXELS.astype(np.float32)), "TIFF"), "no known range"),
    "negative": ("tif", encoded(Image.fromarray(-PIXELS.astype(np.int32)), "TIFF"), "outside 0 to 65,535"),
    "text": ("png", b"\x89PNG but not really", "no image"),
    "zeros": ("png", bytes(500), "no image"),
    "nothing": ("dcm", b"", "empty"),
    "no pixel data": ("dcm", dicom(["PixelData"]), "no image"),
    "no rows": ("dcm", dicom(["Rows"]), "no image"),
    "no photometry": ("dcm", dicom(["PhotometricInterpretation"]), "no image"),
    "no bits": ("dcm", dicom(["BitsStored", "BitsAllocated"]), "damaged"),
    "strange colours": ("dcm", dicom(PhotometricInterpretation="HSV"), "colours are coded"),
    "many frames": ("dcm", dicom(NumberOfFrames=7), "several frames"),
    "too many rows": ("dcm", dicom(Rows=60_000, Columns=60_000), "million pixels"),
    "more rows than pixels": ("dcm", dicom(Rows=24), "damaged"),
    "two pixels high": ("dcm", dicom(Rows=2), "less than 3 pixels"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_but_whole_files_are_read_as_their_header_says(tmp_path, kind):
    suffix, raw = ODD[kind]
    (tmp_path / f"a.{suffix}").write_bytes(raw)
    found = read(tmp_path / f"a.{suffix}")
    assert found
    agree(*found)
    assert found[1].max() > found[1].min()


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.filterwarnings("ignore")
def test_files_that_cannot_be_shown_rightly_are_refused_with_the_reason(tmp_path, kind):
    suffix, raw, reason = REFUSED[kind]
    (tmp_path / f"a.{suffix}").write_bytes(raw)
    with pytest.raises(PictureError, match=reason):
        decode(tmp_path / f"a.{suffix}")
