"""Clients that misbehave, and faults of the machine: nobody else is harmed, and nothing is left behind."""

import asyncio
import os
import resource
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import psutil
import pytest

from monitor.loop import ASYNCIO, UVLOOP
from tests.e2e.crowd import FAT, HANDSHAKE, Raw, Reader, faulty_probe, holding, meanwhile, reading
from tests.e2e.server import Server, wait_for
from tests.test_websocket_rfc import frame

#: Seconds after which whoever does not read has to be gone, and some more for a busy test machine.
EVICTED = 30 + 15
LOOPS = [ASYNCIO, UVLOOP]


def files_of(server: Server) -> int:
    return psutil.Process(server.pid).num_fds()


def check_unharmed(readers: Sequence[Reader], server: Server, interval: float) -> None:
    """Each reader has had every frame that the server made, and each in its time.

    On a loaded machine the server itself may come too late for one of its frames, which is then nobody's.
    """
    made = server.get("/api/history?fields=memory.percent")["timestamp"]
    for reader in readers:
        had = set(reader.stamps)
        assert [each for each in made if reader.stamps[0] < each < reader.stamps[-1] and each not in had] == []
        assert reader.missed(interval) <= 1
        assert reader.longest_gap() < (2 + reader.missed(interval)) * interval


def is_well(server: Server) -> bool:
    assert "Traceback" not in server.log, server.log
    return bool(server.get("/healthz")["status"] == "ok")


async def test_stuck_clients_pong_liars_floods_half_open_handshakes_and_resets_harm_nobody() -> None:
    with Server(environment=FAT) as server:
        server.frame()
        before = files_of(server)

        def storm() -> None:
            for opening in (b"", HANDSHAKE[:30], HANDSHAKE):
                Raw(server.port, opening).reset()

        def lie() -> None:
            for raw in liars:
                raw.send(frame(0x8A, b"12345678"))

        flooders: list[Raw] = []

        def flood() -> None:
            if not flooders or flooders[-1].is_dropped():
                flooders.append(Raw(server.port, HANDSHAKE))
            flooders[-1].send(frame(0x89, b"spam") * 500)

        async with (
            reading(server.stream_url, 20) as readers,
            holding(server.port, 10, HANDSHAKE) as stuck,
            holding(server.port, 10, HANDSHAKE) as liars,
            holding(server.port, 10, HANDSHAKE[:30]) as half_open,
            holding(server.port, 10, b"") as silent,
            meanwhile(
                [
                    (lie, 1.0),
                    (storm, 0.1),
                    (flood, 0.2),
                ]
            ),
        ):
            await asyncio.sleep(EVICTED)
            check_unharmed(readers, server, 1.0)
            assert min(len(reader.stamps) for reader in readers) > EVICTED - 2
            for raw in (*stuck, *liars, *half_open, *silent):
                assert raw.is_dropped()
            assert len(flooders) > 1, "dropped again and again"
        for raw in flooders:
            raw.connection.close()
        wait_for(lambda: files_of(server) <= before + 1)
        assert is_well(server)


@pytest.mark.parametrize("loop", LOOPS)
async def test_when_file_descriptors_run_out_open_streams_go_on_and_the_processor_rests(loop: str) -> None:
    with Server("--interval", "0.5", "--event-loop", loop) as server:
        server.frame()
        process = psutil.Process(server.pid)
        async with reading(server.stream_url, 10) as readers:
            soft = files_of(server) + 5
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (soft, soft))
            async with holding(server.port, 100, HANDSHAKE):
                await asyncio.sleep(1)
                cpu, began = process.cpu_times(), time.monotonic()
                await asyncio.sleep(5)
                spent = sum(process.cpu_times()[:2]) - sum(cpu[:2])
                assert spent < 0.5 * (time.monotonic() - began), "no spinning"
                assert files_of(server) <= soft
            await asyncio.sleep(1.5)
            assert [reader.missed(0.5) for reader in readers] == [0] * 10
            assert max(reader.longest_gap() for reader in readers) < 1.0
            frame_ = server.frame()
            assert frame_.keys() >= {"cpu", "disk"}
            assert "stale" not in frame_, "probes can open their files again"
        assert server.log.count("no further connection can be taken in") == 1
        assert wait_for(lambda: "connections are taken in again" in server.log)
        assert is_well(server)


async def test_beyond_the_limit_of_connections_there_is_503_and_the_rest_goes_on() -> None:
    with Server("--max-connections", "20", "--interval", "0.5") as server:
        server.frame()
        async with reading(server.stream_url, 20) as readers, aiohttp.ClientSession() as session:
            for _ in range(100):
                async with session.get(f"{server.url}/api/stream") as answer:
                    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            async with holding(server.port, 200, b""):
                await asyncio.sleep(3)
                assert files_of(server) < 20 + 64 + 32 + 64
            assert [reader.missed(0.5) for reader in readers] == [0] * 20
            assert wait_for(lambda: is_well(server))


async def test_a_probe_that_raises_lies_and_hangs_costs_three_hundred_clients_no_frame(tmp_path: Path) -> None:
    with Server("--interval", "0.5", environment=faulty_probe(tmp_path)) as server:
        server.frame()
        async with reading(server.stream_url, 300) as readers:
            await asyncio.sleep(15)
            check_unharmed(readers, server, 0.5)
            assert min(len(reader.stamps) for reader in readers) >= 28
        (probe,) = (each for each in server.get("/api/probes")["probes"] if each["name"] == "extra")
        assert probe["failures"] >= 2
        assert probe["missed"] >= 2
        assert is_well(server)


async def test_a_pause_of_a_minute_drops_nobody() -> None:
    with Server("--history", "300") as server:
        server.frame()
        async with reading(server.stream_url, 20) as readers:
            await asyncio.sleep(19)  # so that pings are due just before the pause, and pongs in it
            os.kill(server.pid, signal.SIGSTOP)
            await asyncio.sleep(60)
            counts = [len(reader.stamps) for reader in readers]
            os.kill(server.pid, signal.SIGCONT)
            await asyncio.sleep(15)
            assert all(reader.close_code is None for reader in readers)
            news = [len(reader.stamps) - count for reader, count in zip(readers, counts, strict=True)]
            assert 13 <= min(news) <= max(news) <= 18, "once a second again, and no burst for the time of the pause"
        assert is_well(server)


async def test_a_thousand_handshakes_leave_open_streams_their_pace() -> None:
    with Server("--interval", "0.5") as server:
        server.frame()
        async with reading(server.stream_url, 20) as readers:
            handshakes = 0
            while handshakes < 1000 or min(len(reader.stamps) for reader in readers) < 6:
                handshakes += 50
                async with holding(server.port, 50, HANDSHAKE) as raws:
                    for raw in raws:
                        await asyncio.get_running_loop().sock_recv(raw.connection, 100)
            check_unharmed(readers, server, 0.5)
        assert is_well(server)


@pytest.mark.parametrize("loop", LOOPS)
async def test_sigterm_with_a_thousand_readers_and_fifty_stuck_ones_is_over_soon(loop: str) -> None:
    with Server("--event-loop", loop, environment=FAT) as server:
        server.frame()
        stream = server.stream_url + "?fields=cpu"
        async with holding(server.port, 50, HANDSHAKE), reading(stream, 1000) as readers:
            await asyncio.sleep(3)
            took = await asyncio.to_thread(server.stop)
            assert took < 10
            async with asyncio.timeout(10):
                while any(reader.close_code is None for reader in readers):
                    await asyncio.sleep(0.05)
            assert {reader.close_code for reader in readers} == {aiohttp.WSCloseCode.GOING_AWAY}
        assert server.exit_code == 0
        assert "Traceback" not in server.log
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", server.port)):
            pass
