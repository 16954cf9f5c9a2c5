"""A running server, as the doctor reaches it: over HTTP, and as a stream. Blocking, and bounded in time and size."""

import base64
import hashlib
import re
import secrets
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final, Self
from urllib.parse import urlsplit

#: Seconds for connecting, and for the head of an answer.
PATIENCE: Final = 5.0
#: The most bytes of a head and of a body that are read.
LARGEST: Final = 64 * 1024

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, and as much of its body as had come by then.

    date  as its header says; None where there is none
    """

    status: int
    headers: Message
    begun: bytes = b""

    @property
    def code(self) -> str:
        """The word of a monitor's refusal; empty where it is none."""
        found = re.search(rb'"code":\s*"(\w+)"', self.begun)
        return found[1].decode() if found else ""

    @property
    def is_ours(self) -> bool:
        """Whether it looks as if a monitor had given it, whatever stands in front of it."""
        return self.headers.get("Server") == "monitor" or bool(self.code) or "X-Request-Id" in self.headers


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is.

    base      of its addresses: http://localhost:4000, or https://example.org/monitor
    token     that opens it; empty where none is needed
    verified  its certificate has to be good; not where one speaks to oneself, by another name
    """

    base: str
    token: str = field(default="", repr=False)
    verified: bool = True

    @classmethod
    def of(cls, url: str, token: str = "") -> Self:
        """Read the address that people use. Raises ValueError with what it must be like."""
        parts = urlsplit(url.strip().rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username is not None:
            raise ValueError(f"{url!r} must be like https://example.org or https://example.org/monitor")
        _ = parts.port  # raises ValueError where it is none
        return cls(parts.geturl(), token)

    @contextmanager
    def ask(self, path: str, headers: Mapping[str, str]) -> Iterator[tuple[Answer, socket.socket]]:
        """Send a GET, and yield the head of the answer and the connection. Raises OSError."""
        parts = urlsplit(self.base)
        is_secure = parts.scheme == "https"
        host = parts.hostname or ""
        connection = socket.create_connection((host, parts.port or (443 if is_secure else 80)), PATIENCE)
        with connection:
            if is_secure:
                connection = self._context().wrap_socket(connection, server_hostname=host)
            with connection:
                lines = [f"GET {parts.path}{path} HTTP/1.1", f"Host: {parts.netloc}", "User-Agent: monitor-doctor"]
                lines += [f"{name}: {value}" for name, value in headers.items()]
                lines += [f"Authorization: Bearer {self.token}"] if self.token else []
                connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
                yield _head(connection), connection

    def get(self, path: str) -> Answer:
        """Return the answer with its body. Raises OSError."""
        with self.ask(path, {"Connection": "close", "Accept": "application/json"}) as (answer, connection):
            return whole(answer, connection)

    def upgrade(self, path: str) -> "Upgrade":
        """Return a WebSocket handshake, as a page of this origin would make it."""
        parts = urlsplit(self.base)
        return Upgrade(self, path, f"{parts.scheme}://{parts.netloc}")

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.verified:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A WebSocket handshake to be made."""

    place: Place
    path: str
    origin: str

    @contextmanager
    def made(self) -> Iterator[tuple[Answer, socket.socket]]:
        """Make it, and yield the head of the answer and the connection. Raises OSError."""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        headers = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
            "Origin": self.origin,
        }
        with self.place.ask(self.path, headers) as (answer, connection):
            wanted = base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()
            if answer.status == 101 and answer.headers.get("Sec-WebSocket-Accept") != wanted:
                raise ConnectionError("101 without the right Sec-WebSocket-Accept: somebody else answers")
            yield answer, connection


def whole(answer: Answer, connection: socket.socket) -> Answer:
    """Return the answer with its body; with as much of it as comes, where it does not say how long it is."""
    try:
        size = min(int(answer.headers.get("Content-Length", LARGEST)), LARGEST)
    except ValueError:
        size = LARGEST
    body = b""
    try:
        for piece in received(connection, answer.begun, PATIENCE):
            body += piece
            if len(body) >= size or body.endswith(b"\r\n0\r\n\r\n"):
                break
    except (TimeoutError, ConnectionError):
        pass
    return Answer(answer.status, answer.headers, body)


def received(connection: socket.socket, begun: bytes, seconds: float) -> Iterator[bytes]:
    """Yield what comes within so many seconds, after what has come. Raises OSError; TimeoutError for the end."""
    if begun:
        yield begun
    end = time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(LARGEST)
        if not piece:
            raise ConnectionError("the connection was closed")
        yield piece


def _head(connection: socket.socket) -> Answer:
    data = b""
    for piece in received(connection, b"", PATIENCE):
        data += piece
        head, ended, begun = data.partition(b"\r\n\r\n")
        if ended or len(data) > LARGEST:
            break
    first, _, rest = head.partition(b"\r\n")
    found = re.fullmatch(rb"HTTP/1\.[01] (\d{3})(?: .*)?", first)
    if not ended or not found:
        raise ConnectionError("an answer that is not HTTP")
    return Answer(int(found[1]), BytesHeaderParser().parsebytes(rest), begun)
