"""What the settings of access have to be together."""

import sys
from pathlib import Path
from typing import Any

import pytest

from monitor import cli
from monitor.access import authenticator, check_exposure
from monitor.config import ConfigError, Settings, presentable, resolve
from tests.tokens import AUDIENCE, TOKENS, key_file

HASH = "sha256:" + "0123456789abcdef" * 4


@pytest.fixture
def key_path(tmp_path: Path) -> str:
    path = tmp_path / "key.pem"
    path.write_bytes(key_file("rs256"))
    return str(path)


def jwt_settings(**changes: Any) -> Settings:
    return Settings(**{"jwt_algorithm": "rs256", "jwt_audience": AUDIENCE, **changes})


def test_without_any_of_them_everyone_may() -> None:
    assert authenticator(Settings()) is None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"jwt_algorithm": "", "jwt_audience": "a"}, "jwt_audience = 'a': it needs jwt_algorithm"),
        ({"jwt_algorithm": "", "jwt_jwks_url": "https://u:p@x", "jwt_audience": ""}, r"'https://\*\*\*@x': it needs"),
        ({"jwt_audience": ""}, "jwt_audience is empty"),
        ({}, "one of jwt_key_file and jwt_jwks_url"),
        ({"jwt_key_file": "a", "jwt_jwks_url": "https://x"}, "one of jwt_key_file and jwt_jwks_url"),
        ({"jwt_key_file": "/no/such/file"}, "cannot be read"),
        ({"jwt_key_file": __file__}, "it must hold a public key in PEM"),
        ({"jwt_jwks_url": "http://id.example/keys"}, "must begin with https://"),
        ({"jwt_jwks_url": "http://localhost.evil.example/keys"}, "must begin with https://"),
        ({"jwt_algorithm": "hs256", "jwt_jwks_url": "https://x"}, "HS256 has a secret"),
        ({"jwt_algorithm": "", "jwt_audience": "", "proxy_user_header": "X-User"}, "it needs trusted_proxy"),
    ],
)
def test_what_makes_no_sense_together_is_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        authenticator(jwt_settings(**settings))


def test_a_secret_that_is_a_public_key_is_refused(key_path: str) -> None:
    with pytest.raises(ConfigError, match="everyone may know that one"):
        authenticator(jwt_settings(jwt_algorithm="hs256", jwt_key_file=key_path))


def test_keys_may_be_fetched_over_tls_or_from_this_machine() -> None:
    for url in ("https://id.example/keys", "http://127.0.0.1:8080/keys", "http://localhost/keys"):
        assert authenticator(jwt_settings(jwt_jwks_url=url)) is not None


def test_without_the_extra_it_is_named(key_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "monitor.auth.jwt", raising=False)
    monkeypatch.delattr("monitor.auth.jwt", raising=False)
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ConfigError, match=r"realtime-monitor\[jwt\]"):
        authenticator(jwt_settings(jwt_key_file=key_path))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "monitor.example"])  # noqa: S104 - that is the danger
def test_an_open_address_without_authentication_is_refused_and_the_ways_out_are_named(
    host: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", "--host", host]) == 2
    error = capsys.readouterr().err
    for word in (host, "command line, --host", "tokens", "jwt_algorithm", "proxy_user_header", "allow_anonymous"):
        assert word in error
    assert error.count("\n") == 1
    check_exposure(resolve({"host": host, "allow_anonymous": "true"}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_needs_none(host: str) -> None:
    check_exposure(resolve({"host": host}))


def test_an_open_address_with_authentication_is_right(tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(f'host = "0.0.0.0"\n[tokens.a]\nhash = "{HASH}"\nscopes = ["read"]\n', encoding="utf-8")
    check_exposure(resolve(file=str(path)))
    with pytest.raises(ConfigError, match="it must be left out where tokens"):
        check_exposure(resolve({"allow_anonymous": "true"}, file=str(path)))


def test_config_shows_neither_secrets_nor_hashes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(
        'llama_url = "http://ada:hunter2@localhost:1/v1"\njwt_jwks_url = "https://bob:hunter3@id.example/keys"\n'
        f'[tokens.laptop]\nhash = "{HASH}"\nscopes = ["read"]\nexpires = 2027-01-31\n'
        '[probes.disk]\npath = "/"\napi_key = "hunter4"\n',
        encoding="utf-8",
    )
    assert cli.main(["config", "--config", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "hunter" not in printed
    assert HASH[7:] not in printed
    assert "http://***@localhost:1/v1" in printed
    assert 'tokens = { "laptop" = { "hash" = "***", "scopes" = ["read"], "expires" = 2027-01-31' in printed
    assert presentable(Settings(tokens=TOKENS))["port"] == 4000


@pytest.mark.parametrize(
    "text",
    [
        'tokens = "hunter2"',
        '[tokens]\nlaptop = "hunter2"',
        '[tokens.laptop]\nhash = "hunter2"\nscopes = ["read"]',
        '[token.laptop]\nhash = "hunter2"',
        'password = "hunter2"',
        'llama_url = "ftp://ada:hunter2@localhost"',
        'jwt_jwks_url = "https://ada:hunter2@id.example/keys?x=y"',
    ],
)
def test_no_error_in_the_file_shows_a_secret(text: str, tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        resolve(file=str(path))
    assert "hunter2" not in str(raised.value)


def test_token_new_prints_what_makes_it_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["token", "new", "--name", "laptop", "--scope", "read", "--expires", "2099-01-31"]) == 0
    printed = capsys.readouterr().out
    path = tmp_path / "monitor.toml"
    path.write_text(printed, encoding="utf-8")
    settings = resolve(file=str(path)).settings
    secret = printed.splitlines()[1].strip("# ")
    known = authenticator(settings)
    assert known is not None
    assert settings.tokens["laptop"].scopes == {"read"}
    assert secret.startswith("monitor_")
    assert cli.main(["token", "new", "--name", "a b", "--scope", "read"]) == 2
    assert "letters" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["ask", "x"], ["bench"]])
def test_a_token_of_the_environment_that_cannot_be_one_is_not_shown(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONITOR_TOKEN", "hunter2\r\nX: y")
    assert cli.main(command) == 2
    error = capsys.readouterr().err
    assert "MONITOR_TOKEN" in error
    assert "hunter2" not in error
