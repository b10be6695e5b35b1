"""One image file to pixels: PNG, JPEG, TIFF, BMP, GIF, WebP, and DICOM by its content.

In: a path. Out: an array [H, W] or [H, W, 3] of uint8 or uint16, turned as its EXIF says; or a `PictureError` in plain words.
Colour: palettes and CMYK become RGB; what is transparent lies over black; a palette of greys is grey.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from iatros.findings import InputError

MOST_PIXELS = 80_000_000  # refused beyond, before anything is decoded; a mammogram has 14 million
SMALLEST_SIDE = 3  # pixels; anything less shows nothing
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")  # JPEG includes MPO; none runs another program (EPS)
ORIENTATION = 0x0112  # EXIF tag
PHOTOMETRIC = 262  # TIFF tag; 0: white is zero
GREY_16 = ("I;16", "I;16L", "I;16B", "I;16N", "I")  # Pillow's modes of 16-bit grey files
TURNS = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False), 7: (1, True), 8: (1, False)}


class PictureError(Exception):
    """Why an image cannot be used. fault: the reason, without a name in it ("the file breaks off"); todo: the remedy."""

    def __init__(self, fault: str, todo: str) -> None:
        super().__init__(f"{fault}; {todo}")
        self.fault = fault
        self.todo = todo


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself before it is decoded: pixels as they will be seen, turned; channels 1 or 3; bits 8 or 16."""

    height: int
    width: int
    channels: int
    bits: int
    frames: int = 1
    format: str = ""


def decode(path: Path, window: tuple[float, float] | None = None) -> NDArray[Any]:
    """The pixels of a file: [H, W] or [H, W, 3], uint8 or uint16; of several frames the first.

    window: centre and width for DICOM, in rescaled units (HU); by default what the file says.
    Raises PictureError for any file that is no whole image, InputError where an extra has to be installed.
    """
    with _faults_in_words():
        if _is_dicom(path):
            from iatros.cases import dicom

            pixels = dicom.decode(path, window)
        else:
            with Image.open(path, formats=FORMATS) as image:
                _refuse_impossible(image.height, image.width)
                image.load()
                pixels = _turned(_array(image), _orientation(image))
        return np.ascontiguousarray(pixels)


def header(path: Path) -> Header:
    """What a file says of itself; no pixels are decoded. Raises as `decode` does, save for files that break off."""
    with _faults_in_words():
        if _is_dicom(path):
            from iatros.cases import dicom

            return dicom.header(path)
        with Image.open(path, formats=FORMATS) as image:
            height, width = image.height, image.width
            _refuse_impossible(height, width)
            if TURNS.get(_orientation(image), (0, False))[0] % 2:
                height, width = width, height
            grey = image.mode in ("1", "L", "LA", "F", *GREY_16) or (image.mode == "P" and _grey_palette(image))
            frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
            bits = 16 if image.mode in GREY_16 else 8
            return Header(height, width, 1 if grey else 3, bits, frames, image.format or "")


def locate(cell: str, folder: Path) -> Path:
    """The file that a cell names, relative to the table's folder. Raises PictureError if it lies elsewhere, or is not there.

    Links are followed first, so a link inside the folder to a file outside it is refused too.
    """
    leaves = PictureError("the path leaves the table's folder", "copy the files beside the table and give relative paths")
    try:
        path = (folder / cell).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise leaves
        if path.is_file():
            return path
        is_folder = path.is_dir()
    except (OSError, ValueError, RuntimeError) as impossible:  # too long, a null byte, a loop of links, no permission
        raise PictureError("the path is no path", "write the name of a file, relative to the table") from impossible
    if is_folder:
        raise PictureError("the path is a folder", "name one image file per row")
    raise PictureError("no such file", "mend the path, which starts at the table's folder, or remove the row")


def refuse_size(height: int, width: int) -> None:
    """Raise PictureError for a size that is nothing to look at, or too much to decode."""
    if min(height, width) < SMALLEST_SIDE:
        raise PictureError(f"less than {SMALLEST_SIDE} pixels high or wide", "export the image again, or remove the row")
    _refuse_impossible(height, width)


def _refuse_impossible(height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise PictureError(
            f"the file claims more than {MOST_PIXELS // 10**6} million pixels", "shrink the image first, or cut it into tiles"
        )


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(132)
    if not start:
        raise PictureError("the file is empty", "export the image again, or remove the row")
    return start[128:] == b"DICM" or (path.suffix.lower() in (".dcm", ".dicom") and start[:2] in (b"\x08\x00", b"\x02\x00"))


@contextmanager
def _faults_in_words() -> Iterator[None]:
    """Decoders raise nearly anything on broken bytes: every one of their exceptions becomes a PictureError."""
    breaks_off = PictureError("the file breaks off or is damaged", "copy or export it again")
    try:
        yield
    except (PictureError, InputError, MemoryError):
        raise
    except UnidentifiedImageError as unknown:
        known = "PNG, JPEG, TIFF, BMP, GIF, WebP or DICOM"
        raise PictureError("the file is no image that can be read", f"save it as {known}, or remove the row") from unknown
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureError(
            f"the file claims more than {MOST_PIXELS // 10**6} million pixels", "shrink the image first, or cut it into tiles"
        ) from bomb
    except PermissionError as closed:
        raise PictureError("no permission to read the file", "allow reading it") from closed
    except Exception as fault:  # the boundary to four decoding libraries; see the docstring
        raise breaks_off from fault


def _array(image: Image.Image) -> NDArray[Any]:
    """Pixels of a loaded image in its file's orientation."""
    colour: NDArray[Any]
    if image.mode in GREY_16:
        return _sixteen_bits(image)
    if image.mode in ("F", "LAB", "HSV"):
        raise PictureError(f"pixels of type {image.mode} have no known range", "save the image with 8 or 16 bits, grey or RGB")
    if image.mode in ("LA", "La") or (image.mode in ("1", "L") and "transparency" in image.info):
        grey, alpha = np.moveaxis(np.asarray(image.convert("LA"), np.uint16), -1, 0)
        return np.asarray((grey * alpha + 127) // 255, np.uint8)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    if image.mode in ("RGBA", "RGBa", "PA") or "transparency" in image.info:
        four = np.asarray(image.convert("RGBA"), np.uint16)
        colour = ((four[..., :3] * four[..., 3:] + 127) // 255).astype(np.uint8)
    else:
        colour = np.asarray(image.convert("RGB"))
    return colour[..., 0] if image.mode in ("P", "PA") and _grey_palette(image) else colour


def _sixteen_bits(image: Image.Image) -> NDArray[np.uint16]:
    values = np.asarray(image)
    if values.size and (values.min() < 0 or values.max() > 65_535):
        raise PictureError("grey values outside 0 to 65,535", "save the image with 8 or 16 bits, unsigned")
    values = values.astype(np.uint16)
    tags: Any = getattr(image, "tag_v2", {})  # TIFF only
    inverted = tags.get(PHOTOMETRIC) == 0  # Pillow inverts 8 bits itself, and 16 not
    return (65_535 - values).astype(np.uint16) if inverted else values


def _grey_palette(image: Image.Image) -> bool:
    colours = np.array(image.getpalette() or [0, 0, 1]).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _orientation(image: Image.Image) -> int:
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # asking further would decode the pixels
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged EXIF data: whatever its parser raises, the pixels are whole
        return 1


def _turned(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turned as EXIF orientation 1 to 8 wants it: quarter turns, then mirrored left to right."""
    quarters, mirrored = TURNS.get(orientation, (0, False))
    pixels = np.rot90(pixels, quarters)
    return pixels[:, ::-1] if mirrored else pixels
