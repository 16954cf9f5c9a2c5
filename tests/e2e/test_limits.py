"""What one address may do, held against 200 attempts at once. Each test prints its counts: `pytest -s`."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
import pytest

from monitor.loop import ASYNCIO, UVLOOP
from tests.e2e.crowd import HANDSHAKE
from tests.e2e.server import Server, wait_for

ATTEMPTS = 200
LIMIT = 100
EVENTS = b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
QUESTION = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
PAGE = b"GET /api/probes HTTP/1.1\r\nHost: localhost\r\n\r\n"
#: No limit but that of connections.
CONNECTIONS_ALONE = ("--handshakes-per-second", "0", "--requests-per-second", "0")


@dataclass
class Attempt:
    """A connection, and the head of what it got."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str = ""

    @property
    def status(self) -> int:
        return int(self.head.split(" ", 2)[1])

    def end(self, *, reset: bool) -> None:
        if reset:
            self.writer.transport.abort()  # what is unread makes it RST
        self.writer.close()


async def attempt(port: int, sent: bytes, source: str) -> Attempt:
    """Connect, send, and wait for the head of the answer."""
    made = Attempt(*await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)))
    made.writer.write(sent)
    async with asyncio.timeout(60):
        made.head = (await made.reader.readuntil(b"\r\n\r\n")).decode()
    return made


async def at_once(
    server: Server, sent: bytes | Sequence[bytes], count: int = ATTEMPTS, source: str = "127.0.0.1"
) -> tuple[list[Attempt], dict[int, int]]:
    """Return so many parallel attempts, and how many there are of each status."""
    each = [sent] if isinstance(sent, bytes) else sent
    made = await asyncio.gather(*(attempt(server.port, each[number % len(each)], source) for number in range(count)))
    found = dict(sorted(Counter(one.status for one in made).items()))
    print(f"\n{count} at once from {source}, {each[0].split(b' HTTP')[0].decode()} ...: {found}", end="")
    for one in made:
        assert (one.status == 429) is ("Retry-After: " in one.head)
    return made, found


def through_proxy(request: bytes, address: str) -> bytes:
    return request.replace(b"\r\n\r\n", f"\r\nX-Forwarded-For: {address}\r\n\r\n".encode(), 1)


async def end(server: Server, made: Sequence[Attempt], *, reset: bool) -> None:
    """End these connections, and come back when the server has none any more."""
    for one in made:
        one.end(reset=reset)
    process = psutil.Process(server.pid)
    await asyncio.to_thread(wait_for, lambda: len(process.net_connections("tcp")) == 1)  # the one that listens


@pytest.mark.parametrize("loop", [ASYNCIO, UVLOOP])
async def test_of_200_connections_at_once_exactly_100_pass_again_and_again(loop: str) -> None:
    with Server("--event-loop", loop, *CONNECTIONS_ALONE, is_limited=True) as server:
        for reset in (False, True, True):
            made, found = await at_once(server, [HANDSHAKE, EVENTS])
            assert found.pop(429) == ATTEMPTS - LIMIT
            assert sum(found.values()) == LIMIT
            assert set(found) <= {101, 200}
            other, passed = await at_once(server, HANDSHAKE, 20, source="127.0.0.2")
            assert passed == {101: 20}, "another address notices nothing"
            await end(server, (*made, *other), reset=reset)
        assert "Traceback" not in server.log
        assert len(server.log) < 10_000


async def test_of_200_streams_at_once_through_a_proxy_exactly_100_pass_for_each_client() -> None:
    with Server("--trusted-proxy", "127.0.0.0/8", *CONNECTIONS_ALONE, is_limited=True) as server:
        for reset in (False, True):
            made = []
            for address in ("192.0.2.1", "2001:db8::1"):
                some, found = await at_once(server, through_proxy(HANDSHAKE, address))
                assert found == {101: LIMIT, 429: ATTEMPTS - LIMIT}
                made += some
            same, found = await at_once(server, through_proxy(EVENTS, "[2001:db8::ffff]:99"), 10)
            assert found == {429: 10}, "the same /64"
            await end(server, (*made, *same), reset=reset)


@pytest.mark.parametrize(
    ("sent", "setting", "share", "seconds"),
    [
        (HANDSHAKE, "--handshakes-per-second", 10, 1.0),
        (EVENTS, "--handshakes-per-second", 10, 1.0),
        (PAGE, "--requests-per-second", 50, 1.0),
        (QUESTION, "--questions-per-minute", 20, 60.0),
    ],
)
async def test_of_200_requests_at_once_the_share_passes_and_what_becomes_free_meanwhile(
    sent: bytes, setting: str, share: int, seconds: float
) -> None:
    with Server(setting, str(share)) as server:
        began = time.monotonic()
        made, found = await at_once(server, sent)
        freed = int((time.monotonic() - began) * share / seconds) + 1
        assert share <= ATTEMPTS - found[429] <= share + freed
        for one in made:
            one.end(reset=False)


def test_the_bench_says_which_limits_turned_its_clients_away() -> None:
    with Server(is_limited=True) as server:
        command = [sys.executable, "-m", "monitor", "bench", "--url", server.stream_url, "--clients", "50"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    print("\n" + result.stderr, end="")
    for word in ("by HTTP 429", "--max-connections-per-address 0", "--handshakes-per-second 0"):
        assert word in result.stderr
