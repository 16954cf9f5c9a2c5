"""What the tests of the doctor share: a server that says what a test gives it, and certificates."""

import re
import socket
import socketserver
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha1
from pathlib import Path

from monitor.doctor.finding import Finding
from monitor.encoder import websocket_text

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
FRAME = websocket_text(b'{"timestamp":1.0}')
EVENT = b'data: {"timestamp":1.0}\n\n'
#: Takes a request's head and returns the pieces of the answer.
Script = Callable[[bytes], list[bytes]]


@contextmanager
def saying(script: Script, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Answer each connection as the script says; after an empty piece it ends, else when the client hangs up."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(30)
            with suppress(OSError):
                if context is None:
                    self._answer(self.request)
                else:
                    with context.wrap_socket(self.request, server_side=True) as secure:
                        self._answer(secure)

        def _answer(self, connection: socket.socket) -> None:
            head = connection.recv(65536)  # on loopback, a request of one write comes in one piece
            for piece in script(head):
                if not piece:
                    return
                connection.sendall(piece)
            while connection.recv(65536):
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            serving.join(10)


def switched(head: bytes) -> bytes:
    """Return the head of the answer to a right handshake."""
    found = re.search(rb"Sec-WebSocket-Key: (\S+)", head)
    assert found
    accept = b64encode(sha1(found[1] + GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
        b"Sec-WebSocket-Accept: %s\r\nServer: monitor\r\n\r\n" % accept
    )


def answer(status: int, body: bytes = b"", *headers: bytes) -> list[bytes]:
    """Return a whole answer, after which the connection ends."""
    lines = [b"HTTP/1.1 %d Whatever" % status, b"Content-Length: %d" % len(body), *headers]
    return [b"\r\n".join([*lines, b"", b""]) + body, b""]


def states(findings: Iterator[Finding] | list[Finding]) -> list[tuple[str, str]]:
    """Return check and state of each."""
    return [(each.check, str(each.state)) for each in findings]


def certificate(folder: Path, name: str = "localhost", made_on: str = "") -> tuple[str, str]:
    """Make a self-signed certificate for 90 days, as if it were that day; return its file and its key's."""
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["faketime", made_on] if made_on else []
    command += ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(made), "-subj", f"/CN={name}", "-days", "90"]
    subprocess.run([*command, "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True, timeout=60)
    key.chmod(0o600)
    return str(made), str(key)
