"""The load: many WebSocket clients in one process of its own, `python -m tests.bench.clients PORT CLIENTS SECONDS`.

It prints `steady` when the seconds begin and a line of JSON, a `Report`, when they are over. Both are in the silence
between two bursts of frames, so that so many seconds are as many frames, and whoever reads the server's CPU time at
these lines reads that of whole frames. Then it holds the connections until its stdin closes.
"""

import json
import select
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Final

#: The one key whose answer the floor knows (RFC 6455, 1.3).
REQUEST: Final = (
    "GET /api/ws/metrics HTTP/1.1\r\n"
    "Host: 127.0.0.1:{port}\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
#: Clients a loopback address: an address has ports for 28,000, and servers may allow one address few connections.
PER_ADDRESS: Final = 100
#: Seconds without a byte for anyone: the middle between two bursts. One that takes longer than the rest is missed.
SILENCE: Final = 0.4
#: Seconds for one handshake, and for all clients to have their first frame.
PATIENCE: Final = 20.0

TEXT, PING = 0x1, 0x9
LENGTH_16, LENGTH_64 = 126, 127
TIMESTAMP: Final = b'"timestamp":'


@dataclass(frozen=True, slots=True)
class Report:
    """What arrived while it was steady.

    open           clients that were still connected at the end
    frames         of all clients
    least, most    frames of the client that got the fewest, and the most
    size           bytes of a frame's JSON, median
    p50, p99, max  lateness in ms: from the timestamp in a frame to its arrival here
    """

    open: int
    frames: int
    least: int
    most: int
    size: int
    p50: float
    p99: float
    max: float


@dataclass(slots=True)
class Client:
    """One connection: what of it has been read but not understood, and its frames so far."""

    connection: socket.socket
    rest: bytes
    frames: int = 0

    def read(self) -> list[bytes]:
        """Return the frames that have arrived; answers pings. Raises ConnectionError when the server has hung up."""
        received = self.connection.recv(65536)
        if not received:
            raise ConnectionResetError
        messages, self.rest = split(self.rest + received)
        for opcode, payload in messages:
            if opcode == PING:
                self.connection.send(pong(payload))
        frames = [payload for opcode, payload in messages if opcode == TEXT and TIMESTAMP in payload]
        self.frames += len(frames)
        return frames


@dataclass(slots=True)
class Load:
    """All clients, and what arrived since the last `reset`."""

    clients: dict[int, Client]
    poll: select.epoll
    lateness: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def reset(self) -> None:
        """Forget what arrived so far."""
        self.lateness.clear()
        self.sizes.clear()
        for client in self.clients.values():
            client.frames = 0

    def read(self, seconds: float) -> bool:
        """Wait for something to arrive, take it in, and tell whether anything did."""
        ready = self.poll.poll(max(0.0, seconds))
        for descriptor, _ in ready:
            client = self.clients[descriptor]
            try:
                frames = client.read()
            except BlockingIOError:
                continue
            except ConnectionError:
                self.poll.unregister(descriptor)
                client.connection.close()
                continue
            arrived = time.time()
            for frame in frames:
                self.lateness.append((arrived - timestamp(frame)) * 1000)
                self.sizes.append(len(frame))
        return bool(ready)

    def report(self) -> Report:
        frames = [client.frames for client in self.clients.values()]
        late = sorted(self.lateness) or [0.0]
        return Report(
            open=sum(client.connection.fileno() >= 0 for client in self.clients.values()),
            frames=sum(frames),
            least=min(frames),
            most=max(frames),
            size=int(median(self.sizes or [0])),
            p50=late[len(late) // 2],
            p99=late[len(late) * 99 // 100],
            max=late[-1],
        )


def split(received: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Split what a server sent into whole messages, each an opcode and its payload, and the bytes left over."""
    messages = []
    start = 0
    while len(received) - start >= 2:
        length, body = received[start + 1] & 0x7F, start + 2
        if length == LENGTH_16:
            length, body = int.from_bytes(received[body : body + 2], "big"), body + 2
        elif length == LENGTH_64:
            length, body = int.from_bytes(received[body : body + 8], "big"), body + 8
        if len(received) < body + length:
            break
        messages.append((received[start] & 0x0F, received[body : body + length]))
        start = body + length
    return messages, received[start:]


def pong(payload: bytes) -> bytes:
    """Return the answer to a ping, masked with zeros: clients must mask, with whatever they like."""
    return bytes((0x80 | 0xA, 0x80 | len(payload))) + bytes(4) + payload


def timestamp(frame: bytes) -> float:
    """Return the Unix time in seconds that a frame says."""
    start = frame.index(TIMESTAMP) + len(TIMESTAMP)
    end = start
    while frame[end : end + 1] in b"0123456789." and end < len(frame):
        end += 1
    return float(frame[start:end])


def connected(port: int, number: int) -> Client:
    """Open one connection and shake hands."""
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE, source_address=(address(number), 0))
    connection.sendall(REQUEST.format(port=port).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = connection.recv(4096)
        if not received:
            break
        answer += received
    head, _, rest = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(f"client {number} was refused: {head[:80].decode(errors='replace')}")
    connection.setblocking(False)
    return Client(connection, rest)


def address(number: int) -> str:
    """Return the loopback address of a client: 127.0.0.1 for the first hundred, and so on."""
    host = 1 + number // PER_ADDRESS
    return f"127.0.{host // 250}.{host % 250 or 250}"


def opened(port: int, count: int) -> Load:
    """Connect all clients, one after the other."""
    clients: dict[int, Client] = {}
    poll = select.epoll()
    for number in range(count):
        client = connected(port, number)
        clients[client.connection.fileno()] = client
        poll.register(client.connection, select.EPOLLIN)
    return Load(clients, poll)


def settle(load: Load) -> None:
    """Read until every client has had a frame, and then until nothing arrives."""
    end = time.monotonic() + PATIENCE
    while load.read(SILENCE) or not all_have_frames(load.clients):
        if time.monotonic() > end:
            raise TimeoutError(f"not every client had a frame and then silence within {PATIENCE:g} s")


def all_have_frames(clients: Mapping[int, Client]) -> bool:
    return all(client.frames for client in clients.values())


def main(arguments: Sequence[str]) -> None:
    port, count, seconds = int(arguments[0]), int(arguments[1]), float(arguments[2])
    load = opened(port, count)
    settle(load)
    load.reset()
    print("steady", flush=True)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        load.read(end - time.monotonic())
    print(json.dumps(asdict(load.report())), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
