"""DICOM to what a reader sees: numbers against the standard's formulae, pydicom's windowing, and real files where they lie."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.pixels import apply_windowing
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from iatros.cases.pictures import PictureError, decode, header

REAL = Path("/work/shared/data/imaging/dicom")
STORED = np.arange(0, 4000, 125, np.uint16).reshape(4, 8)


def written(folder, stored=STORED, **tags):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.Rows, dataset.Columns = stored.shape[:2]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = 8 * stored.dtype.itemsize
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = (12, 11, 0) if stored.dtype == np.uint16 else (8, 7, 0)
    dataset.PixelData = stored.tobytes()
    for name, value in tags.items():
        setattr(dataset, name, value)
    path = folder / "a.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_a_linear_window_follows_the_standard_after_the_rescale(tmp_path):
    path = written(tmp_path, RescaleSlope=2, RescaleIntercept=-1024, WindowCenter=2000, WindowWidth=3000)
    x, c, w = STORED * 2.0 - 1024, 2000, 3000
    middle = ((x - (c - 0.5)) / (w - 1) + 0.5) * 65_535  # PS3.3 C.11.2.1.2.1
    expected = np.where(x <= c - 0.5 - (w - 1) / 2, 0, np.where(x > c - 0.5 + (w - 1) / 2, 65_535, middle))
    assert np.abs(decode(path) - expected).max() <= 0.5


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_windows_agree_with_pydicom(tmp_path, function):
    path = written(tmp_path, WindowCenter=1800, WindowWidth=900, VOILUTFunction=function)
    theirs = apply_windowing(STORED, pydicom.dcmread(path)) / 4095 * 65_535
    assert np.abs(decode(path) - theirs).max() <= 0.51


def test_the_studys_window_goes_before_the_files(tmp_path):
    path = written(tmp_path, WindowCenter=1800, WindowWidth=900)
    assert np.array_equal(decode(path, (60, 41))[0, :3], [0, 65_535, 65_535])


def test_monochrome1_is_inverted_and_padding_stays_black(tmp_path):
    tags = {"WindowCenter": 2000, "WindowWidth": 4001}
    plain = decode(written(tmp_path, **tags))
    inverted = decode(written(tmp_path, PhotometricInterpretation="MONOCHROME1", PixelPaddingValue=0, **tags))
    assert inverted[0, 0] == 0
    assert np.array_equal(inverted.ravel()[1:], 65_535 - plain.ravel()[1:])


def test_colour_comes_back_and_several_frames_are_refused(tmp_path):
    colour = np.arange(96, dtype=np.uint8).reshape(4, 8, 3)
    path = written(tmp_path, colour, SamplesPerPixel=3, PlanarConfiguration=0, PhotometricInterpretation="RGB")
    assert np.array_equal(decode(path), colour)
    assert (header(path).channels, header(path).bits) == (3, 8)
    with pytest.raises(PictureError, match="several frames"):
        decode(written(tmp_path, NumberOfFrames=2))


def test_a_file_that_breaks_off_is_a_fault(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(PictureError):
        decode(path)


@pytest.mark.skipif(not REAL.exists(), reason="the shared DICOM files are not here")
def test_real_files_give_pixels_or_a_fault():
    read = refused = 0
    for path in sorted(p for p in REAL.glob("[cq]*/*") if p.is_file()):
        try:
            pixels = decode(path)
        except PictureError:
            refused += 1
        else:
            read += 1
            assert pixels.ndim in (2, 3)
    assert read > refused


def test_a_grey_file_with_three_values_a_pixel_is_a_fault_and_no_picture_of_another_shape(tmp_path):
    stored = np.zeros((4, 8, 3), np.uint16)
    path = written(tmp_path, stored, SamplesPerPixel=3, PlanarConfiguration=0)
    with pytest.raises(PictureError, match="several values a pixel"):
        decode(path)
