"""One single-frame DICOM file to pixels as a reader sees them.

In: a path. Out: [H, W] uint16 for grey (black 0, white 65,535), [H, W, 3] uint8 for colour.
Stored values go through the modality LUT or rescale, then the window (or VOI LUT) of the file or of the study; MONOCHROME1 is
inverted. Without a window, 8 bits map whole and more bits from the image's lowest to its highest value.
"""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatros.cases.pictures import Header, PictureError, refuse_size
from iatros.findings import Finding, InputError

WHITE = 65_535
GREY = ("MONOCHROME1", "MONOCHROME2")
MULTI_FRAME = "the file has several frames"
_READING = threading.Lock()  # Python's warning filters, silenced below, belong to all threads


def header(path: Path) -> Header:
    """What a file says of itself. Raises PictureError for anything but one frame of pixels."""
    with _READING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of what the standard forbids and readers forgive
        return _header(_read(path, stop_before_pixels=True))


def decode(path: Path, window: tuple[float, float] | None = None) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Pixels of a file; window: centre and width in rescaled units, instead of the file's own."""
    with _READING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = _read(path, stop_before_pixels=False)
        _header(dataset)
        _lift_functional_groups(dataset)
        stored = _stored(dataset)
        return _grey(stored, dataset, window) if dataset.PhotometricInterpretation in GREY else _colour(stored, dataset)


def windowed(values: NDArray[np.float64], centre: float, width: float, function: str = "LINEAR") -> NDArray[np.float64]:
    """Values through a window, to 0 ... 1.

    function: LINEAR (width at least 1), LINEAR_EXACT or SIGMOID.
    Source: DICOM PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2.

    >>> windowed(np.array([-1000.0, 39.5, 2000.0]), centre=40, width=400).tolist()
    [0.0, 0.5, 1.0]
    """
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -700, 700))), np.float64)
    if function == "LINEAR":
        centre, width = centre - 0.5, width - 1
    if width <= 0:
        return (values > centre).astype(np.float64)
    return np.asarray(np.clip((values - centre) / width + 0.5, 0, 1), np.float64)


def _read(path: Path, *, stop_before_pixels: bool) -> Any:  # Any: a pydicom data set
    try:
        import pydicom
    except ImportError as missing:
        install = 'install it with pip install "iatros[imaging]"'
        raise InputError(Finding("error", "reading DICOM needs an extra", install, check="extra")) from missing
    return pydicom.dcmread(path, force=True, stop_before_pixels=stop_before_pixels)


def _header(dataset: Any) -> Header:
    if "Rows" not in dataset or "Columns" not in dataset or "PhotometricInterpretation" not in dataset:
        raise PictureError("the DICOM file holds no image", "remove the row, or name a file with pixels")
    frames = int(dataset.get("NumberOfFrames") or 1)
    if frames > 1:
        raise PictureError(MULTI_FRAME, "export one frame per file, or name the series as a volume")
    refuse_size(int(dataset.Rows), int(dataset.Columns))
    grey = dataset.PhotometricInterpretation in GREY
    bits = 16 if grey and int(dataset.get("BitsStored", 16)) > 8 else 8
    return Header(int(dataset.Rows), int(dataset.Columns), 1 if grey else 3, bits, frames, "DICOM")


def _lift_functional_groups(dataset: Any) -> None:
    """An enhanced image keeps its rescale and window in functional groups: put them where a classic image has them."""
    for groups in (dataset.get("SharedFunctionalGroupsSequence"), dataset.get("PerFrameFunctionalGroupsSequence")):
        for name in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
            if groups and groups[0].get(name):
                dataset.update(groups[0][name].value[0])


def _stored(dataset: Any) -> NDArray[Any]:
    """Stored values, YBR already RGB. Raises PictureError where a decoder is missing or the data are."""
    from pydicom.pixels import pixel_array

    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise PictureError("the DICOM file holds no image", "remove the row, or name a file with pixels")
    if dataset.file_meta.get("TransferSyntaxUID") is None:
        from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

        implicit = dataset.original_encoding[0]
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    try:
        pixels: NDArray[Any] = pixel_array(dataset)
    except NotImplementedError as unknown:
        raise PictureError("pixels are compressed in a way that cannot be read", "save the file uncompressed") from unknown
    except RuntimeError as undecoded:
        if "pylibjpeg" in str(undecoded) and "missing" in str(undecoded):
            install = 'install the decoders with pip install "iatros[imaging]"'
            raise InputError(Finding("error", "compressed DICOM pixels need an extra", install, check="extra")) from undecoded
        raise
    return pixels


def _grey(stored: NDArray[Any], dataset: Any, window: tuple[float, float] | None) -> NDArray[np.uint16]:
    from pydicom.pixels import apply_modality_lut

    if stored.ndim != 2:
        raise PictureError("the file says that it is grey and holds several values a pixel", "export the image again")
    padding = _padding(stored, dataset)
    values = np.asarray(apply_modality_lut(stored, dataset), np.float64)
    shown = _shown(values, dataset, window, padding)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        shown = 1 - shown
    return np.asarray(np.rint(np.where(padding, 0, shown) * WHITE), np.uint16)


def _padding(stored: NDArray[Any], dataset: Any) -> NDArray[np.bool_]:
    """Where the scanner saw nothing (Pixel Padding Value, alone or to a limit: PS3.3 C.7.5.1.1.2)."""
    first = dataset.get("PixelPaddingValue")
    if not isinstance(first, int):
        return np.zeros(stored.shape, bool)
    last = dataset.get("PixelPaddingRangeLimit", first)
    return np.asarray((stored >= min(first, last)) & (stored <= max(first, last)), bool)


def _shown(
    values: NDArray[np.float64], dataset: Any, window: tuple[float, float] | None, padding: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Rescaled values to 0 ... 1: the study's window, else the file's VOI LUT, else its window, else the range of values."""
    if window is not None:
        return windowed(values, *window)
    if dataset.get("VOILUTSequence"):
        from pydicom.pixels import apply_voi

        bits = int(dataset.VOILUTSequence[0].LUTDescriptor[2])
        return np.asarray(np.clip(np.asarray(apply_voi(values.astype(np.int64), dataset)) / (2**bits - 1), 0, 1), np.float64)
    function = str(dataset.get("VOILUTFunction") or "LINEAR").upper()
    centre, width = _first(dataset.get("WindowCenter")), _first(dataset.get("WindowWidth"))
    if centre is not None and width is not None and width >= (1 if function == "LINEAR" else 1e-9):
        return windowed(values, centre, width, function)
    seen = values[~padding & np.isfinite(values)]
    if seen.size == 0:
        return np.zeros_like(values)
    narrow = int(dataset.get("BitsStored", 16)) <= 8 and not dataset.get("PixelRepresentation", 0)
    low, high = (
        (0.0, 2.0 ** int(dataset.BitsStored) - 1) if narrow and "RescaleSlope" not in dataset else (seen.min(), seen.max())
    )
    return np.asarray(np.clip(np.nan_to_num((values - low) / max(high - low, 1e-12)), 0, 1), np.float64)


def _first(value: Any) -> float | None:  # Any: a DICOM number, several, or none
    if value is None or value == "":
        return None
    return float(value[0] if hasattr(value, "__len__") and not isinstance(value, str) else value)


def _colour(stored: NDArray[Any], dataset: Any) -> NDArray[np.uint8]:
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        from pydicom.pixels import apply_color_lut

        stored = apply_color_lut(stored, dataset)
        bits = 8 * stored.dtype.itemsize
    else:
        bits = int(dataset.BitsStored)
        interpretation = str(dataset.PhotometricInterpretation)
        if not (interpretation == "RGB" or interpretation.startswith("YBR")) or stored.ndim != 3:
            raise PictureError("colours are coded in a way that cannot be read", "save the file as RGB")
    return np.asarray(np.rint(stored[..., :3].astype(np.float64) * (255 / (2**bits - 1))), np.uint8)
