"""One client: a connection, its handshake, its frames."""

import socket
import sys
from contextlib import suppress
from typing import Final

from monitor.load.target import Target
from monitor.load.wire import CLOSE, FRAME, PING, PONG, REQUEST, TEXT, answer, split, status

#: Clients a loopback address: an address has ports for 28,000, and servers may allow one address few connections.
PER_ADDRESS: Final = 100
#: Seconds for the kernel to connect: no program takes part in that, unless its backlog is full.
PATIENCE: Final = 20.0
#: Bytes that the kernel takes in for a client that does not read: soon full.
SMALL_BUFFER: Final = 4096

_MOST_AT_ONCE: Final = 1 << 16


class Refused(Exception):
    """The handshake was answered with something else than a WebSocket; says with what."""


class Client:
    """A connection whose request has been sent; non-blocking from then on.

    query      which of the target's paths it asked for
    is_stuck   it reads up to its first frame, and then never again
    is_open    the handshake is done and nobody has hung up
    frames     how many it has had since the count began; pings likewise
    timestamp  of its newest frame, Unix time in seconds; None before the first
    arrived    when that one came, monotonic seconds
    """

    __slots__ = (
        "_rest",
        "arrived",
        "connection",
        "frames",
        "is_open",
        "is_stuck",
        "pings",
        "query",
        "timestamp",
    )

    def __init__(self, target: Target, number: int, *, is_stuck: bool = False) -> None:
        """Connect and ask. Raises OSError."""
        self.query = number % len(target.paths)
        self.is_stuck = is_stuck
        self.is_open = False
        self.frames = 0
        self.pings = 0
        self.timestamp: float | None = None
        self.arrived = 0.0
        self._rest = b""
        self.connection = _connected(target, number, SMALL_BUFFER if is_stuck else None)
        request = REQUEST.format(
            path=target.paths[self.query],
            host=target.host,
            port=target.port,
            more=f"Authorization: Bearer {target.token}\r\n" if target.token else "",
        )
        try:
            self.connection.sendall(request.encode("ascii"))
        except OSError:
            self.connection.close()
            raise
        self.connection.setblocking(False)

    def read(self) -> list[bytes]:
        """Return the frames that have arrived; finishes the handshake, answers pings.

        Raises BlockingIOError when nothing has arrived, Refused for the handshake, ConnectionError when the server has
        hung up or says goodbye.
        """
        received = self.connection.recv(_MOST_AT_ONCE)
        if not received:
            raise ConnectionResetError("the server hung up")
        received = self._rest + received if self._rest else received
        if not self.is_open:
            head, ended, rest = received.partition(b"\r\n\r\n")
            if not ended:
                self._rest = received
                return []
            if not head.startswith(b"HTTP/1.1 101"):
                raise Refused(status(head))
            self.is_open = True
            received = rest
        messages, self._rest = split(received)
        frames = []
        for opcode, payload in messages:
            if opcode == TEXT:
                if payload.startswith(FRAME):
                    frames.append(payload)
            elif opcode == PING:
                self.pings += 1
                self._say(answer(PONG, payload))
            elif opcode == CLOSE:
                self._say(answer(CLOSE, payload))
                raise ConnectionResetError("the server said goodbye")
        return frames

    def close(self) -> None:
        """Hang up."""
        self.is_open = False
        self.connection.close()

    def _say(self, message: bytes) -> None:
        with suppress(BlockingIOError):  # a server that reads nothing gets no answers
            self.connection.send(message)


def source(number: int) -> str:
    """Return the loopback address of a client: 127.0.0.1 for the first hundred, and so on."""
    host = 1 + number // PER_ADDRESS
    return f"127.{host // 62_500}.{host // 250 % 250}.{host % 250 or 250}"


def _connected(target: Target, number: int, buffer: int | None) -> socket.socket:
    connection = socket.socket(socket.AF_INET6 if ":" in target.address else socket.AF_INET)
    try:
        connection.settimeout(PATIENCE)
        if buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        if ":" not in target.address and _has_all_of_loopback(number):
            connection.bind((source(number), 0))
        connection.connect((target.address, target.port))
    except OSError:
        connection.close()
        raise
    return connection


def _has_all_of_loopback(number: int) -> bool:
    """Tell whether the address of this client is one of this machine: all but Linux have 127.0.0.1 alone."""
    return number < PER_ADDRESS or sys.platform == "linux"
