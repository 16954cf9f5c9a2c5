"""The load as a whole: real processes against a real server; and its command."""

import asyncio
import io
import json
import os
import sys
from typing import Any

import msgspec
import pytest

from monitor import cli, files
from monitor.load import share
from monitor.load.crowd import CannotLoad, Pulse
from monitor.load.load import WINDOW, Load, Plan, between_bursts
from monitor.load.report import Report
from monitor.load.share import Count, Counted, Failed, Handshaken, Orders, Steady, Told
from monitor.load.target import Target
from tests.conftest import Client, Connect
from tests.fakes import Scripted

TARGET = Target.of("ws://127.0.0.1:1/")


def url_of(client: Client, path: str = "/api/ws/metrics") -> str:
    return f"ws://127.0.0.1:{client.port}{path}"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"clients": 0}, "clients is 0"),
        ({"clients": 5, "stuck": 5}, "stuck is 5"),
        ({"clients": 5, "stuck": -1}, "stuck is -1"),
        ({"clients": 5, "processes": 6}, "processes is 6"),
        ({"clients": 500, "processes": 65}, "processes is 65"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Plan(TARGET, **arguments)


def test_shares_have_all_clients_once_and_the_stuck_are_spread() -> None:
    shares = Plan(TARGET, clients=10, stuck=4, processes=3).shares()
    assert sorted(number for orders in shares for number in orders.numbers) == list(range(10))
    assert [sum(number < 4 for number in orders.numbers) for orders in shares] == [2, 1, 1]
    assert sum(orders.window for orders in shares) <= WINDOW


def test_there_are_as_many_processes_as_the_files_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert len(Plan(TARGET, clients=3000).shares()) == 1
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert len(Plan(TARGET, clients=3000).shares()) == 3
    monkeypatch.setattr(files, "most_connections", lambda: 100)
    assert len(Plan(TARGET, clients=3000).shares()) == 30
    with pytest.raises(CannotLoad, match="3000 clients in 2 processes, and a process may have 100"):
        Plan(TARGET, clients=3000, processes=2).shares()
    with pytest.raises(CannotLoad, match="in 64 processes"):
        Plan(TARGET, clients=7000).shares()


def test_a_process_may_have_all_files_but_a_few() -> None:
    resource = pytest.importorskip("resource")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    try:
        files.raise_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert hard == resource.RLIM_INFINITY or files.most_connections() == max(1, hard - files.SPARE)


@pytest.mark.parametrize("now", [100.0, 100.5, 100.9, 107.3, 99.0])
def test_the_count_begins_between_two_bursts_and_not_before_all_can_know(now: float) -> None:
    start = between_bursts(Pulse(burst=100.0, interval=1.0), now)
    assert start % 1 == pytest.approx(0.7)
    assert now + 0.2 < start < now + 3


async def test_clients_in_several_processes_make_one_report(connect: Connect) -> None:
    client = await connect()
    plan = Plan(Target.of(url_of(client)).asking(["", "fields=cpu.value"]), clients=7, stuck=2, processes=2)

    def measure() -> Report:
        with Load(plan) as load:
            load.begin(1.0)
            return load.finish()

    report = await asyncio.to_thread(measure)
    assert (report.processes, report.clients, report.stuck, report.closed) == (2, 5, 2, 0)
    assert [stream.clients for stream in report.streams] == [3, 2]
    assert 0 < report.least <= report.most
    assert report.frames == sum(stream.frames for stream in report.streams)
    assert report.gap is not None
    assert 0 < report.handshakes < 30


async def test_the_command_prints_a_table_or_json(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    client = await connect()
    command = ["bench", "--url", url_of(client), "--clients", "3", "--stuck", "1", "--seconds", "0.5"]
    assert await asyncio.to_thread(cli.main, command) == 0
    assert capsys.readouterr().out.startswith("clients      2 that read, 1 stuck, in 1 process\n")
    assert await asyncio.to_thread(cli.main, [*command, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["clients"], report["stuck"]) == (2, 1)
    assert report["streams"][0]["path"] == "/api/ws/metrics"


async def test_refusals_are_counted_over_all_processes(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    client = await connect()
    command = ["bench", "--clients", "5", "--processes", "2", "--url", url_of(client, "/nowhere")]
    assert await asyncio.to_thread(cli.main, command) == 1
    assert capsys.readouterr().err.endswith("refused 5 of 5 clients: 5 by HTTP 404\n")


async def test_clients_that_limits_per_address_turned_away_hear_what_lifts_them(
    connect: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await connect(handshakes_per_second=1)
    assert await asyncio.to_thread(cli.main, ["bench", "--clients", "50", "--url", url_of(client)]) == 1
    said = capsys.readouterr().err
    assert "by HTTP 429" in said
    assert "--handshakes-per-second 0" in said


def test_nobody_listening_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--url", "ws://127.0.0.1:1/", "--clients", "1"]) == 1
    assert capsys.readouterr().err == "monitor: nobody listens on ws://127.0.0.1:1/\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--url", "ws://example.org/"], "'example.org' is not this machine"),
        (["--query", "a b"], "holds what a URL cannot"),
        (["--stuck", "1000"], "stuck is 1000"),
    ],
)
def test_a_wrong_argument_ends_with_2_and_a_line(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["bench", *arguments]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--clients", "many"], ["--port", "4000"]])
def test_an_argument_of_another_kind_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["bench", *arguments])
    assert end.value.code == 2


@pytest.mark.parametrize("program", ["true", "cat"])
def test_a_process_that_ends_early_is_told(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", f"/bin/{program}")
    with pytest.raises(CannotLoad, match="ended early"), Load(Plan(TARGET, clients=1)):
        pass


async def told(*orders: Orders | Count) -> list[Told]:
    """Return what a share says to these orders, in a thread instead of a process."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(msgspec.json.encode(each) + b"\n" for each in orders))
    os.close(writing)
    out = io.BytesIO()
    with io.FileIO(reading) as lines:
        await asyncio.to_thread(share.serve, lines, out)
    return [msgspec.json.decode(line, type=Told) for line in out.getvalue().splitlines()]


async def test_a_share_tells_of_its_handshakes_its_pulse_and_its_count(connect: Connect) -> None:
    client = await connect(Scripted("cpu", 1))
    orders = Orders(Target.of(url_of(client)), first=1, step=2, count=3, stuck=2, window=2)
    now = asyncio.get_running_loop().time()
    handshaken, steady, counted = await told(orders, Count(now, now + 0.5))
    assert isinstance(handshaken, Handshaken)
    assert handshaken.opened.refused == {}
    assert isinstance(steady, Steady)
    assert 0.05 < steady.pulse.interval < 1
    assert isinstance(counted, Counted)
    assert [(tally.clients, tally.stuck) for tally in counted.tallies] == [(2, 1)]


async def test_a_share_without_an_order_to_count_ends(connect: Connect) -> None:
    client = await connect()
    said = await told(Orders(Target.of(url_of(client)), first=0, step=1, count=1, stuck=0, window=1))
    assert [type(each) for each in said] == [Handshaken, Steady]


async def test_a_share_tells_why_it_cannot() -> None:
    assert await told(Orders(TARGET, first=0, step=1, count=1, stuck=0, window=1)) == [
        Failed("nobody listens on ws://127.0.0.1:1/")
    ]
