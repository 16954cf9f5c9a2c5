"""Settings: where they come from, which wins, and what is said of a wrong one."""

import tomllib
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from monitor.auth.tokens import Token
from monitor.config import ConfigError, Settings, resolve
from monitor.report import settings_toml
from monitor.text import shown


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str) -> str:
        path = tmp_path / "monitor.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_without_any_source_everything_is_default() -> None:
    resolved = resolve()
    assert resolved.settings == Settings()
    assert set(resolved.sources.values()) == {"default"}
    assert (resolved.settings.host, resolved.settings.port, resolved.settings.interval) == ("127.0.0.1", 4000, 1.0)


def test_a_flag_wins_over_the_environment_and_that_over_the_file(write: Any) -> None:
    path = write('port = 1\ninterval = 2\nhost = "::1"\nlog_level = "error"\n')
    environment = {"MONITOR_PORT": "3", "MONITOR_INTERVAL": "4", "MONITOR_LOG_LEVEL": "", "HOME": "/"}
    resolved = resolve({"port": "5", "host": None, "disable": []}, environment, path)
    settings = resolved.settings
    assert (settings.port, settings.interval, settings.host, settings.log_level) == (5, 4.0, "::1", "error")
    assert resolved.sources["port"] == "command line, --port"
    assert resolved.sources["interval"] == "environment, MONITOR_INTERVAL"
    assert resolved.sources["host"] == f"file {path}"
    assert resolved.sources["cors_origin"] == "default"


def test_the_environment_can_name_the_file(write: Any) -> None:
    assert resolve(environment={"MONITOR_CONFIG": write("port = 7")}).settings.port == 7


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # that is the point


def test_lists_come_as_arrays_and_as_text_with_commas(write: Any) -> None:
    path = write('cors_origin = ["https://A.example:443/", "http://localhost:5173"]')
    assert resolve(file=path).settings.cors_origin == ("https://a.example", "http://localhost:5173")
    environment = {"MONITOR_ALLOWED_HOST": "Mon.example, [::1],10.0.0.1,10.0.0.1"}
    assert resolve(environment=environment).settings.allowed_host == ("mon.example", "::1", "10.0.0.1")


def test_probes_are_switched_name_by_name_and_the_later_source_wins(write: Any) -> None:
    path = write('disable = ["disk"]\n[probes]\nnetwork = false\ncpu = true\n[probes.memory]\nenabled = false\nx = 1')
    assert set(resolve(file=path).settings.disable) == {"disk", "network", "memory"}
    resolved = resolve({"enable": "disk"}, {"MONITOR_DISABLE": "cpu", "MONITOR_ENABLE": "memory"}, path)
    assert set(resolved.settings.disable) == {"network", "cpu"}
    assert set(resolved.settings.enable) == {"disk", "memory"}
    assert resolved.sources["disable"] == f"file {path}, environment, MONITOR_DISABLE"


def test_each_plugin_gets_its_table_without_the_switch(write: Any) -> None:
    path = write('[probes]\ncpu = true\n[probes.disk]\nenabled = true\npath = "/srv"')
    assert resolve(file=path).settings.tables == {"disk": {"path": "/srv"}}


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("port", "http", "a whole number from 0 to 65535"),
        ("port", "65536", "a whole number from 0 to 65535"),
        ("port", "-1", "a whole number from 0 to 65535"),
        ("port", "1" * 5000, "a whole number from 0 to 65535"),
        ("interval", "0.04", "a number of seconds from 0.05 to 3600"),
        ("interval", "nan", "a number of seconds"),
        ("interval", "1e999", "a number of seconds"),
        ("interval", "1s", "a number of seconds"),
        ("host", "localhost:4000", "a host name or an IP address, without scheme or port"),
        ("host", "http://localhost", "without scheme"),
        ("host", "300.1.1.1", "a host name or an IP address"),
        ("host", "-rf", "a host name or an IP address"),
        ("host", "a..b", "a host name or an IP address"),
        ("host", "a" * 64 + ".example", "a host name or an IP address"),
        ("cors_origin", "http://a b", "an origin such as"),
        ("log_level", "loud", "one of debug, info, warning, error"),
        ("cors_origin", "*", "no wildcard"),
        ("cors_origin", "https://*.example.org", "no wildcard"),
        ("cors_origin", "null", "an origin such as"),
        ("cors_origin", "https://example.org/app", "without a path"),
        ("cors_origin", "https://user@example.org", "an origin such as"),
        ("cors_origin", "https://example.org:99999", "an origin such as"),
        ("cors_origin", "ws://example.org", "an origin such as"),
        ("allowed_host", "mon.example:443", "without scheme or port"),
    ],
)
def test_a_wrong_text_is_named_with_key_value_source_and_what_would_be_right(key: str, value: str, right: str) -> None:
    flag, name = "--" + key.replace("_", "-"), "MONITOR_" + key.upper()
    for source, arguments in ((flag, ({key: value}, {})), (name, ({}, {name: value}))):
        with pytest.raises(ConfigError) as refusal:
            resolve(*arguments)
        message = str(refusal.value)
        assert message.startswith(f"{key} = {shown(value)}")
        assert source in message
        assert right in message
        assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("port = true", "port = True (file"),
        ("port = 4000.0", "a whole number"),
        ("interval = [1]", "a number of seconds"),
        ("interval = true", "a number of seconds"),
        ("interval = nan", "a number of seconds"),
        ("host = 1", "a host name or an IP address"),
        ("log_level = 3", "one of debug"),
        ("cors_origin = 1", "it must be a list"),
        ("disable = [1]", "the name of a probe"),
        ('disable = [" "]', "the name of a probe"),
        ("prot = 1", "prot = 1 (file"),
        ("prot = 1", "there is no such setting; did you mean port?"),
        ("zzz = 1", "the settings are host, port"),
        ("[probes]\ndisk = 1", "probes = {'disk': 1}"),
        ('[probes.disk]\nenabled = "no"', "in probes.disk it is not"),
        ("probes = 1", "a table with, for each plugin"),
        ('disable = ["disk"]\nenable = ["disk"]', "it is enabled there too"),
        ("port = ", "it is not TOML"),
        ("port = 1" + "0" * 5000, "it is not TOML"),
        ("port = 0x1" + "0" * 5000, "a whole number"),
        ("port = " + "[" * 3000, "it is not TOML"),
        ('"p\\u0007rt" = 1', "there is no such setting"),
        ("port = 1\nport = 2", "it is not TOML"),
    ],
)
def test_a_wrong_file_is_named_with_the_mistake(write: Any, text: str, complaint: str) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as refusal:
        resolve(file=path)
    assert complaint in str(refusal.value)
    assert path in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        resolve(file=str(tmp_path / "missing.toml"))
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not TOML"):
        resolve(file=str(tmp_path / "binary.toml"))


def test_an_unknown_variable_is_a_warning_with_a_guess() -> None:
    resolved = resolve(environment={"MONITOR_INTERVALL": "5", "MONITOR_SERVICE_HOST": "10.0.0.1"})
    assert resolved.settings == Settings()
    assert "MONITOR_INTERVALL is ignored: did you mean MONITOR_INTERVAL?" in resolved.warnings[0]
    assert "MONITOR_SERVICE_HOST" in resolved.warnings[1]


def test_what_config_prints_can_be_used_as_the_file_and_says_where_each_value_is_from(write: Any) -> None:
    text = 'port = 8080\ncors_origin = ["https://a.example"]\n'
    text += '[probes.disk]\npath = "/srv/\\"x\\"\\u007f"\nlist = [1, true]'
    resolved = resolve({"disable": "cpu"}, {}, write(text))
    rows = [
        (each.name, getattr(resolved.settings, each.name), resolved.sources[each.name]) for each in fields(Settings)
    ]
    printed = settings_toml(rows)
    assert all(f"{setting.name} = " in printed for setting in fields(Settings))
    assert "# command line, --disable" in printed
    assert tomllib.loads(printed)["probes"]["disk"]["list"] == [1, True]
    assert resolve(file=write(printed)).settings == resolved.settings


def test_every_setting_has_its_help_once() -> None:
    helps = [setting.metadata["help"] for setting in fields(Settings)]
    assert all(text.endswith(".") for text in helps)
    assert len(set(helps)) == len(helps)


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("llama_model", "hf:owner/file", "a file, or hf:owner/repository/file.gguf"),
        ("llama_sha256", "abc", "64 hexadecimal digits"),
        ("llama_url", "localhost:8080", "an address such as http://localhost:8080/v1"),
        ("llama_url", "http://localhost/v1?key=x", "an address such as http://localhost:8080/v1"),
    ],
)
def test_wrong_settings_of_the_model_are_refused(key: str, value: str, right: str) -> None:
    with pytest.raises(ConfigError, match=right):
        resolve({key: value})


def test_right_settings_of_the_model_are_taken() -> None:
    settings = resolve(
        {"llama_model": "hf:a/b/c.gguf", "llama_url": "http://localhost:8080/v1/", "llama_sha256": "A" * 64}
    ).settings
    assert (settings.llama_model, settings.llama_url) == ("hf:a/b/c.gguf", "http://localhost:8080/v1")
    assert settings.llama_sha256 == "a" * 64


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("tls_self_signed", "maybe", "true or false"),
        ("trusted_proxy", "10.0.0.1/8", "an address or a network such as"),
        ("proxy_user_header", "X User", "the name of a header"),
        ("base_path", "/a/../b", "a path such as /monitor"),
        ("base_path", "monitor", "a path such as /monitor"),
        ("jwt_audience", "a\nb", "one line of text"),
        ("jwt_algorithm", "none", "one of"),
        ("proxy_user_scope", "read,root", "one of read, ask, admin"),
    ],
)
def test_wrong_settings_of_access_are_refused(key: str, value: str, right: str) -> None:
    with pytest.raises(ConfigError, match=right):
        resolve({key: value})


def test_right_settings_of_access_are_taken(write: Any) -> None:
    path = write(f'[tokens.laptop]\nhash = "sha256:{"0" * 64}"\nscopes = ["read"]\n')
    flags = {"base_path": "/a/b/", "trusted_proxy": "127.0.0.1,fd00::/8", "allow_anonymous": "true"}
    settings = resolve(flags, file=path).settings
    assert (settings.base_path, settings.trusted_proxy) == ("/a/b", ("127.0.0.1/32", "fd00::/8"))
    assert (settings.allow_anonymous, settings.tls_self_signed) == (True, False)
    assert settings.tokens == {"laptop": Token("laptop", bytes(32), frozenset({"read"}))}
    with pytest.raises(ConfigError, match="monitor token new"):
        resolve(file=write("tokens = 5"))
