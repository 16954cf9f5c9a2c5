"""A crowd: the clients of one process."""

import errno
import os
import select
import selectors
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.load.client import Client, Refused
from monitor.load.tally import Tally
from monitor.load.target import Target
from monitor.load.wire import timestamp
from monitor.text import shown

#: Seconds without any progress until it gives up: handshakes, or clients without two frames.
PATIENCE: Final = 30.0
#: Seconds between two looks at what is not told by a byte that arrives.
_LOOK: Final = 0.1


class CannotLoad(Exception):
    """There is nothing to measure; one line for a person."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of the handshakes.

    began, ended  monotonic seconds: the first connection, the last answer
    refused       how many were refused, by the answer
    """

    began: float
    ended: float
    refused: dict[str, int]


@dataclass(frozen=True, slots=True)
class Pulse:
    """When frames come.

    burst     monotonic seconds: when the newest frame reached the first client
    interval  seconds between two frames
    """

    burst: float
    interval: float


class Crowd:
    """Clients with these numbers; those below `stuck` are stuck. Close it in the end."""

    def __init__(self, target: Target, numbers: Sequence[int], stuck: int) -> None:
        self._target = target
        self._numbers = numbers
        self._stuck = stuck
        self._clients: list[Client] = []
        self._waiting: set[Client] = set()
        self._refused: Counter[str] = Counter()
        self._selector = selectors.DefaultSelector()
        self._tallies = [Tally() for _ in target.paths]
        self._newest = [0.0 for _ in target.paths]
        self._burst = 0.0

    def open(self, window: int) -> Opened:
        """Shake hands with all, at most `window` at a time: so no backlog overflows. Raises CannotLoad."""
        began = progress = time.monotonic()
        numbers = iter(self._numbers)
        number = next(numbers, None)
        while number is not None or self._waiting:
            while number is not None and len(self._waiting) < window:
                self._connect(number)
                number = next(numbers, None)
            before = len(self._waiting)
            self._read(_LOOK)
            if len(self._waiting) < before:
                progress = time.monotonic()
            elif time.monotonic() - progress > PATIENCE:
                raise CannotLoad(f"{before} handshakes had no answer within {PATIENCE:g} s")
        return Opened(began, progress, dict(self._refused))

    def settle(self) -> Pulse:
        """Read until every client has had a frame and one of them has had two. Raises CannotLoad."""
        end = time.monotonic() + PATIENCE
        while self._are_new() or not any(tally.spans.counts for tally in self._tallies):
            if not any(client.is_open for client in self._clients):
                raise CannotLoad("the server has closed every connection")
            if time.monotonic() > end:
                raise CannotLoad(f"not every client had a frame, and one of them two, within {PATIENCE:g} s")
            self._read_until(time.monotonic() + _LOOK)
        intervals = [tally.interval for tally in self._tallies if tally.interval is not None]
        return Pulse(self._burst, min(intervals, default=1.0))

    def read_while(self, is_wanted: Callable[[], bool]) -> None:
        """Read on; looks a few times a second whether it still is to."""
        while is_wanted():
            self._read_until(time.monotonic() + _LOOK)

    def count(self, start: float, end: float) -> list[Tally]:
        """Read until `end`; return what was seen since `start`, by query. Both in monotonic seconds."""
        self._read_until(start)
        self._tallies = [Tally() for _ in self._target.paths]
        for client in self._clients:
            client.frames = client.pings = 0
        self._read_until(end)
        self._close_evicted()
        for client in self._clients:
            self._sum_up(client, start, end)
        return self._tallies

    def close(self) -> None:
        """Hang up on the server, all of them."""
        self._selector.close()
        for client in self._clients:
            client.close()

    def _connect(self, number: int) -> None:
        try:
            client = Client(self._target, number, is_stuck=number < self._stuck)
        except (ConnectionResetError, BrokenPipeError):
            self._refused["a reset connection"] += 1
        except OSError as error:
            raise CannotLoad(_reason(error, self._target)) from error
        else:
            self._clients.append(client)
            self._waiting.add(client)
            self._selector.register(client.connection, selectors.EVENT_READ, client)

    def _are_new(self) -> bool:
        return any(client.is_open and client.timestamp is None for client in self._clients)

    def _read_until(self, end: float) -> None:
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> None:
        """Wait for something to arrive, and take it in."""
        for key, _ in self._selector.select(seconds):
            client: Client = key.data
            try:
                frames = client.read()
            except BlockingIOError:
                continue
            except Refused as refusal:
                self._refused[str(refusal)] += 1
                self._drop(client)
            except ConnectionError:
                self._refused["a closed connection"] += client in self._waiting
                self._drop(client)
            else:
                if client.is_open:
                    self._waiting.discard(client)
                if frames:
                    self._take(client, frames)

    def _take(self, client: Client, frames: list[bytes]) -> None:
        arrived, now = time.time(), time.monotonic()
        query, before = client.query, client.timestamp
        tally = self._tallies[query]
        if before is not None:
            tally.gap = max(tally.gap, now - client.arrived)
        for frame in frames:
            try:
                said = timestamp(frame)
            except ValueError:
                raise CannotLoad(f"{self._target} is no monitor: it sent {shown(frame[:60])}") from None
            tally.lateness.add((arrived - said) * 1000)
            tally.sizes.add(len(frame))
            if before is not None:
                tally.spans.add(round((said - before) * 1000))
            before = said
            if said > self._newest[query]:
                self._newest[query], self._burst = said, now
        client.timestamp, client.arrived = before, now
        client.frames += len(frames)
        if client.is_stuck:
            self._selector.unregister(client.connection)

    def _drop(self, client: Client) -> None:
        self._waiting.discard(client)
        self._selector.unregister(client.connection)
        client.close()

    def _close_evicted(self) -> None:
        """Close the stuck clients whose connection has ended: nobody reads there, so nobody has noticed."""
        poll = select.poll()
        ended = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)  # Linux: the other end is done
        stuck = {client.connection.fileno(): client for client in self._clients if client.is_stuck and client.is_open}
        for descriptor in stuck:
            poll.register(descriptor, ended)
        for descriptor, _ in poll.poll(0):
            stuck[descriptor].close()

    def _sum_up(self, client: Client, start: float, end: float) -> None:
        tally = self._tallies[client.query]
        if client.is_stuck:
            tally.stuck += 1
            tally.evicted += not client.is_open
            return
        tally.clients += 1
        tally.closed += not client.is_open
        tally.frames += client.frames
        tally.pings += client.pings
        tally.least = client.frames if tally.least is None else min(tally.least, client.frames)
        tally.most = client.frames if tally.most is None else max(tally.most, client.frames)
        tally.gap = max(tally.gap, end - (client.arrived or start))
        if client.timestamp is not None and (behind := self._newest[client.query] - client.timestamp) > 0:
            tally.behind.add(round(behind * 1000))


def _reason(error: OSError, target: Target) -> str:
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens on {target}"
    if isinstance(error, TimeoutError):
        return f"{target} takes no more connections"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return "too few file descriptors: each client is one; more processes have more, or raise `ulimit -n`"
    return f"cannot connect to {target}: {os.strerror(error.errno).lower() if error.errno else error}"
