"""Settings: each declared once, with its default, its help and what a right value is.

They come from a TOML file, the environment and the command line, in rising order of precedence; all three are read by
the same declaration. The rest of the program sees one frozen `Settings`.
"""

import difflib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Final

from monitor import masks
from monitor.auth.principal import SCOPES
from monitor.auth.tokens import Token, WrongToken, read_tokens, token_tables_shown
from monitor.loop import ASYNCIO, AUTO, UVLOOP
from monitor.readers import (
    Reader,
    choice,
    each,
    header_name,
    host_name,
    model,
    network,
    origin,
    path_prefix,
    probe_name,
    probe_tables,
    seconds,
    sha256,
    text,
    web_address,
    whole_number,
    yes_or_no,
)
from monitor.text import error_text, shown

ENVIRONMENT: Final = "MONITOR_"
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
LOG_FORMATS: Final = ("text", "json")
#: Signatures of a JSON Web Token that may be configured; one of them.
JWT_ALGORITHMS: Final = ("", "hs256", "rs256", "es256", "eddsa")
#: Variables of the environment that are others' than the server's: what `monitor ask` and `monitor bench` show.
CLIENT_TOKEN: Final = ENVIRONMENT + "TOKEN"

#: Turns a value of a setting into one that may be shown.
Mask = Callable[[Any], Any]


class ConfigError(Exception):
    """A wrong setting, in one line for the person who made it."""


def _setting(  # noqa: PLR0913 - all that a declaration can say
    default: Any, about: str, read: Reader, *, flag: bool = True, listed: bool = False, mask: Mask = masks.nothing
) -> Any:
    metadata = {"help": about, "read": read, "flag": flag, "listed": listed, "mask": mask}
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
    base_path: str = _setting("", "Path under which everything stands, such as /monitor.", path_prefix)
    allow_anonymous: bool = _setting(
        False, "Serve everyone on an address that is not loopback, without authentication.", yes_or_no
    )
    jwt_algorithm: str = _setting(
        "", "Signature of the JSON Web Tokens that are accepted: HS256, RS256, ES256 or EdDSA.", choice(*JWT_ALGORITHMS)
    )
    jwt_key_file: str = _setting("", "File with the secret (HS256) or the public key (PEM) of these tokens.", text)
    jwt_jwks_url: str = _setting(
        "", "Address of a JSON Web Key Set with the public keys instead.", web_address, mask=masks.address
    )
    jwt_audience: str = _setting("", "What the claim aud of a token has to name.", text)
    jwt_issuer: str = _setting("", "What the claim iss of a token has to be; empty for any.", text)
    trusted_proxy: tuple[str, ...] = _setting(
        (), "Address or network of a proxy whose X-Forwarded headers are believed.", each(network), listed=True
    )
    proxy_user_header: str = _setting(
        "", "Header in which a trusted proxy names the user that it has authenticated.", header_name
    )
    proxy_user_scope: tuple[str, ...] = _setting(
        ("read", "ask"), "What such a user may do: read, ask, admin.", each(choice(*SCOPES)), listed=True
    )
    max_connections_per_address: int = _setting(
        100, "Connections from one address (IPv6: one /64) at one time; 0: any number.", whole_number(0, 1_000_000)
    )
    handshakes_per_second: int = _setting(
        10, "Streams that one address may open in a second; 0: any number.", whole_number(0, 1_000_000)
    )
    requests_per_second: int = _setting(
        200, "Other requests of one address in a second; 0: any number.", whole_number(0, 1_000_000)
    )
    questions_per_minute: int = _setting(
        20, "Questions of one address in a minute; 0: any number.", whole_number(0, 1_000_000)
    )
    failures_per_minute: int = _setting(
        10, "Wrong credentials of one address in a minute; 0: any number.", whole_number(0, 1_000_000)
    )
    tls_certificate: str = _setting("", "File with the certificate and its chain (PEM): serve HTTPS and WSS.", text)
    tls_key: str = _setting("", "File with the certificate's key (PEM), where that is not in the same file.", text)
    tls_self_signed: bool = _setting(
        False, "Serve HTTPS and WSS with a certificate made now, for a first try.", yes_or_no
    )
    log_level: str = _setting("info", "Least important log message that is shown.", choice(*LOG_LEVELS))
    log_format: str = _setting("text", "Form of the log: text for people, json for programs.", choice(*LOG_FORMATS))
    llama_model: str = _setting("", "GGUF file of the model for questions, or hf:owner/repository/file.gguf.", model)
    llama_sha256: str = _setting("", "What the SHA-256 of a model that is fetched has to be.", sha256)
    llama_url: str = _setting(
        "",
        "Base of an OpenAI-compatible server to ask instead, such as http://localhost:8080/v1.",
        web_address,
        mask=masks.address,
    )
    llama_idle: float = _setting(
        300.0, "Seconds without a question after which the model's process is ended.", seconds(1, 86_400)
    )
    tokens: Mapping[str, Token] = _setting(
        {},
        "Access tokens, by name, as `monitor token new` prints them; only in the file.",
        read_tokens,
        flag=False,
        mask=token_tables_shown,
    )
    probes: Mapping[str, Any] = _setting(
        {},
        "The plugins' own tables, by plugin: [probes.disk]; only in the file.",
        probe_tables,
        flag=False,
        mask=masks.by_name,
    )

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Each plugin's own table, as its hook gets it."""
        return {
            name: {key: value for key, value in table.items() if key != "enabled"}
            for name, table in self.probes.items()
            if isinstance(table, Mapping)
        }


def presentable(settings: Settings) -> dict[str, Any]:
    """Return the values by key, as they may be shown to whoever looks: without secrets, and without hashes of them."""
    return {each.name: each.metadata["mask"](getattr(settings, each.name)) for each in fields(Settings)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings, and for each key where its value came from; `again` reads all sources anew (ConfigError)."""

    settings: Settings
    sources: Mapping[str, str]
    warnings: Sequence[str] = ()
    again: "Callable[[], Resolved] | None" = None


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
    again = partial(resolve, flags, environment, file)
    return Resolved(Settings(**values), sources, _strangers(environment), again)


@dataclass(frozen=True, slots=True)
class _Layer:
    """The raw values of one source, by key, and how a person calls the place of each."""

    values: Mapping[str, Any]
    where: Callable[[str], str]


def _read(key: str, raw: object, where: str) -> Any:
    (setting,) = (setting for setting in fields(Settings) if setting.name == key)
    try:
        return setting.metadata["read"](raw)
    except WrongToken as error:
        raise ConfigError(f"{error.key} = {error.value} ({where}): it must be {error}") from None
    except ValueError as error:
        raise ConfigError(f"{key} = {shown(setting.metadata['mask'](raw))} ({where}): it must be {error}") from None


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
            value_shown = shown(masks.by_name(value, key))  # a token outside its table, say
            raise ConfigError(f"{name} = {value_shown} (file {path}): there is no such setting;{_nearest(key, known)}")
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
    known = [ENVIRONMENT + "CONFIG", CLIENT_TOKEN, *map(_variable, _flag_keys())]
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
