"""In which letters is a text file written? In: its bytes. Out: its text, and the encoding's name."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

MARKS = (  # byte-order marks; UTF-32 is not looked for: nobody writes it
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 65_536  # bytes looked at to tell one encoding from another
COMMON_HANZI = 0.6  # share of pairs in GB 2312's first level (lead bytes B0 to D7) from which letters are taken as Chinese


@dataclass(frozen=True, slots=True)
class Text:
    """The contents of a text file and the encoding it was read by."""

    content: str
    encoding: str


def decode(raw: bytes) -> Text:
    """The text of a file: by its byte-order mark, as UTF-8, or else as UTF-16, GBK or Latin-1, whichever its bytes look like.

    Raises UnicodeDecodeError if the bytes are cut off in the middle of a UTF-16 letter.
    """
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return Text(raw.decode(encoding), "UTF-8 with a byte-order mark" if encoding == "utf-8-sig" else "UTF-16")
    try:
        content = raw.decode("utf-8")
    except UnicodeDecodeError:
        content = ""
    else:
        if "\0" not in content:
            return Text(content, "UTF-8")
    unmarked = _utf16_without_mark(raw)
    if unmarked:
        return Text(raw.decode(unmarked), "UTF-16")
    if content:
        return Text(content, "UTF-8")
    return _in_a_national_code(raw)


def _utf16_without_mark(raw: bytes) -> str | None:
    """Separators, digits and line ends are ASCII: in UTF-16 every other byte of theirs is zero."""
    sample = raw[:SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.2 * len(sample) / 2 or len(raw) % 2:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _in_a_national_code(raw: bytes) -> Text:
    if _looks_chinese(raw[:SAMPLE]):
        try:
            return Text(raw.decode("gb18030"), "GBK")
        except UnicodeDecodeError:
            pass
    try:
        return Text(raw.decode("cp1252"), "Latin-1")  # Windows' superset of Latin-1
    except UnicodeDecodeError:
        return Text(raw.decode("latin-1"), "Latin-1")


def _looks_chinese(sample: bytes) -> bool:
    """Chinese letters are pairs of high bytes, most of them in GB 2312's first level; umlauts mostly stand alone."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    pairs = [run[i] for run in runs if len(run) % 2 == 0 for i in range(0, len(run), 2)]
    singles = sum(len(run) % 2 for run in runs[:-1])  # the sample may cut the last run
    common = sum(0xB0 <= lead <= 0xD7 for lead in pairs)
    return bool(pairs) and singles <= 0.1 * len(runs) and common >= COMMON_HANZI * len(pairs)
