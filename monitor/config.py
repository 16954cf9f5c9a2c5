"""Settings: each declared once, with its default, its help and what a right value is.

They come from a TOML file, the environment and the command line, in rising order of precedence; all three are read by
the same declaration. The rest of the program sees one frozen `Settings`.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.loop import ASYNCIO, AUTO, UVLOOP
from monitor.text import error_text, shown

ENVIRONMENT: Final = "MONITOR_"
LOG_LEVELS: Final = ("debug", "info", "warning", "error")

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_MODEL = re.compile(r"hf:[\w.-]+/[\w.-]+/[\w./-]+\.gguf")
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE)

#: Turns what a source holds into the setting's value; raises ValueError with what would be right.
Reader = Callable[[object], Any]


class ConfigError(Exception):
    """A wrong setting, in one line for the person who made it."""


# Readers. Text comes from flags and the environment, typed values from TOML.


def whole_number(low: int, high: int) -> Reader:
    """Read a whole number between bounds."""

    def read(raw: object) -> int:
        if isinstance(raw, str) and re.fullmatch(r"[+-]?[0-9]{1,9}", raw.strip()):
            raw = int(raw)
        if type(raw) is int and low <= raw <= high:
            return raw
        raise ValueError(f"a whole number from {low} to {high}")

    return read


def seconds(low: float, high: float) -> Reader:
    """Read a number of seconds between bounds."""

    def read(raw: object) -> float:
        value = math.nan
        if isinstance(raw, str):
            with suppress(ValueError):
                value = float(raw)
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            value = raw
        if low <= value <= high:  # never true of NaN
            return float(value)
        raise ValueError(f"a number of seconds from {low:g} to {high:g}")

    return read


def choice(*allowed: str) -> Reader:
    """Read one of a few words, in any case."""

    def read(raw: object) -> str:
        if isinstance(raw, str) and raw.lower() in allowed:
            return raw.lower()
        raise ValueError("one of " + ", ".join(allowed))

    return read


def each(read_one: Callable[[object], str]) -> Reader:
    """Read a list: an array in TOML, a repeated flag, or one text with commas in the environment."""

    def read(raw: object) -> tuple[str, ...]:
        if isinstance(raw, str):
            raw = [part for part in re.split(r"[,\s]+", raw) if part]
        if not isinstance(raw, list | tuple):
            raise ValueError("a list")
        return tuple(dict.fromkeys(read_one(item) for item in raw))

    return read


def host_name(raw: object) -> str:
    """Read a host name or an address, in its one usual form."""
    if isinstance(raw, str):
        text = raw.strip().removeprefix("[").removesuffix("]")
        try:
            return str(ip_address(text))
        except ValueError:
            if len(text) <= 253 and _HOST.fullmatch(text) and not re.fullmatch(r"[0-9.]+", text):
                return text.lower()
    raise ValueError("a host name or an IP address, without scheme or port, such as 127.0.0.1 or ::")


def probe_name(raw: object) -> str:
    """Read the name of a probe or plugin; whether there is one is known only when plugins are loaded."""
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    raise ValueError("the name of a probe or plugin, such as disk")


def origin(raw: object) -> str:
    """Read an origin as a browser sends it: scheme, host, and port where it is not the scheme's own."""
    if isinstance(raw, str):
        try:
            url = urlsplit(raw.strip().rstrip("/"))
            port = url.port
        except ValueError:
            url, port = urlsplit(""), None
        bare = not (url.path or url.query or url.fragment or url.username is not None or "*" in url.netloc)
        if url.scheme in ("http", "https") and url.hostname and bare:
            name = host_name(url.hostname)
            name = f"[{name}]" if ":" in name else name
            shown = "" if port in (None, {"http": 80, "https": 443}[url.scheme]) else f":{port}"
            return f"{url.scheme}://{name}{shown}"
    raise ValueError("an origin such as https://example.org or http://localhost:5173, without a path; no wildcard")


def model(raw: object) -> str:
    """Read where a model is, or nothing."""
    if isinstance(raw, str) and (not raw.strip().startswith("hf:") or _MODEL.fullmatch(raw.strip())):
        return raw.strip()
    raise ValueError("a file, or hf:owner/repository/file.gguf")


def sha256(raw: object) -> str:
    """Read the SHA-256 of a file, or nothing."""
    if isinstance(raw, str) and re.fullmatch(r"([0-9a-fA-F]{64})?", raw.strip()):
        return raw.strip().lower()
    raise ValueError("64 hexadecimal digits")


def web_address(raw: object) -> str:
    """Read the address of a server, or nothing."""
    if isinstance(raw, str):
        text = raw.strip().rstrip("/")
        with suppress(ValueError):
            url = urlsplit(text)
            if not text or (url.scheme in ("http", "https") and url.hostname and not (url.query or url.fragment)):
                return text
    raise ValueError("an address such as http://localhost:8080/v1")


def probe_tables(raw: object) -> dict[str, Any]:
    """Read the table [probes]: true, false or a table for each plugin, whose own keys are its own affair."""
    if isinstance(raw, Mapping) and all(isinstance(value, Mapping | bool) for value in raw.values()):
        for name, value in raw.items():
            if isinstance(value, Mapping) and not isinstance(value.get("enabled", True), bool):
                raise ValueError(f"tables whose key enabled is true or false; in probes.{name} it is not")
        return dict(raw)
    raise ValueError("a table with, for each plugin, true, false or a table of its own settings")


def _setting(default: Any, text: str, read: Reader, *, flag: bool = True, listed: bool = False) -> Any:
    metadata = {"help": text, "read": read, "flag": flag, "listed": listed}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. Keys are the same everywhere: `log_level`, `MONITOR_LOG_LEVEL`, `--log-level`."""

    host: str = _setting("127.0.0.1", "Address to listen on; 0.0.0.0 or :: for all of them.", host_name)
    port: int = _setting(4000, "Port to listen on; 0 takes a free one.", whole_number(0, 65535))
    interval: float = _setting(1.0, "Seconds between two frames.", seconds(0.05, 3600))
    history: float = _setting(900.0, "Seconds of frames that are kept in memory.", seconds(0, 86_400))
    max_connections: int = _setting(10_000, "Clients that may listen at one time.", whole_number(1, 1_000_000))
    event_loop: str = _setting(AUTO, "Event loop; auto is uvloop where it is installed.", choice(AUTO, ASYNCIO, UVLOOP))
    disable: tuple[str, ...] = _setting((), "Switch a probe or plugin off.", each(probe_name), listed=True)
    enable: tuple[str, ...] = _setting(
        (), "Switch one on again that an earlier source switched off.", each(probe_name), listed=True
    )
    cors_origin: tuple[str, ...] = _setting(
        (), "Origin whose pages may read the API and the stream.", each(origin), listed=True
    )
    allowed_host: tuple[str, ...] = _setting(
        (), "Name or address by which clients may call this server, besides loopback.", each(host_name), listed=True
    )
    log_level: str = _setting("info", "Least important log message that is shown.", choice(*LOG_LEVELS))
    llama_model: str = _setting("", "GGUF file of the model for questions, or hf:owner/repository/file.gguf.", model)
    llama_sha256: str = _setting("", "What the SHA-256 of a model that is fetched has to be.", sha256)
    llama_url: str = _setting(
        "", "Base of an OpenAI-compatible server to ask instead, such as http://localhost:8080/v1.", web_address
    )
    llama_idle: float = _setting(
        300.0, "Seconds without a question after which the model's process is ended.", seconds(1, 86_400)
    )
    probes: Mapping[str, Any] = _setting(
        {}, "The plugins' own tables, by plugin: [probes.disk]; only in the file.", probe_tables, flag=False
    )

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Each plugin's own table, as its hook gets it."""
        return {
            name: {key: value for key, value in table.items() if key != "enabled"}
            for name, table in self.probes.items()
            if isinstance(table, Mapping)
        }


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings, and for each key where its value came from."""

    settings: Settings
    sources: Mapping[str, str]
    warnings: Sequence[str] = ()


def resolve(
    flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None, file: str | None = None
) -> Resolved:
    """Return the effective settings.

    flags        what the command line gave, by key; None where it gave nothing
    environment  of the process; MONITOR_CONFIG names the file where `file` is None
    Raises ConfigError for the first value that is wrong.
    """
    environment = environment or {}
    path = file or environment.get(ENVIRONMENT + "CONFIG") or None
    layers = [_environment_layer(environment), _flags_layer(flags or {})]
    if path:
        layers.insert(0, _file_layer(path))
    values: dict[str, Any] = {}
    sources = {setting.name: "default" for setting in fields(Settings)}
    switches: dict[str, tuple[bool, str]] = {}
    for layer in layers:
        read = {key: _read(key, raw, layer.where(key)) for key, raw in layer.values.items()}
        values.update(read)
        sources.update({key: layer.where(key) for key in read})
        switches.update(_switches(read, layer.where))
    for key, on in (("disable", False), ("enable", True)):
        names = {name: source for name, (state, source) in switches.items() if state is on}
        values[key] = tuple(names)
        sources[key] = ", ".join(dict.fromkeys(names.values())) or "default"
    return Resolved(Settings(**values), sources, _strangers(environment))


@dataclass(frozen=True, slots=True)
class _Layer:
    """The raw values of one source, by key, and how a person calls the place of each."""

    values: Mapping[str, Any]
    where: Callable[[str], str]


def _read(key: str, raw: object, where: str) -> Any:
    (setting,) = (setting for setting in fields(Settings) if setting.name == key)
    try:
        return setting.metadata["read"](raw)
    except ValueError as error:
        raise ConfigError(f"{key} = {shown(raw)} ({where}): it must be {error}") from None


def _file_layer(path: str) -> _Layer:
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"config = {path!r}: it cannot be read ({error.strerror}); name a TOML file") from None
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, or nested or long beyond all reason
        raise ConfigError(f"config = {path!r}: it is not TOML ({error_text(error)})") from None
    known = [setting.name for setting in fields(Settings)]
    for key, value in document.items():
        if key not in known:
            name = shown(key).strip("'")
            raise ConfigError(f"{name} = {shown(value)} (file {path}): there is no such setting;{_nearest(key, known)}")
    return _Layer(document, lambda key: f"file {path}")


def _environment_layer(environment: Mapping[str, str]) -> _Layer:
    # An empty variable is one that is not set: compose files and unit files cannot say it otherwise.
    names = {key: _variable(key) for key in _flag_keys()}
    values = {key: environment[name] for key, name in names.items() if environment.get(name)}
    return _Layer(values, lambda key: f"environment, {_variable(key)}")


def _flags_layer(flags: Mapping[str, Any]) -> _Layer:
    values = {key: value for key, value in flags.items() if value is not None}
    return _Layer(values, lambda key: "command line, --" + key.replace("_", "-"))


def _strangers(environment: Mapping[str, str]) -> list[str]:
    # A warning and no error: Kubernetes sets MONITOR_SERVICE_HOST for a service called monitor.
    known = [ENVIRONMENT + "CONFIG", *map(_variable, _flag_keys())]
    strange = sorted(name for name in environment if name.startswith(ENVIRONMENT) and name not in known)
    return [f"environment variable {name} is ignored:{_nearest(name, known)}" for name in strange]


def _flag_keys() -> list[str]:
    return [setting.name for setting in fields(Settings) if setting.metadata["flag"]]


def _variable(key: str) -> str:
    return ENVIRONMENT + key.upper()


def _switches(read: Mapping[str, Any], where: Callable[[str], str]) -> dict[str, tuple[bool, str]]:
    """Return what one layer switches off (False) and on (True), by name, with the place that says so."""
    off = dict.fromkeys(read.get("disable", ()), where("disable"))
    on = dict.fromkeys(read.get("enable", ()), where("enable"))
    for name, table in read.get("probes", {}).items():
        state = table.get("enabled") if isinstance(table, Mapping) else table
        if state is not None:
            (on if state else off)[name] = where("probes")
    if both := sorted(off.keys() & on.keys()):
        raise ConfigError(f"disable = {both[0]!r} ({off[both[0]]}): it is enabled there too; it must be one of them")
    return {name: (False, place) for name, place in off.items()} | {name: (True, place) for name, place in on.items()}


def _nearest(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f" did you mean {near[0]}?" if near else " the settings are " + ", ".join(known)
