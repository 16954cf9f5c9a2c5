"""Readers: each turns what a source of settings holds into one kind of value, or says what would be right.

Text comes from flags and the environment, typed values from TOML; both are read alike.
"""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

_LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_MODEL = re.compile(r"hf:[\w.-]+/[\w.-]+/[\w./-]+\.gguf")
_HOST = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.IGNORECASE)

#: Turns what a source holds into the setting's value; raises ValueError with what would be right.
Reader = Callable[[object], Any]


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


def yes_or_no(raw: object) -> bool:
    """Read true or false."""
    words = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in words:
        return words[raw.strip().lower()]
    raise ValueError("true or false")


def network(raw: object) -> str:
    """Read an address or a network of addresses, in its one usual form."""
    if isinstance(raw, str):
        with suppress(ValueError):
            return str(ip_network(raw.strip()))
    raise ValueError("an address or a network such as 127.0.0.1, 10.0.0.0/8 or fd00::/8")


def header_name(raw: object) -> str:
    """Read the name of an HTTP header, or nothing."""
    if isinstance(raw, str) and re.fullmatch(r"[A-Za-z0-9-]{0,100}", raw.strip()):
        return raw.strip()
    raise ValueError("the name of a header, such as X-Forwarded-User")


def path_prefix(raw: object) -> str:
    """Read where in a site something stands: empty, or /a/b without a slash at its end."""
    if isinstance(raw, str):
        text = raw.strip().rstrip("/")
        if re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", text) and not {"", ".", ".."} & set(text.split("/")[1:]):
            return text
    raise ValueError("a path such as /monitor, of letters, digits and . _ ~ -")


def text(raw: object) -> str:
    """Read one line of text, or nothing."""
    if isinstance(raw, str) and raw.isprintable() and len(raw) <= 1000:
        return raw.strip()
    raise ValueError("one line of text")
