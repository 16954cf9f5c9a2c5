"""The doctor on this machine's side: files, ports, limits, probes, clock, model, exposure, event loop."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from monitor.doctor import checkup, clock, limits, model, port, probes
from monitor.doctor.exposure import Access, closed
from monitor.doctor.files import guarded
from monitor.doctor.place import Place
from monitor.llama.model import INSTALL, NoModel
from monitor.probe import NoData
from monitor.registry import Registry
from tests.conftest import registry
from tests.doctor import answer, saying, states
from tests.fakes import Gate, Scripted


@pytest.mark.parametrize(
    ("mode", "secret", "state", "said"),
    [
        (0o600, True, "ok", ""),
        (0o644, False, "ok", ""),
        (0o644, True, "problem", "everybody"),
        (0o602, False, "problem", "write"),
    ],
)
def test_who_may_read_and_write_a_file(mode: int, secret: bool, state: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.touch()
    path.chmod(mode)
    (finding,) = guarded("settings", path, secret=secret)
    assert (str(finding.state), said in finding.text) == (state, True)
    assert not said or finding.remedy.startswith("chmod")


def test_a_group_may_read_the_secrets_of_root_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch()
    path.chmod(0o640)
    (finding,) = guarded("key", path, secret=True)
    assert str(finding.state) == ("ok" if os.geteuid() == 0 else "problem")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_is_a_warning_and_its_group_reads_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch()
    path.chmod(0o600)
    os.chown(path, 12345, 12345)
    assert states(guarded("key", path, secret=True)) == [("key", "warning")]
    path.chmod(0o640)
    assert states(guarded("key", path, secret=True)) == [("key", "problem")]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (finding,) = guarded("key file", tmp_path / "none", secret=True)
    assert "no such file" in finding.text


def test_a_port_is_free_or_a_monitors_or_somebody_elses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        (finding,) = port.available("127.0.0.1", number, served=False)
        assert str(finding.state) == "problem"
        assert f"pid {os.getpid()}" in finding.text
        assert f"--port {number + 1}" in finding.remedy
        assert states(port.available("127.0.0.1", number, served=True)) == [("port", "ok")]
    assert states(port.available("127.0.0.1", number, served=False)) == [("port", "ok")]
    assert states(port.available("127.0.0.1", 0, served=False)) == [("port", "ok")]


def test_an_address_of_another_machine_and_a_port_of_roots_are_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = port.available("192.0.2.1", 4000, served=False)
    assert "cannot assign" in finding.text
    assert "address of this machine" in finding.remedy
    (finding,) = port.available("no-such-host.invalid", 4000, served=False)
    assert str(finding.state) == "problem"

    def refused(*_: Any) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(port, "is_taken", refused)
    (finding,) = port.available("127.0.0.1", 443, served=False)
    assert "CAP_NET_BIND_SERVICE" in finding.remedy


def test_who_holds_a_port_may_be_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(*_: Any) -> Any:
        raise psutil.AccessDenied

    with monkeypatch.context() as patch:
        patch.setattr(psutil, "net_connections", hidden)
        assert str(port.holder(4000)) == "a process (of another user)"
    monkeypatch.setattr(psutil, "Process", hidden)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert str(port.holder(taken.getsockname()[1])) == f"a process (pid {os.getpid()})"


def test_an_address_with_ipv6_is_looked_at_too() -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        assert port.is_taken("::1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("limit", "state", "said"), [(None, "ok", "no limit"), (11_000, "ok", "11000 here"), (1024, "warning", "for 864 ")]
)
def test_open_files_are_clients(limit: int | None, state: str, said: str) -> None:
    (finding,) = limits.enough(10_000, 10_160, limit)
    assert (str(finding.state), said in finding.text) == (state, True)
    assert limit != 1024 or "LimitNOFILE=10160" in finding.remedy


def test_the_limit_of_the_running_server_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    _, hard = psutil.Process().rlimit(psutil.RLIMIT_NOFILE)
    (finding,) = limits.enough(1, 2, 1, os.getpid())
    assert f"{hard} of the running server, pid {os.getpid()}" in finding.text

    def hidden(*_: Any) -> Any:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "Process", hidden)
    assert "(5 here)" in next(limits.enough(1, 2, 5, 1)).text


def test_every_probe_that_does_not_work_is_named_with_what_to_do() -> None:
    gate = Gate()
    denied = Scripted("sensors", PermissionError(13, "Permission denied", "/sys/x"))
    looked_at = registry(
        Scripted("cpu"),
        denied,
        Scripted("ups", NoData("no device")),
        Scripted("hung", gate),
        Scripted("odd", OSError("?")),
    )
    try:
        findings = {each.check: each for each in probes.working(looked_at, 0.1)}
    finally:
        gate.open()
    assert {name: str(each.state) for name, each in findings.items()} == {
        "probes": "ok",
        "probe sensors": "problem",
        "probe ups": "warning",
        "probe hung": "problem",
        "probe odd": "problem",
        "probe broken": "problem",
    }
    assert findings["probes"].text.startswith("cpu: ")
    assert "let the server's user read" in findings["probe sensors"].remedy
    assert "[probes.odd]" in findings["probe odd"].remedy
    assert "dead mount" in findings["probe hung"].remedy
    assert "ImportError: no" in findings["probe broken"].text


def test_no_probe_at_all_is_a_problem_and_a_slow_one_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(probes.working(Registry(), 0.05)) == [("probes", "problem")]
    monkeypatch.setattr(probes, "SLOW", 0.0)
    assert ("probe cpu", "warning") in states(probes.working(registry(Scripted("cpu")), 0.05))


def test_a_clock_of_the_past_or_apart_from_another_is_a_problem() -> None:
    assert states(clock.right(now=0.0)) == [("clock", "problem")]
    date = b"Date: Wed, 01 Jan 2025 00:00:00 GMT"
    with saying(lambda _: answer(200, b"", date)) as url:
        (finding,) = clock.right(Place.of(url))
        assert "ahead of" in finding.text
    assert "ahead of" not in next(clock.right(Place.of(url))).text, "it answers no more: nothing is known"


@pytest.mark.parametrize(
    ("said", "state", "text"),
    [
        ("yes", "ok", "set by itself"),
        ("no", "warning", "nothing sets it"),
        ("", "ok", "nothing is known"),
        (None, "ok", ""),
    ],
)
def test_whether_something_sets_the_clock(
    said: str | None, state: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any, **__: Any) -> Any:
        if said is None:
            raise subprocess.CalledProcessError(1, "timedatectl")
        return subprocess.CompletedProcess([], 0, stdout=said + "\n")

    monkeypatch.setattr(shutil, "which", lambda _: "/bin/timedatectl")
    monkeypatch.setattr(subprocess, "run", run)
    (finding,) = clock.right()
    assert (str(finding.state), text in finding.text) == (state, True)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert states(clock.right()) == [("clock", "ok")]


def test_a_model_is_there_or_what_brings_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(*_: Any) -> Any:
        raise NoModel(f"the default model is not installed: {INSTALL}")

    with monkeypatch.context() as patch:
        patch.setattr(model, "find", absent)
        (finding,) = model.answering("", "")
        assert (str(finding.state), finding.remedy) == ("warning", INSTALL)
    found = SimpleNamespace(name="Model", size=2**20)
    monkeypatch.setattr(model, "find", lambda _: found)
    assert "Model, 1 MB" in next(model.answering(str(tmp_path / "x.gguf"), "")).text
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "is fetched" in next(model.answering("hf:a/b/c.gguf", "")).text


@pytest.mark.parametrize(("status", "state"), [(200, "ok"), (404, "ok"), (401, "problem"), (500, "problem")])
def test_a_model_elsewhere_is_asked(status: int, state: str) -> None:
    with saying(lambda _: answer(status)) as url:
        assert states(model.answering("", url)) == [("model", state)]
    assert states(model.answering("", url)) == [("model", "problem")]


def test_there_is_room_for_a_model_that_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "not" / "there"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**30))
    assert states(model.room("")) == [("cache", "ok")]
    (finding,) = model.room("hf:a/b/c.gguf")
    assert (str(finding.state), "1.0 GB free" in finding.text) == ("warning", True)


ANY = "0.0.0.0"  # noqa: S104 - what this is about


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        (Access("127.0.0.1"), ["ok"]),
        (Access("localhost"), ["ok"]),
        (Access("::1", authenticated=True), ["ok"]),
        (Access("192.0.2.1"), ["problem"]),
        (Access("mon.example"), ["problem"]),
        (Access(ANY, allow_anonymous=True), ["warning", "warning"]),
        (Access(ANY, ["mon.example"], allow_anonymous=True), ["warning"]),
        (Access(ANY, ["mon.example"], authenticated=True), ["ok", "warning"]),
        (Access(ANY, ["mon.example"], authenticated=True, encrypted=True), ["ok"]),
        (Access(ANY, ["mon.example"], ["10.0.0.1/32"], authenticated=True), ["ok"]),
        (Access(ANY, ["mon.example"], authenticated=True, encrypted=True, unlimited=["x"]), ["ok", "warning"]),
        (Access("127.0.0.1", proxy_user_header="X-User"), ["problem", "ok"]),
        (Access("127.0.0.1", trusted_proxy=["10.0.0.0/8"]), ["warning", "ok"]),
        (Access("127.0.0.1", trusted_proxy=["127.0.0.0/8"]), ["ok"]),
        (Access("127.0.0.1", trusted_proxy=["0.0.0.0/0"]), ["problem", "ok"]),
        (Access("127.0.0.1", trusted_proxy=["fd00::/8"], proxy_user_header="X-User"), ["problem", "ok"]),
    ],
)
def test_who_may_read(access: Access, expected: list[str]) -> None:
    findings = list(closed(access))
    assert [str(each.state) for each in findings] == expected
    assert all(bool(each.remedy) == (str(each.state) != "ok") for each in findings)


def test_an_event_loop_that_is_not_there_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uvloop", None)
    assert states(checkup._loop("uvloop")) == [("event loop", "problem")]  # noqa: SLF001 - one check of many
    assert states(checkup._loop("auto")) == [("event loop", "ok")]  # noqa: SLF001


@pytest.mark.parametrize(
    ("arguments", "base"),
    [
        ({}, "http://127.0.0.1:4000"),
        ({"host": ANY}, "http://127.0.0.1:4000"),
        ({"host": "::", "encrypted": True}, "https://[::1]:4000"),
        ({"host": "mon.example"}, "http://mon.example:4000"),
    ],
)
def test_a_server_is_spoken_to_where_it_listens(arguments: dict[str, Any], base: str) -> None:
    access = Access(**{"host": "127.0.0.1", **arguments})
    setup = SimpleNamespace(access=access, port=4000, base_path="/m", token="")
    found = checkup.own_place(setup)  # type: ignore[arg-type]  # as much of a set-up as it needs
    assert found is not None
    assert (found.base, found.verified) == (base + "/m", False)


def test_each_secret_is_looked_at_and_each_warning_passed_on(tmp_path: Path) -> None:
    key = tmp_path / "jwt.key"
    key.touch(mode=0o600)
    setup = SimpleNamespace(file=None, secret_file=False, key_files=(("jwt key file", key),), warnings=("odd",))
    found = states(checkup._settings(setup))  # type: ignore[arg-type]  # noqa: SLF001 - one check of many
    assert found == [("settings", "ok"), ("jwt key file", "ok"), ("settings", "warning")]
