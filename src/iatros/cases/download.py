"""Bring a public file here, whole and verified, or not at all.

In: an address and a checksum. Out: the file in its place. An interrupted download is gone on with; what does not have its
checksum is thrown away; the file appears under its name only when it is complete.
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from iatros.findings import Finding, InputError

TIMEOUT = 30.0  # seconds without a byte
ATTEMPTS = 4  # connections, each going on where the last one broke off
BLOCK = 2**18  # bytes read at a time
LOCAL = ("localhost", "127.0.0.1", "::1")  # the only hosts that may speak plain http

Told = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file is, and what it must be. md5, sha256: hexadecimal, at least one of them; bytes: None if not known."""

    url: str
    md5: str = ""
    sha256: str = ""
    bytes: int | None = None
    limit: int = 2**32


def fetch(source: Source, place: Path, told: Told | None = None, timeout: float = TIMEOUT) -> Path:
    """The file at `place`, downloaded unless it is there already. told: called with bytes so far and in all.

    Raises InputError where the server cannot be reached, or what it sends is too large or has another checksum.
    """
    if place.is_file():
        return place
    _secure(source.url)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part")
    for fresh in (False, True):  # a part left by an earlier run may belong to another version of the file
        resumed = part.exists() and not fresh
        _complete(source, part, told, timeout)
        if _verified(source, part):
            part.replace(place)
            return place
        part.unlink()
        if not resumed:
            break
    raise _failed(source, "what was downloaded has another checksum than it should", "try again; if it stays, report it")


def _complete(source: Source, part: Path, told: Told | None, timeout: float) -> None:
    """Go on with a part until all of it is here."""
    fault: Exception | None = None
    for _ in range(ATTEMPTS):
        before = part.stat().st_size if part.exists() else 0
        try:
            if _receive(source, part, told, timeout):
                return
        except (urllib.error.URLError, http.client.HTTPException, OSError) as wrong:
            fault = wrong
            if isinstance(wrong, urllib.error.HTTPError) and wrong.code < 500:
                break
        if part.exists() and part.stat().st_size <= before and fault is None:
            break  # the server ends at the same place every time
    got = part.stat().st_size if part.exists() else 0
    why = _reason(fault)
    raise _failed(source, f"the download broke off after {got:,} bytes{why}", "the same command goes on from there") from fault


def _receive(source: Source, part: Path, told: Told | None, timeout: float) -> bool:
    """One connection. True if the file is complete afterwards, as far as the server tells."""
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(source.url, headers={"User-Agent": "iatros", "Accept-Encoding": "identity"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        answer = _opener().open(request, timeout=timeout)
    except urllib.error.HTTPError as wrong:
        if start and wrong.code == 416:  # nothing is left to send: complete, or another file, which the checksum tells
            return True
        raise
    with answer:
        if answer.status != 206:
            start = 0  # a server that knows no ranges sends all of it
        total = _total(answer, start) or source.bytes
        if total is not None and total > source.limit:
            raise _failed(source, f"it is {total:,} bytes; the limit is {source.limit:,}", "report it")
        with part.open("ab" if start else "wb") as file:
            size = _copy(answer, file, start, total, source, told)
    return total is None or size >= total


def _copy(answer: Any, file: Any, start: int, total: int | None, source: Source, told: Told | None) -> int:
    """Any: urllib's answer and an open file. Returns the size of the part afterwards, in bytes."""
    size = start
    while block := answer.read(BLOCK):
        size += len(block)
        if size > (total if total is not None else source.limit):
            raise _failed(source, f"the server sends more than {total or source.limit:,} bytes", "try again later")
        file.write(block)
        if told is not None:
            told(size, total)
    return size


def _total(answer: Any, start: int) -> int | None:
    """Size of the whole file as the server tells it, in bytes. Any: urllib's answer."""
    length = answer.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


class _OnlySecure(urllib.request.HTTPRedirectHandler):
    """Follows no redirection to plain http."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:  # Any: as urllib
        _secure(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_OnlySecure())


def _secure(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise InputError(
            Finding("error", f"{parts.scheme}://{parts.hostname} is not a secure address", "use https", check="download")
        )


def _verified(source: Source, part: Path) -> bool:
    if source.bytes is not None and part.stat().st_size != source.bytes:
        return False
    wanted = [("md5", source.md5), ("sha256", source.sha256)]
    return any(digest for _, digest in wanted) and all(_digest(part, kind) == digest for kind, digest in wanted if digest)


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()


def _reason(fault: Exception | None) -> str:
    if fault is None:
        return ""
    return f" ({getattr(fault, 'reason', None) or fault or type(fault).__name__})"


def _failed(source: Source, what: str, todo: str) -> InputError:
    name = Path(urlsplit(source.url).path).name
    return InputError(Finding("error", f"{name} from {urlsplit(source.url).hostname}: {what}", todo, check="download"))
