"""Image files as no exporter should write them, and as some do. Every file is made again by its dice.

In: a path without a suffix, and dice. Out: a file, and a word for what is strange about it.
"""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

PHOTOMETRIC = ("MONOCHROME1", "MONOCHROME2", "RGB", "YBR_FULL", "YBR_FULL_422", "PALETTE COLOR", "HSV", "ARGB", "", "grey")
TAGS = ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
        "PhotometricInterpretation", "PixelData")  # fmt: skip
ODD_NUMBERS = ("0", "1", "3", "7", "12", "16", "17", "64", "65535")


def sound(rng: np.random.Generator, bright: bool = False, side: int = 20) -> np.ndarray:
    """Grey noise [side, side] uint8, with a bright square where told."""
    pixels = rng.integers(60, 140, (side, side))
    if bright:
        pixels[4:12, 4:12] += 100
    return pixels.astype(np.uint8)


def strange(stem: Path, dice: random.Random) -> tuple[str, str]:
    """Write one strange file. Returns its name and its kind."""
    kind = dice.choice(list(KINDS))
    suffix, raw = KINDS[kind](dice)
    path = stem.with_suffix(suffix)
    path.write_bytes(raw)
    return path.name, kind


def _pixels(dice: random.Random, shape: tuple[int, ...], dtype: type = np.uint8) -> np.ndarray:
    rng = np.random.default_rng(dice.randrange(2**32))
    if np.issubdtype(dtype, np.floating):
        return (rng.normal(size=shape) * 10 ** dice.randint(-3, 6)).astype(dtype)
    return rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def _encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def _grey(dice: random.Random) -> Image.Image:
    return Image.fromarray(_pixels(dice, (dice.randint(1, 40), dice.randint(1, 40))))


def _truncated(dice: random.Random) -> tuple[str, bytes]:
    suffix, form = dice.choice(((".png", "PNG"), (".jpg", "JPEG"), (".tif", "TIFF"), (".bmp", "BMP"), (".gif", "GIF")))
    raw = _encoded(_grey(dice), form)
    return suffix, raw[: dice.randrange(len(raw))]


def _flipped(dice: random.Random) -> tuple[str, bytes]:
    suffix, form = dice.choice(((".png", "PNG"), (".jpg", "JPEG"), (".tif", "TIFF"), (".webp", "WEBP"), (".gif", "GIF")))
    raw = bytearray(_encoded(_grey(dice), form))
    for _ in range(dice.choice((1, 3, 20))):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return suffix, bytes(raw)


def _text(dice: random.Random) -> tuple[str, bytes]:
    return dice.choice((".png", ".jpg", ".dcm", ".tif")), dice.choice((b"", b"\0", b"Dear colleague", b"\0" * 200, b"<svg/>"))


def _claimed(dice: random.Random) -> tuple[str, bytes]:
    """A PNG that claims to be of another size, depth or colour than its data are."""
    wide, tall = dice.choice((1, 20, 9000, 50_000, 2**31 - 1)), dice.choice((1, 20, 9000, 2**31 - 1))
    told = struct.pack(">IIBBBBB", wide, tall, dice.choice((1, 2, 4, 8, 16, 5)), dice.choice((0, 2, 3, 4, 6, 1)), 0, 0, 0)
    chunks = ((b"IHDR", told), (b"IDAT", zlib.compress(bytes(dice.choice((10, 420, 100_000))))), (b"IEND", b""))
    parts = [struct.pack(">I", len(c)) + name + c + struct.pack(">I", zlib.crc32(name + c)) for name, c in chunks]
    return ".png", b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _channels(dice: random.Random) -> tuple[str, bytes]:
    mode = dice.choice(("1", "LA", "RGBA", "CMYK", "YCbCr", "LAB", "F", "I", "I;16", "P"))
    size = dice.randint(3, 30), dice.randint(3, 30)
    if mode in ("F", "I"):
        return ".tif", _encoded(Image.fromarray(_pixels(dice, size, np.float32 if mode == "F" else np.int32)), "TIFF")
    if mode == "I;16":
        return dice.choice(((".png", "PNG"), (".tif", "TIFF")))[0], _encoded(
            Image.fromarray(_pixels(dice, size, np.uint16)), dice.choice(("PNG", "TIFF"))
        )
    if mode == "P":
        image = Image.fromarray(_pixels(dice, (*size, 3))).quantize(dice.choice((2, 5, 256)))
        return ".png", _encoded(image, "PNG", **dice.choice(({}, {"transparency": 0}, {"transparency": bytes(range(200))})))
    image = Image.fromarray(_pixels(dice, (*size, 4)))
    if mode not in ("RGBA", "LA"):
        image = image.convert("RGB")
    converted = image.convert(mode) if mode != "LAB" else Image.merge("LAB", image.split())
    form = "TIFF" if mode in ("CMYK", "YCbCr", "LAB") else "PNG"
    return (".tif" if form == "TIFF" else ".png"), _encoded(converted, form)


def _frames(dice: random.Random) -> tuple[str, bytes]:
    suffix, form = dice.choice(((".gif", "GIF"), (".tif", "TIFF"), (".png", "PNG"), (".webp", "WEBP")))
    more = [_grey(dice) for _ in range(dice.randint(1, 3))]
    if form != "TIFF":
        more = [Image.fromarray(_pixels(dice, (12, 12))) for _ in more]
    return suffix, _encoded(more[0], form, save_all=True, append_images=more[1:])


def _turned(dice: random.Random) -> tuple[str, bytes]:
    exif = Image.Exif()
    exif[0x0112] = dice.choice((0, 1, 2, 3, 5, 6, 8, 9, 65_535))
    raw = bytearray(_encoded(_grey(dice), "JPEG", exif=exif))
    if dice.random() < 0.5:
        raw[dice.randrange(4, 60)] = dice.randrange(256)
    return ".jpg", bytes(raw)


def _tiff(dice: random.Random) -> tuple[str, bytes]:
    tags = {262: dice.choice((0, 1, 2, 3, 5, 6, 8, 32_803)), 274: dice.choice((1, 6, 9)), 339: dice.choice((1, 2, 3, 4))}
    chosen = dict(dice.sample(sorted(tags.items()), dice.randint(1, 3)))
    dtype = dice.choice((np.uint8, np.uint16))
    return ".tif", _encoded(Image.fromarray(_pixels(dice, (12, 12), dtype)), "TIFF", tiffinfo=chosen)


def _dicom(dice: random.Random) -> tuple[str, bytes]:
    """A secondary capture, some of whose tags are gone, odd or at war with its pixels."""
    import warnings

    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = Dataset()
        told.file_meta = FileMetaDataset()
        told.file_meta.TransferSyntaxUID = dice.choice((ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit))
        told.Rows, told.Columns, told.SamplesPerPixel, told.PixelRepresentation = 12, 12, 1, 0
        told.BitsAllocated, told.BitsStored, told.HighBit, told.PhotometricInterpretation = 16, 12, 11, "MONOCHROME2"
        pixels = _pixels(dice, (12, 12), np.uint16).tobytes()
        packed = told.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
        told.add_new("PixelData", "OB" if packed else "OW", encapsulate([pixels]) if packed else pixels)
        told["PixelData"].is_undefined_length = packed
        _misdeclare(told, dice)
        file = io.BytesIO()
        implicit = told.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
        told.save_as(file, enforce_file_format=False, implicit_vr=implicit, little_endian=True)
    raw = file.getvalue()
    raw = raw if raw[128:132] == b"DICM" else bytes(128) + b"DICM" + raw
    return ".dcm", raw[: dice.choice((len(raw), len(raw), dice.randrange(len(raw))))]


def _misdeclare(told: Any, dice: random.Random) -> None:
    for _ in range(dice.choice((0, 1, 1, 2, 3))):
        match dice.randrange(6):
            case 0:
                name = dice.choice(TAGS)
                if name in told:
                    del told[name]
            case 1:
                told.PhotometricInterpretation = dice.choice(PHOTOMETRIC)
            case 2:
                setattr(told, dice.choice(TAGS[:7]), int(dice.choice(ODD_NUMBERS)))
            case 3:
                told.NumberOfFrames = dice.choice((0, 1, 2, 100_000))
            case 4:
                told.WindowCenter, told.WindowWidth = dice.choice((40, 0, [1, 2])), dice.choice((400, 0, -5, [1, 2]))
                told.VOILUTFunction = dice.choice(("LINEAR", "SIGMOID", "LINEAR_EXACT", "nonsense"))
            case _:
                told.RescaleSlope, told.RescaleIntercept = dice.choice((0, 1, -1, 1e300)), dice.choice((0, -1024, 1e300))


KINDS: dict[str, Callable[[random.Random], tuple[str, bytes]]] = {
    "truncated": _truncated,
    "flipped bytes": _flipped,
    "text": _text,
    "claimed size": _claimed,
    "channels": _channels,
    "frames": _frames,
    "turned": _turned,
    "tiff tags": _tiff,
    "dicom": _dicom,
}
