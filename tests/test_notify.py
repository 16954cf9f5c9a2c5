"""What the service manager is told."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.notify import Notifier, notifier


class Manager:
    """The socket of a service manager."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)

    def heard(self) -> list[dict[str, str]]:
        messages: list[dict[str, str]] = []
        while True:
            try:
                message = self._socket.recv(4096).decode()
            except BlockingIOError:
                return messages
            messages.append(dict(line.split("=", 1) for line in message.split("\n")))

    async def hears(self, key: str, count: int = 1) -> list[dict[str, str]]:
        messages: list[dict[str, str]] = []
        async with asyncio.timeout(10):
            while sum(key in message for message in messages) < count:
                messages += self.heard()
                await asyncio.sleep(0.01)
        return messages

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = f"@monitor-test-{os.getpid()}-{time.monotonic_ns()}"
    made = Manager(str(tmp_path / "notify") if request.param == "path" else name)
    yield made
    made.close()


async def test_it_is_ready_with_the_first_frame_and_then_gives_signs_of_life_for_as_long_as_frames_come(
    manager: Manager,
) -> None:
    well, tells = False, Notifier(manager.address, watchdog=0.02)
    task = asyncio.create_task(tells.run(lambda: well, lambda: "3 streams"))
    await asyncio.sleep(0.1)
    tells.reloading()
    tells.reloaded()
    assert manager.heard() == [], "nothing before it is ready, and a reload does not make it so"
    well = True
    first = await manager.hears("WATCHDOG", 3)
    assert first[:2] == [{"READY": "1"}, {"WATCHDOG": "1", "STATUS": "3 streams"}]
    assert all(message == {"WATCHDOG": "1"} for message in first[2:]), "a status is told when it is news"
    well = False
    await manager.hears("STATUS")
    await asyncio.sleep(0.1)
    assert manager.heard() == []
    well = True
    await manager.hears("WATCHDOG")
    task.cancel()
    await asyncio.wait([task])
    tells.close()


async def test_a_reload_is_told_with_its_time_and_its_end_and_so_is_the_stop(manager: Manager) -> None:
    tells = Notifier(manager.address)
    task = asyncio.create_task(tells.run(lambda: True, lambda: "two\nlines"))
    assert (await manager.hears("WATCHDOG"))[-1]["STATUS"] == "two lines"
    before = time.clock_gettime(time.CLOCK_MONOTONIC) * 1_000_000
    tells.reloading()
    tells.reloaded()
    tells.stopping()
    reloading, ready, stopping = manager.heard()
    assert reloading["RELOADING"] == "1"
    assert before - 1 <= int(reloading["MONOTONIC_USEC"]) <= time.clock_gettime(time.CLOCK_MONOTONIC) * 1_000_000
    assert ready == {"READY": "1"}
    assert stopping == {"STOPPING": "1", "STATUS": "stopping"}
    task.cancel()
    await asyncio.wait([task])
    tells.close()


@pytest.mark.parametrize(
    ("variables", "pause"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"}, 30.0),
        ({"WATCHDOG_USEC": "0"}, 30.0),
        ({"WATCHDOG_USEC": "soon"}, 30.0),
        ({}, 30.0),
    ],
)
def test_signs_of_life_come_twice_in_the_time_of_the_watchdog(variables: dict[str, str], pause: float) -> None:
    environment = {"NOTIFY_SOCKET": "@x", "PATH": "/bin", **variables}
    found = notifier(environment, pid=42)
    assert (found.is_heard, found.pause) == (True, pause)
    assert environment == {"PATH": "/bin"}, "what the server starts does not speak for it"


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative", "@", "/"])
def test_without_a_socket_that_it_knows_nothing_is_told(address: str, caplog: pytest.LogCaptureFixture) -> None:
    found = notifier({"NOTIFY_SOCKET": address} if address else {})
    assert not found.is_heard
    assert bool(caplog.text) == bool(address)
    found.stopping()
    found.close()


def test_a_manager_that_is_away_is_warned_about_once_and_costs_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tells = Notifier(str(tmp_path / "none"))
    tells.stopping()
    tells.stopping()
    assert caplog.text.count("cannot be told") == 1
    tells.close()
