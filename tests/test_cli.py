"""The command line, in this process; `e2e/test_serve.py` runs it as a person does."""

import asyncio
import json
import logging
import os
import signal
import socket
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from monitor import app, cli
from monitor.config import Settings
from monitor.distribution import installed_version
from monitor.frame import SECTIONS


@pytest.fixture(autouse=True)
def as_found(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Begin without MONITOR_ variables, and undo what the command does to logging."""
    for name in [name for name in os.environ if name.startswith("MONITOR_")]:
        monkeypatch.delenv(name)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"monitor {installed_version()}\n"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["serve", "--prot", "1"]])
def test_a_wrong_command_or_flag_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    assert "monitor" in capsys.readouterr().err


def test_snapshot_prints_one_frame_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["snapshot"]) == 0
    frame = json.loads(capsys.readouterr().out)
    assert list(frame) == ["timestamp", *SECTIONS]
    assert 0 <= frame["cpu"]["percent_total"] <= 100


def test_disabled_probes_are_not_in_the_frame(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["snapshot", "--disable", "disk", "--disable", "cpu,network", "--enable", "cpu"]) == 2
    assert "disable = 'cpu'" in capsys.readouterr().err
    assert cli.main(["snapshot", "--disable", "disk", "--disable", "network"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["timestamp", "cpu", "memory", "process"]


def test_probes_prints_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text('[probes.network]\ninterfaces = 7\n[probes.disk]\npath = "/no/such"\n')
    assert cli.main(["probes", "--disable", "memory", "--config", str(tmp_path / "monitor.toml")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["PROBE", "STATE", "COST", "EVERY", "FROM", "FIELDS"]
    rows = {line.split()[0]: line for line in lines[1:]}
    assert " ok " in rows["cpu"]
    assert " failed " in rows["disk"]
    assert " disabled " in rows["memory"]
    assert "disk: FileNotFoundError" in lines[-2]
    assert lines[-1].startswith("left out: plugin network: ValueError: interfaces is 7")


def test_config_prints_every_value_and_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config", "--interval", "2"]) == 0
    printed = capsys.readouterr().out
    assert tomllib.loads(printed)["interval"] == 2.0
    assert "# command line, --interval" in printed


@pytest.mark.parametrize("arguments", [["--disable", "dsik"], ["--enable", "dsik"]])
def test_a_probe_that_does_not_exist_is_a_wrong_setting(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", *arguments]) == 2
    error = capsys.readouterr().err
    assert "'dsik'" in error
    assert "there is no such probe; there are cpu, disk, memory, network, process" in error
    assert error.count("\n") == 1


def test_an_unknown_variable_is_warned_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONITOR_INTERVALL", "2")
    assert cli.main(["config"]) == 0
    assert "MONITOR_INTERVALL is ignored" in capsys.readouterr().err


def test_control_c_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "load", interrupted)
    assert cli.main(["serve"]) == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_announces_its_address_and_ends_at_a_signal(
    number: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def soon() -> None:
        await asyncio.sleep(0.5)
        os.kill(os.getpid(), number)

    async def run_and_stop(*arguments: Any) -> None:
        task = asyncio.create_task(soon())
        await app.run(*arguments)
        await task

    monkeypatch.setattr(cli, "run", run_and_stop)
    assert cli.main(["serve", "--port", "0", "--host", "0.0.0.0", "--allow-anonymous"]) == 0  # noqa: S104 - the warning is the point
    captured = capsys.readouterr()
    assert captured.out.startswith("Live on http://localhost:")
    assert "answering only to localhost" in captured.err


def test_serve_tells_a_service_manager_of_a_reload_and_closes_with_its_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(tmp_path / "notify"))
    manager.setblocking(False)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    closed = False
    monkeypatch.setattr(app, "terminal_closed", lambda: lambda: closed)
    heard = b""

    async def hears(word: bytes) -> None:
        nonlocal heard
        async with asyncio.timeout(10):
            while word not in heard:
                with suppress(BlockingIOError):
                    heard += manager.recv(4096) + b"\n"
                await asyncio.sleep(0.01)

    async def hang_up() -> None:
        nonlocal closed
        await hears(b"READY=1")
        os.kill(os.getpid(), signal.SIGHUP)
        await hears(b"RELOADING=1")
        closed = True
        os.kill(os.getpid(), signal.SIGHUP)
        await hears(b"STOPPING=1")

    async def run_and_hang_up(*arguments: Any) -> None:
        task = asyncio.create_task(hang_up())
        await app.run(*arguments)
        await task

    monkeypatch.setattr(cli, "run", run_and_hang_up)
    with manager:
        assert cli.main(["serve", "--port", "0", "--log-format", "json", "--event-loop", "asyncio"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    messages = [json.loads(line)["message"] for line in captured.err.splitlines()]
    assert [message.partition(" ")[0] for message in messages] == ["live", "nothing", "stopping"]


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "localhost"), ("127.0.0.2", "127.0.0.2"), ("::1", "[::1]"), ("::", "localhost")]
)
def test_the_address_that_is_announced_is_one_that_answers(
    host: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app._announce(Settings(host=host), 4000)  # noqa: SLF001 - the line is all that matters
    assert capsys.readouterr().out.startswith(f"Live on http://{shown}:4000 ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--port", "{taken}"], "cannot listen on 127.0.0.1:{taken}: the port is taken; choose another with --port"),
        (["--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1:0: cannot assign requested address"),
        (["--host", "2001:db8::1", "--port", "0"], "cannot listen on [2001:db8::1]:0"),
        (["--host", "no-such-host.invalid", "--port", "0"], "cannot listen on no-such-host.invalid:0"),
    ],
)
def test_an_address_that_cannot_be_had_ends_with_1_and_a_line(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert cli.main(["serve", "--allow-anonymous", *(each.format(taken=port) for each in arguments)]) == 1
    error = capsys.readouterr().err
    assert reason.format(taken=port) in error
    assert "Traceback" not in error
