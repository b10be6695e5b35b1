from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from iatros.cases.download import Source, fetch
from iatros.findings import InputError

CONTENT = bytes(range(256)) * 4096  # 1 MB
MD5 = hashlib.md5(CONTENT).hexdigest()


class Server:
    """A local server that can break off, ignore ranges, or send too much."""

    def __init__(self, content=CONTENT, ranges=True, break_after=0, breaks=0, length=True):
        self.content, self.ranges, self.break_after, self.breaks, self.length = content, ranges, break_after, breaks, length
        self.asked = []

    def __enter__(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/set.npz"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, request):
        wanted = request.headers.get("Range", "")
        self.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted and self.ranges else 0
        if start >= len(self.content) > 0:
            request.send_error(416)
            return
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if self.length:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if self.breaks:
            self.breaks -= 1
            body = body[: self.break_after]
        request.wfile.write(body)


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_fetched_once_verified_and_told_of(tmp_path):
    told = []
    with Server() as server:
        source = Source(server.url, md5=MD5, sha256=hashlib.sha256(CONTENT).hexdigest(), bytes=len(CONTENT))
        place = fetch(source, tmp_path / "set.npz", lambda done, total: told.append((done, total)))
        fetch(source, place)
    assert place.read_bytes() == CONTENT
    assert server.asked == [""]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert left(tmp_path) == ["set.npz"]


def test_a_wrong_checksum_leaves_nothing_behind(tmp_path):
    with Server(content=CONTENT[::-1]) as server, pytest.raises(InputError, match="checksum"):
        fetch(Source(server.url, md5=MD5), tmp_path / "set.npz")
    assert left(tmp_path) == []


def test_a_broken_connection_is_gone_on_with_where_it_broke(tmp_path):
    with Server(break_after=300_000, breaks=2) as server:
        place = fetch(Source(server.url, md5=MD5), tmp_path / "set.npz")
    assert place.read_bytes() == CONTENT
    assert server.asked == ["", "bytes=300000-", "bytes=600000-"]


def test_a_server_without_ranges_starts_over(tmp_path):
    with Server(ranges=False, break_after=300_000, breaks=1) as server:
        assert fetch(Source(server.url, md5=MD5), tmp_path / "set.npz").read_bytes() == CONTENT


def test_a_download_that_never_ends_is_given_up_and_gone_on_with_later(tmp_path):
    with Server(break_after=1_000, breaks=4) as server:
        with pytest.raises(InputError, match="broke off after 4,000 bytes"):
            fetch(Source(server.url, md5=MD5), tmp_path / "set.npz")
        assert left(tmp_path) == [".set.npz.part"]
        assert fetch(Source(server.url, md5=MD5), tmp_path / "set.npz").read_bytes() == CONTENT
        assert server.asked[-1] == "bytes=4000-"


def test_a_part_of_another_version_is_thrown_away(tmp_path):
    (tmp_path / ".set.npz.part").write_bytes(b"\1" * 5000)
    with Server() as server:
        assert fetch(Source(server.url, md5=MD5), tmp_path / "set.npz").read_bytes() == CONTENT
        assert server.asked == ["bytes=5000-", ""]


def test_a_part_that_is_complete_already_needs_no_more(tmp_path):
    (tmp_path / ".set.npz.part").write_bytes(CONTENT)
    with Server() as server:
        assert fetch(Source(server.url, md5=MD5), tmp_path / "set.npz").read_bytes() == CONTENT


@pytest.mark.parametrize("length", [True, False])
def test_more_bytes_than_agreed_are_not_taken(tmp_path, length):
    with Server(length=length) as server, pytest.raises(InputError, match="bytes"):
        fetch(Source(server.url, md5=MD5, limit=100_000), tmp_path / "set.npz")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000


def test_a_truncated_file_of_a_server_that_tells_no_length_is_found_out(tmp_path):
    with Server(content=CONTENT[:-10], length=False) as server, pytest.raises(InputError, match="checksum"):
        fetch(Source(server.url, md5=MD5), tmp_path / "set.npz")
    assert left(tmp_path) == []


@pytest.mark.parametrize("url", ["http://example.org/a.npz", "file:///etc/passwd", "ftp://example.org/a"])
def test_only_secure_addresses_are_asked(tmp_path, url):
    with pytest.raises(InputError, match="not a secure address"):
        fetch(Source(url, md5=MD5), tmp_path / "a")


def test_nobody_there_is_said_in_words(tmp_path):
    with Server() as server:
        url = server.url
    with pytest.raises(InputError, match="broke off after 0 bytes"):
        fetch(Source(url, md5=MD5), tmp_path / "a", timeout=1)
