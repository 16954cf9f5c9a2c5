"""The doctor as a command; `e2e/test_doctor.py` has servers and proxies for it."""

import json
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import cli
from tests.doctor import EVENT, FRAME, answer, saying, switched


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


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def test_a_set_up_without_a_server_has_no_problem_and_one_thing_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--port", free_port()]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["ok", "settings", "valid;", "no", "file", "is", "read"]
    assert any(line.startswith("warning  server") for line in lines)
    assert "do: start it: monitor serve" in lines[-2]
    assert lines[-1].startswith("no problems, ")


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--port", "0", "--host", "::1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert {each["check"] for each in document["findings"]} >= {
        "settings",
        "exposure",
        "port",
        "probes",
        "clock",
        "model",
    }
    assert "server" not in {each["check"] for each in document["findings"]}, "nobody can know its port"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "x"], "port = 'x'"),
        (["--disable", "dsik"], "there is no such probe"),
        (["--url", "nowhere"], "must be like https://"),
        (["--token-file", "/no/such/file"], "No such file"),
    ],
)
def test_settings_that_cannot_be_used_are_the_one_problem(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", *arguments]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("problem  settings")
    assert said in lines[0]
    assert lines[-1] == "1 problem, no warnings"


def test_every_secret_that_the_settings_name_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("jwt.key", "token"):
        (tmp_path / name).write_text("secret\n")
        (tmp_path / name).chmod(0o644)
    file = tmp_path / "monitor.toml"
    file.write_text(
        f'host = "::"\nport = 0\njwt_algorithm = "hs256"\njwt_key_file = "{tmp_path}/jwt.key"\n'
        f'requests_per_second = 0\ntls_certificate = "{tmp_path}/none.pem"\n'
        f'[tokens.a]\nhash = "sha256:{64 * "0"}"\nscopes = ["read"]\n'
    )
    file.chmod(0o644)
    assert cli.main(["doctor", "--config", str(file), "--token-file", str(tmp_path / "token"), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    problems = [each["check"] for each in findings if each["state"] == "problem"]
    assert problems == ["settings", "jwt key file", "token file", "key file", "certificate"]
    assert "requests_per_second = 0" in "".join(each["text"] for each in findings)
    assert "secret\n" not in json.dumps(findings)


def test_a_variable_that_is_no_setting_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONITOR_INTERVALL", "2")
    assert cli.main(["doctor", "--port", "0"]) == 0
    captured = capsys.readouterr()
    assert "MONITOR_INTERVALL is ignored" in captured.out
    assert captured.err == ""


def test_a_server_is_looked_at_from_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    ours = b"Server: monitor"

    def script(head: bytes) -> list[bytes]:
        if b" /healthz " in head:
            return answer(200, b'{"status": "ok"}', ours)
        if b"Upgrade" in head:
            return [switched(head) + FRAME * 3]
        return [b"HTTP/1.1 200 OK\r\n\r\n" + EVENT * 3]

    with saying(script) as url:
        port = url.rpartition(":")[2]
        assert cli.main(["doctor", "--port", port, "--host", "localhost", "--url", url, "--json"]) == 0
    findings = {each["check"]: each["state"] for each in json.loads(capsys.readouterr().out)["findings"]}
    sides = [f"{side}{noun}" for side in ("", "public ") for noun in ("server", "stream", "events")]
    assert {name: findings[name] for name in sides} == dict.fromkeys(sides, "ok")
