"""Bodies and requests that make no sense, against a real server. `pytest -s` prints what each costs it."""

import gzip
import socket
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server import Server

#: Seconds and bytes for each; the machine that tests may be busy with others, so that the time has slack.
SECONDS, SLACK = 0.5, 10
BYTES = 20 * 2**20
REQUESTS = 10_000
LOG_BYTES = 100_000

JSON = b"Content-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n"
FORM = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nCPU?\r\n--x--\r\n'
RIGHT = b'{"prompt":"CPU?"}'


def posted(body: bytes, headers: bytes = JSON, size: bytes | None = None) -> bytes:
    """Return a question with this body."""
    length = b"" if headers is CHUNKED else b"Content-Length: %s\r\n" % (size or b"%d" % len(body))
    return b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\n" + headers + length + b"\r\n" + body


def charset(name: str) -> bytes:
    return JSON.replace(b"\r\n", f"; charset={name}\r\n".encode())


def encoding(name: str) -> bytes:
    return JSON + f"Content-Encoding: {name}\r\n".encode()


def bomb(megabytes: int, wbits: int) -> bytes:
    """Return so many megabytes of zeros, compressed; made of one megabyte, because that is quicker."""
    packer = zlib.compressobj(9, wbits=wbits)
    first, again = (packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (megabytes - 1) + packer.flush()


BAD = {
    "100,000 arrays, one in the other": posted(b"[" * 100_000),
    "60,000 arrays in the prompt": posted(b'{"prompt":' + b"[" * 60_000),
    "10,000 objects": posted(b'{"prompt":' * 5_000),
    "an integer of 10,000 digits": posted(b'{"prompt":"CPU?","max_tokens":' + b"9" * 10_000 + b"}"),
    "an exponent of 10,000 digits": posted(b'{"prompt":"CPU?","max_tokens":1e' + b"9" * 10_000 + b"}"),
    "utf-7": posted(RIGHT, charset("utf-7")),
    "utf-16": posted(RIGHT.decode().encode("utf-16"), charset("utf-16")),
    "utf-16 that says nothing": posted(RIGHT.decode().encode("utf-16")),
    "a charset that is none": posted(RIGHT, charset("klingon")),
    "a charset that is code": posted(RIGHT, charset("unicode_escape")),
    "latin-1": posted(b'{"prompt":"\xe9"}'),
    "broken gzip": posted(b"\x1f\x8b\x08\x00what is this", encoding("gzip")),
    "gzip, cut": posted(gzip.compress(RIGHT)[:-6], encoding("gzip")),
    "gzip": posted(gzip.compress(RIGHT), encoding("gzip")),
    "a gzip bomb, 500 MB": posted(bomb(500, 31), encoding("gzip")),
    "a gzip bomb, 50 MB in 50 KB": posted(bomb(50, 31), encoding("gzip")),
    "a deflate bomb": posted(bomb(50, 15), encoding("deflate")),
    "brotli": posted(b"\x8b\x03\x80abc\x03", encoding("br")),
    "an encoding that is none": posted(RIGHT, encoding("what")),
    "truncated": posted(RIGHT[:-5]),
    "a byte order mark": posted(b"\xef\xbb\xbf" + RIGHT),
    "NaN": posted(b'{"prompt":"CPU?","max_tokens":NaN}'),
    "a key twice": posted(b'{"prompt":"CPU?","prompt":"RAM?"}'),
    "a lone surrogate": posted(b'{"prompt":"\\ud800"}'),
    "a surrogate in UTF-8": posted(b'{"prompt":"\xed\xa0\x80"}'),
    "NUL": posted(b'{"prompt":"\x00"}'),
    "a huge length": posted(b"", size=b"999999999999999999"),
    "a length of 5,000 digits": posted(b"", size=b"9" * 5000),
    "a negative length": posted(b"", size=b"-1"),
    "two lengths": posted(RIGHT, JSON + b"Content-Length: 3\r\n"),
    "chunks that are none": posted(b"what is this\r\n", CHUNKED),
    "a chunk of 2^68 bytes": posted(b"f" * 17 + b"\r\n", CHUNKED),
    "a chunk that is too big": posted(b"fffffff\r\n" + b"x" * 100_000, CHUNKED),
    "multipart": posted(FORM, b"Content-Type: multipart/form-data; boundary=x\r\n"),
    "a form": posted(b"prompt=CPU", b"Content-Type: application/x-www-form-urlencoded\r\n"),
    "text": posted(RIGHT, b"Content-Type: text/plain\r\n"),
    "nothing": posted(b""),
    "null": posted(b"null"),
    "a list": posted(b"[]"),
}
MALFORMED = [
    b"GARBAGE\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00",
    b"GET / HTTP/9.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\n\r\n",
    b"GET /api/ws/metrics HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /api/history?since=1e999&since=2 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    *(sent for sent in BAD.values() if len(sent) < 2000),
]


@pytest.fixture(scope="module")
def calm() -> Iterator[Server]:
    """A server that has answered before."""
    with Server() as server:
        server.frame()
        answered(server.port, posted(RIGHT[:-1]))
        yield server


def answered(port: int, sent: bytes) -> tuple[bytes, float]:
    """Return what the server answers, up to the end of the head, and the seconds until then."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        began = time.monotonic()
        got = b""
        try:
            connection.sendall(sent)
            while b"\r\n\r\n" not in got and (more := connection.recv(65536)):
                got += more
        except ConnectionError:
            pass  # it had heard enough; what it said before counts
        return got, time.monotonic() - began


def peak(pid: int, *, anew: bool = False) -> int:
    """Return the most resident memory in bytes, from now on where that is asked for."""
    if anew:
        Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_body_is_refused_soon_and_cheaply(calm: Server, kind: str) -> None:
    before = peak(calm.pid, anew=True)
    got, seconds = answered(calm.port, BAD[kind])
    grown = peak(calm.pid) - before
    status = got.split(b" ", 2)[1].decode()
    print(f"\n{kind}: {status} after {seconds * 1000:.1f} ms, {grown / 2**20:.1f} MB", end="")
    assert status in ("400", "413", "415")
    assert b"Server: monitor\r\n" in got
    assert seconds < SECONDS * SLACK
    assert grown <= BYTES
    assert "Traceback" not in calm.log


@pytest.mark.parametrize("level", ["info", "warning"])
def test_ten_thousand_malformed_requests_leave_little_in_the_log(level: str) -> None:
    with Server("--log-level", level) as server:
        server.frame()
        for number in range(REQUESTS):
            got, _ = answered(server.port, MALFORMED[number % len(MALFORMED)])
            assert got.split(b" ", 2)[1].startswith(b"4"), MALFORMED[number % len(MALFORMED)][:100]
        assert server.frame()
        server.stop()
        log = server.log
    print(f"\n{REQUESTS} malformed requests at level {level}: {len(log)} bytes of log", end="")
    assert len(log) <= LOG_BYTES
    assert "Traceback" not in log
